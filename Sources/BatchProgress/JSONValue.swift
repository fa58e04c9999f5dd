import FoundationEssentials

/// Any JSON: what is handed on without being understood.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// What a value looks like as JSON. One that can't be encoded (such as a number that is infinite) is a mistake
    /// of the program.
    public init(encoding value: some Encodable) {
        do {
            self = try JSONValue(reading: JSONEncoder().encode(value))
        } catch {
            preconditionFailure("a value can't be encoded as JSON: \(error)")
        }
    }

    /// As text, the keys of objects in order.
    package var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            return try [UInt8](encoder.encode(self))
        } catch {
            preconditionFailure("what came from JSON can be encoded: \(error)")
        }
    }
}

extension JSONValue: Codable {
    /// Of a decoder's `userInfo`: the text from outside that is decoded, as `[UInt8]`. A value within it is read from
    /// there, each from the beginning: so there should be one.
    package static let textKey: CodingUserInfoKey = {
        guard let key = CodingUserInfoKey(rawValue: "text") else { preconditionFailure("any text is a key") }
        return key
    }()

    public init(from decoder: any Decoder) throws {
        if let text = decoder.userInfo[Self.textKey] as? [UInt8] {
            self = try JSONValue(reading: text).value(at: decoder.codingPath)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }
}

extension JSONValue {
    fileprivate func value(at path: [any CodingKey]) throws -> JSONValue {
        try path.reduce(self) { value, key in
            let next: JSONValue? =
                switch value {
                case .object(let members): members[key.stringValue]
                case .array(let values):
                    key.intValue.flatMap { values.indices.contains($0) ? values[$0] : nil }
                case .null, .bool, .integer, .number, .string: nil
                }
            guard let next else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: path, debugDescription: "there are two of it"))
            }
            return next
        }
    }
}
