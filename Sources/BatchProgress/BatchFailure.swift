/// How one operation failed, as shown in events and lists.
public struct BatchFailure: Codable, Hashable, Sendable {
    /// The operation's number in its batch, from 0.
    public var operation: Int
    public var label: String?
    public var exitCode: Int?
    /// At most 200 characters: for a command, the last line of its standard error.
    public var message: String

    public init(operation: Int, label: String? = nil, exitCode: Int? = nil, message: String) {
        self.operation = operation
        self.label = label
        self.exitCode = exitCode
        self.message = String(message.prefix(200))
    }
}
