import CZeroMQ
import Dispatch
import Glibc
import Synchronization

/// libzmq's context: one a process, since two have been seen to deadlock one another (libzmq#4242).
public enum ZeroMQContext {
    /// libzmq lets any thread use a context, and a new socket go to the thread that will use it.
    private struct Pointer: @unchecked Sendable {
        let raw: UnsafeMutableRawPointer
    }

    private struct State {
        var context: Pointer?
        var openSockets = 0
        var isFinished = false
    }

    private static let state = Mutex(State())

    /// The version of the libzmq in use, such as "4.3.4".
    public static var version: String {
        var (major, minor, patch): (CInt, CInt, CInt) = (0, 0, 0)
        zmq_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    /// Waits until what closed sockets still had to send has left, each for at most its `linger`.
    ///
    /// Without it, a process that ends takes such messages with it. Call it last: no socket can be made
    /// afterwards.
    ///
    /// It takes three seconds at most. libzmq looks names up in the thread that sends, and there it waits for half a
    /// minute for a name server that doesn't answer.
    ///
    /// - Returns: false, and nothing was done, if a socket is still open: waiting would never end.
    @discardableResult
    public static func finish() -> Bool {
        let (mayEnd, context) = state.withLock { state -> (Bool, Pointer?) in
            guard state.openSockets == 0 else { return (false, nil) }
            state.isFinished = true
            defer { state.context = nil }
            return (true, state.context)
        }
        guard let context else { return mayEnd }
        let ended = DispatchSemaphore(value: 0)
        DispatchQueue(label: "zeromq.finish").async {
            while zmq_ctx_term(context.raw) != 0, zmq_errno() == EINTR {}
            ended.signal()
        }
        _ = ended.wait(timeout: .now() + .seconds(3))
        return true
    }

    static func openSocket(_ type: CInt) throws(ZeroMQError) -> UnsafeMutableRawPointer {
        let opened = state.withLock { state -> Result<Pointer, ZeroMQError> in
            guard !state.isFinished else {
                return .failure(ZeroMQError(code: zeroMQTerminated, operation: "socket"))
            }
            if state.context == nil { state.context = zmq_ctx_new().map { Pointer(raw: $0) } }
            guard let context = state.context, let socket = zmq_socket(context.raw, type) else {
                return .failure(.last("socket"))
            }
            state.openSockets += 1
            return .success(Pointer(raw: socket))
        }
        return try opened.get().raw
    }

    static func closeSocket(_ socket: UnsafeMutableRawPointer) {
        zmq_close(socket)
        state.withLock { $0.openSockets -= 1 }
    }
}
