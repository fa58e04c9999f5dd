import CChildProcess
import Glibc

/// What the loop can be woken by.
enum EventSource: Equatable {
    case inbox
    case keeper
    case leader(UInt64)
    case output(UInt64, OutputStream.Kind)
}

extension EventSource {
    // Commands are numbered from 1; 0 is the room's own.
    fileprivate var token: UInt64 {
        switch self {
        case .inbox: 0
        case .keeper: 1
        case .leader(let id): id << 2
        case .output(let id, .standardOutput): id << 2 | 1
        case .output(let id, .standardError): id << 2 | 2
        }
    }

    fileprivate var mask: UInt32 {
        switch self {
        case .inbox, .output: EPOLLIN.rawValue
        case .keeper, .leader: EPOLLIN.rawValue | EPOLLONESHOT.rawValue
        }
    }

    fileprivate init(token: UInt64) {
        switch (token >> 2, token & 3) {
        case (0, 0): self = .inbox
        case (0, _): self = .keeper
        case (let id, 0): self = .leader(id)
        case (let id, 1): self = .output(id, .standardOutput)
        case (let id, _): self = .output(id, .standardError)
        }
    }
}

/// An epoll instance, level-triggered; closing a descriptor takes it out.
struct Poller: ~Copyable {
    private let descriptor: Descriptor
    private var events = [epoll_event](repeating: epoll_event(), count: 64)

    init() throws(SystemFailure) {
        descriptor = try Descriptor(checking: epoll_create1(Int32(EPOLL_CLOEXEC)), "make an epoll")
    }

    /// An output is reported for as long as it is readable, an end once.
    func add(_ watched: borrowing Descriptor, as source: EventSource) throws(SystemFailure) {
        var event = epoll_event(events: source.mask, data: epoll_data_t(u64: source.token))
        guard epoll_ctl(descriptor.number, EPOLL_CTL_ADD, watched.number, &event) == 0 else {
            throw SystemFailure("watch a descriptor", code: errno)
        }
    }

    /// - Parameter limit: how long at most; `nil` is for ever.
    mutating func wait(atMost limit: Duration?) -> [EventSource] {
        let count = epoll_wait(descriptor.number, &events, Int32(events.count), limit.map(milliseconds) ?? -1)
        return events.prefix(Int(max(count, 0))).map { EventSource(token: $0.data.u64) }
    }
}

/// Rounded up, so that a deadline has passed after waiting for it; an hour at most.
private func milliseconds(_ duration: Duration) -> Int32 {
    let bounded = min(max(duration, .zero), .seconds(3600))
    return Int32((bounded / .milliseconds(1)).rounded(.up))
}
