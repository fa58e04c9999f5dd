/// The name of a batch, chosen by whoever submits it or made at random.
///
/// 1 to 64 characters of `A-Z a-z 0-9 _ -`, not beginning with `-`. A dot is left out so that the topic
/// `batch-progress.<id>.` is never the beginning of another batch's topic, and a leading `-` so that an
/// id is never taken for an option.
public struct BatchID: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init?(_ text: some StringProtocol) {
        let isValid = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isValid, 1...64 ~= text.utf8.count, text.utf8.first != UInt8(ascii: "-") else { return nil }
        description = String(text)
    }

    /// Ten characters that are easy to read aloud and to type: about 48 bits of chance.
    public static func random(using generator: inout some RandomNumberGenerator) -> BatchID {
        let alphabet = Array("23456789abcdefghjkmnpqrstvwxyz")
        let text = (0..<10).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        guard let id = BatchID(String(text)) else {
            preconditionFailure("the alphabet holds valid characters only")
        }
        return id
    }

    /// What an invalid id should have been, for error messages.
    public static let requirement = "1 to 64 letters, digits, '_' or '-', not beginning with '-'"
}

extension BatchID: Codable, Comparable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = BatchID(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a batch id is \(Self.requirement)")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public static func < (left: BatchID, right: BatchID) -> Bool {
        left.description < right.description
    }
}
