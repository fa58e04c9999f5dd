import Glibc
import UnixSignals

/// How something that takes its time came to an end.
package enum Outcome<Value: Sendable>: Sendable {
    case ended(Value)
    /// By a signal, or since nobody reads the output any more.
    case interrupted(ExitCode)
}

/// Does what `body` says until that has ended, or SIGINT or SIGTERM comes; then `body` is cancelled.
///
/// - Parameter output: it is interrupted as well when nobody reads this any more.
package func untilInterrupted<Value: Sendable>(
    writingTo output: Descriptor? = nil, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Outcome<Value> {
    // Before `body` says anything that somebody may answer with a signal.
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    return try await withThrowingTaskGroup(of: Outcome<Value>.self) { group in
        group.addTask { .ended(try await body()) }
        group.addTask {
            for await signal in signals {
                return .interrupted(signal == .sigint ? .interrupted : .terminated)
            }
            throw CancellationError()
        }
        if let output {
            group.addTask {
                while output.isRead { try await Task.sleep(for: .milliseconds(100)) }
                return .interrupted(.outputClosed)
            }
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { preconditionFailure("there are tasks") }
        return first
    }
}

extension Descriptor {
    /// False once it is a pipe or a socket whose other end was closed.
    fileprivate var isRead: Bool {
        var request = pollfd(fd: number, events: 0, revents: 0)
        return poll(&request, 1, 0) <= 0 || Int32(request.revents) & POLLERR == 0
    }
}
