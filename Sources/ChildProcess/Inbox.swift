import CChildProcess
import Glibc
import Synchronization

/// The way into the loop's thread from any other.
final class Inbox: Sendable {
    enum Message: Sendable {
        case start(Submission)
        case cancel(id: UInt64)
        /// To be sent once everything has been killed; the continuation is for who waits.
        case close(CheckedContinuation<Void, Never>?)
    }

    private struct State {
        var messages: [Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// An eventfd, readable while there is something to take.
    let bell: Descriptor

    init() throws(SystemFailure) {
        bell = try Descriptor(checking: eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)), "make an eventfd")
    }

    /// - Returns: `false` when the loop has ended, and nobody will take the message.
    func post(_ message: Message) -> Bool {
        let count = state.withLock { state in
            if !state.isClosed { state.messages.append(message) }
            return state.messages.count
        }
        if count == 1 { eventfd_write(bell.number, 1) }
        return count > 0
    }

    func take() -> [Message] {
        var rings: eventfd_t = 0
        eventfd_read(bell.number, &rings)
        return state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// - Returns: what came after the last `take`.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }
}
