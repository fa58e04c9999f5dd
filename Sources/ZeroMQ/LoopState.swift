import CZeroMQ
import Glibc

/// What a loop watches and waits for.
///
/// It is no `Sendable` type; `SocketLoop` lets nobody reach it from another thread than its own.
final class LoopState {
    private final class Watch {
        let socket: Socket
        var receive: (() -> Void)?
        var writable: (() -> Void)?

        init(_ socket: Socket) { self.socket = socket }

        var events: Int16 {
            Int16(receive == nil ? 0 : ZMQ_POLLIN) | Int16(writable == nil ? 0 : ZMQ_POLLOUT)
        }
    }

    private let wakeUp: WakeUp
    private var watches: [Watch] = []
    /// What zmq_poll is given: the wake-up, then each of `watches` in its order.
    private var pollItems: [zmq_pollitem_t]
    private var timers = TimerHeap()
    private(set) var isServing = true

    init(wakeUp: WakeUp) {
        self.wakeUp = wakeUp
        let readable = Int16(ZMQ_POLLIN)
        pollItems = [zmq_pollitem_t(socket: nil, fd: wakeUp.descriptor, events: readable, revents: 0)]
    }

    // MARK: Sockets

    func watch(_ socket: Socket, receive: @escaping () -> Void) {
        change(socket) { $0.receive = receive }
    }

    func whenWritable(_ socket: Socket, _ writable: @escaping () -> Void) {
        change(socket) { $0.writable = writable }
    }

    func unwatch(_ socket: Socket) {
        guard let index = watches.firstIndex(where: { $0.socket === socket }) else { return }
        let watch = watches.remove(at: index)
        pollItems.remove(at: index + 1)
        // The round under way may still come to it.
        watch.receive = nil
        watch.writable = nil
    }

    private func change(_ socket: Socket, _ body: (Watch) -> Void) {
        guard isServing else { return }
        if let index = watches.firstIndex(where: { $0.socket === socket }) {
            body(watches[index])
            pollItems[index + 1].events = watches[index].events
        } else {
            let watch = Watch(socket)
            body(watch)
            watches.append(watch)
            pollItems.append(
                zmq_pollitem_t(socket: socket.handle.pointer, fd: 0, events: watch.events, revents: 0))
        }
    }

    // MARK: A round

    /// Waits for at most so many milliseconds (-1: without end), then serves each socket that is ready once.
    func poll(milliseconds: Int) {
        let ready = pollItems.withUnsafeMutableBufferPointer {
            zmq_poll($0.baseAddress, CInt($0.count), milliseconds)
        }
        guard ready >= 0 else {
            precondition(zmq_errno() == EINTR, "only open sockets are watched, in a context that lives")
            return
        }
        if ready > 0 { serve(watches, pollItems) }
    }

    /// Given copies: what is called may watch and unwatch.
    private func serve(_ watches: [Watch], _ items: [zmq_pollitem_t]) {
        if items[0].revents != 0 { wakeUp.reset() }
        for (watch, item) in zip(watches, items.dropFirst()) where item.revents != 0 {
            if CInt(item.revents) & ZMQ_POLLIN != 0 { watch.receive?() }
            if CInt(item.revents) & ZMQ_POLLOUT != 0 { serveWritable(watch) }
        }
    }

    private func serveWritable(_ watch: Watch) {
        guard let writable = watch.writable else { return }
        watch.writable = nil
        if watch.receive == nil {
            unwatch(watch.socket)
        } else {
            change(watch.socket) { _ in }
        }
        writable()
    }

    // MARK: Timers

    func arm(_ timer: LoopTimer) {
        if isServing { timers.insert(timer) }
    }

    func disarm(_ timer: LoopTimer) {
        if case .set(let slot) = timer.state { _ = timers.remove(at: slot) }
        timer.state = .idle
    }

    /// One that is cancelled or set anew by another of this round doesn't fire in it.
    func fireTimers() {
        guard timers.earliest != nil else { return }
        for timer in timers.takeDue(at: .now) {
            guard case .due = timer.state else { continue }
            timer.state = .idle
            timer.fire()
        }
    }

    /// Until the earliest timer, in milliseconds rounded up; -1 without one.
    var millisecondsToSleep: Int {
        guard let deadline = timers.earliest?.deadline else { return -1 }
        let (seconds, attoseconds) = ContinuousClock.now.duration(to: deadline).components
        if seconds < 0 || attoseconds < 0 { return 0 }
        if seconds >= Self.longestSleep { return Self.longestSleep * 1000 }
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Seconds: far from what overflows, and a look at the clock once an hour costs nothing.
    private static let longestSleep = 3600

    // MARK: The end

    /// Lets go of all sockets, timers and closures; takes no more.
    func abandon() {
        guard isServing else { return }
        isServing = false
        timers.removeAll()
        pollItems.removeAll()
        watches = []
    }
}
