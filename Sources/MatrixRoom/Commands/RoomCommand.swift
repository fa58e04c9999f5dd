import BatchProgress

/// What somebody asks for in a room: `!tally pause k3x9mq2wpd`.
package enum RoomCommand: Hashable, Sendable {
    case help
    case list
    /// Nil: of all that run.
    case status(BatchID?)
    case watch(BatchID)
    case cancel(BatchID)
    case pause(BatchID)
    case resume(BatchID)
    case retry(BatchID)

    /// Why what was said is no command.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Words behind which commands stand.
    static let name = "!tally"
    private static let longest = 500

    /// - Parameter body: of a message.
    /// - Returns: nil if it isn't addressed to us.
    package static func parse(_ body: String) -> Result<RoomCommand, Fault>? {
        // What a reply quotes stands before it, and isn't said again.
        let line = body.prefix(longest * 2).split(separator: "\n").first { !$0.hasPrefix(">") } ?? ""
        let words = line.cut(toScalars: longest).split(whereSeparator: \.isWhitespace)
        guard words.first?.lowercased() == name else { return nil }
        guard let verb = words.dropFirst().first else { return .success(.help) }
        return parse(verb.lowercased(), Array(words.dropFirst(2)))
    }

    private static func parse(_ verb: String, _ rest: [Substring]) -> Result<RoomCommand, Fault> {
        switch verb {
        case "help": return .success(.help)
        case "list": return rest.isEmpty ? .success(.list) : fault("'list' takes nothing more")
        case "status": return rest.isEmpty ? .success(.status(nil)) : withID(verb, rest) { .status($0) }
        case "watch": return withID(verb, rest) { .watch($0) }
        case "cancel": return withID(verb, rest) { .cancel($0) }
        case "pause": return withID(verb, rest) { .pause($0) }
        case "resume": return withID(verb, rest) { .resume($0) }
        case "retry": return withID(verb, rest) { .retry($0) }
        default: return fault("'\(SafeText(verb, limit: 40).plain)' is no command; see: \(name) help")
        }
    }

    private static func withID(
        _ verb: String, _ rest: [Substring], _ make: (BatchID) -> RoomCommand
    ) -> Result<RoomCommand, Fault> {
        guard rest.count == 1 else { return fault("'\(verb)' takes one batch's id: \(name) \(verb) ID") }
        guard let id = BatchID(rest[0]) else {
            return fault(
                "'\(SafeText(String(rest[0]), limit: 40).plain)' is no batch's id, which is \(BatchID.requirement)"
            )
        }
        return .success(make(id))
    }

    private static func fault(_ text: String) -> Result<RoomCommand, Fault> {
        .failure(Fault(description: text))
    }

    /// Changes a batch, and so is not for everybody.
    package var isChange: Bool {
        switch self {
        case .help, .list, .status, .watch: false
        case .cancel, .pause, .resume, .retry: true
        }
    }

    /// Of the batch that a `retry` makes: the same for the same command.
    ///
    /// - Parameter event: the one with the command.
    package static func retryID(of event: String) -> BatchID {
        guard let id = BatchID("retry-\(RoomMark.of(event))") else {
            preconditionFailure("a mark is made of digits and letters")
        }
        return id
    }
}
