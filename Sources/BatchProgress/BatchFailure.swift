/// How one operation failed, as shown in events and lists.
public struct BatchFailure: Codable, Hashable, Sendable {
    /// The operation's number in its batch, from 0.
    public var operation: Int
    public var label: String?
    public var exitCode: Int?
    /// At most 200 Unicode scalars: for a command, the last line of its standard error.
    public var message: String

    public init(operation: Int, label: String? = nil, exitCode: Int? = nil, message: String) {
        self.operation = operation
        self.label = label
        self.exitCode = exitCode
        self.message = message.cut(toScalars: 200)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            operation: try container.decode(Int.self, forKey: .operation),
            label: try container.decodeIfPresent(String.self, forKey: .label),
            exitCode: try container.decodeIfPresent(Int.self, forKey: .exitCode),
            message: try container.decode(String.self, forKey: .message))
    }
}

extension StringProtocol {
    /// Its beginning. Scalars are counted, since a single `Character` may be of any length: a letter under a
    /// thousand accents is one.
    package func cut(toScalars limit: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
    }
}
