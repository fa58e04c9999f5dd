import CZeroMQ
import Glibc

/// What became of a message given to `send`.
public enum SendOutcome: Sendable, Hashable {
    /// libzmq has it. That does not mean that it will arrive.
    case sent
    /// The queue is at its high-water mark, or there is no peer to queue it for. Nothing was sent.
    case full
    /// A router knows no peer by the first frame. Nothing was sent.
    case unroutable
}

/// What `receive` found.
public enum Received: Sendable, Hashable {
    case message([Frame])
    /// A message of more than `maximumFrames` frames, thrown away. A router's first frame says whose it was.
    case oversized(first: Frame, frames: Int)
}

extension Socket {
    /// Queues a message of at least one frame, all of it or nothing; never blocks.
    @discardableResult
    public func send(_ frames: [Frame]) throws(ZeroMQError) -> SendOutcome {
        requireUsable()
        precondition(!frames.isEmpty, "a message has at least one frame")
        let last = frames.count - 1
        for (index, frame) in frames.enumerated() {
            // After a refusal libzmq has rolled back the frames before it.
            guard try send(frame, hasMore: index < last) else {
                return zmq_errno() == EAGAIN ? .full : .unroutable
            }
        }
        return .sent
    }

    /// Some ten megabytes.
    private static let manyFrames = 50_000

    /// The next message, or nil when none is there; never blocks.
    public func receive() throws(ZeroMQError) -> Received? {
        requireUsable()
        zmq_msg_init(incoming)
        defer { zmq_msg_close(incoming) }
        guard try receiveFrame() else { return nil }
        var frames = [takeFrame()]
        var count = 1
        sender = nil
        while zmq_msg_more(incoming) != 0 {
            guard try receiveFrame() else { preconditionFailure("libzmq hands over whole messages") }
            count += 1
            // A router's first frame, which it makes up itself, doesn't say who sent the message.
            sender = sender ?? user
            if count <= maximumFrames {
                frames.append(takeFrame())
            } else if count == maximumFrames + 1 {
                frames.removeSubrange(1...)
            }
        }
        if count == 1 { sender = user }
        guard count > maximumFrames else { return .message(frames) }
        // A million frames leave hundreds of megabytes with malloc. To ask it for a few is dearer than they are.
        if count > Self.manyFrames { tally_trim_memory() }
        return .oversized(first: frames[0], frames: count)
    }

    /// False: refused, and the error number says why.
    private func send(_ frame: Frame, hasMore: Bool) throws(ZeroMQError) -> Bool {
        let flags = ZMQ_DONTWAIT | (hasMore ? ZMQ_SNDMORE : 0)
        while true {
            let sent = frame.withUnsafeBytes { zmq_send(handle.pointer, $0.baseAddress, $0.count, flags) }
            if sent >= 0 { return true }
            switch zmq_errno() {
            case EAGAIN, EHOSTUNREACH: return false
            case EINTR: continue
            default: throw .last("send")
            }
        }
    }

    /// Fills `incoming`. False: nothing there.
    private func receiveFrame() throws(ZeroMQError) -> Bool {
        while true {
            if zmq_msg_recv(incoming, handle.pointer, ZMQ_DONTWAIT) >= 0 { return true }
            switch zmq_errno() {
            case EAGAIN: return false
            case EINTR: continue
            default: throw .last("receive")
            }
        }
    }

    /// The user id that ZAP's answer gave to the connection on which `incoming` came.
    private var user: CurveKey? {
        guard knowsSenders else { return nil }
        return zmq_msg_gets(incoming, "User-Id").flatMap { CurveKey(String(cString: $0)) }
    }

    private func takeFrame() -> Frame {
        Frame(UnsafeRawBufferPointer(start: zmq_msg_data(incoming), count: zmq_msg_size(incoming)))
    }
}
