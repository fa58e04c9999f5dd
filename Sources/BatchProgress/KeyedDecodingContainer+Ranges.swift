// Numbers of which not all mean something.

extension KeyedDecodingContainer {
    /// - Throws: a `DecodingError` if it isn't from there, so that nobody has to expect it.
    package func decode<Value: Decodable & Comparable>(
        _ key: Key, in range: ClosedRange<Value>
    ) throws -> Value {
        let value = try decode(Value.self, forKey: key)
        guard range.contains(value) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\(value) is not from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package func decodeIfPresent<Value: Decodable & Comparable>(
        _ key: Key, in range: ClosedRange<Value>
    ) throws -> Value? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try decode(key, in: range)
    }
}
