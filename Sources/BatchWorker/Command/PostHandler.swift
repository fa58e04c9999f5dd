import BatchProgress
import BatchProtocol

/// Runs `post` operations, by way of `curl`: it starts in milliseconds where it is needed, while an HTTP library in
/// this program would make each start of any command slower, by more than an operation takes.
enum PostHandler {
    /// The address and the event reach curl by a descriptor and a pipe: arguments can be seen by everybody.
    private static let script = #"""
        exec 3<<END
        url = "$TALLY_URL"
        END
        status=$(printf '%s' "$TALLY_EVENT" | curl --disable --silent --show-error --max-time 30             --header 'Content-Type: application/json' --data-binary @- --output /dev/null             --write-out '%{http_code}' --config /dev/fd/3) || exit
        case $status in
            2??) ;;
            *) echo "the answer was $status" >&2; exit 1 ;;
        esac
        """#

    /// The command that does it.
    static func command(for data: [UInt8]) throws(WireError) -> CommandOperation {
        let post = try WireFormat.decode(PostOperation.self, from: data)
        if let fault = post.fault { throw WireError(.malformed, fault) }
        return CommandOperation(
            shell: ByteText(script), environment: [ByteText("TALLY_URL=\(post.url)")], timeoutSeconds: 45,
            event: post.event)
    }
}

extension OperationWorker {
    /// Takes `post` operations: an event to an address, by HTTP. Needs `curl`.
    package mutating func handlePosts(_ handler: CommandHandler) {
        register(PostOperation.type, .task { data, context in await handler.post(data, context) })
    }
}
