import CZeroMQ
import Glibc
import Synchronization

/// One thread that waits for sockets, timers and jobs, and is the executor of the actors pinned to it.
///
/// Such an actor handles a socket's messages without a hop:
/// ```swift
/// actor Echo {
///     private let loop: SocketLoop
///     private let socket: Socket
///     nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
///
///     func start() throws {
///         try socket.bind("tcp://127.0.0.1:5550")
///         loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.drain() } }
///     }
/// }
/// ```
/// It lives until `stop()`. Nothing that runs on it may block.
public final class SocketLoop: SerialExecutor {
    private let name: String
    private let inbox = LoopInbox()
    private let wakeUp: WakeUp
    /// The `pthread_t` of the thread that is the loop; 0 while there is none.
    private let thread = Atomic<UInt>(0)
    private let state: ThreadConfined

    /// Sendable since only `confined` reads it, which refuses other threads.
    private struct ThreadConfined: @unchecked Sendable {
        let value: LoopState
    }

    /// Starts the thread.
    ///
    /// - Parameter name: shown by debuggers and `top -H`; the first 15 bytes count.
    /// - Throws: `EMFILE` or `EAGAIN` when the process has no more files or threads.
    public init(name: String) throws(ZeroMQError) {
        self.name = name
        wakeUp = try WakeUp()
        state = ThreadConfined(value: LoopState(wakeUp: wakeUp))
        let code = startThread()
        guard code == 0 else { throw ZeroMQError(code: code, operation: "start a thread") }
    }

    // MARK: On the loop's thread

    /// Calls `receive` whenever there is something to receive, again in each round while something is left.
    /// It should take a bounded number of messages (256, say) and return, for the others' sake. A second
    /// watch of a socket replaces the first. The loop keeps both alive until `unwatch`, `close` or `stop`.
    public func watch(_ socket: Socket, receive: @escaping () -> Void) {
        confined.watch(socket, receive: receive)
    }

    /// Calls `writable` once, as soon as a socket that said `.full` takes messages again; never if it is
    /// closed before that.
    public func whenWritable(_ socket: Socket, _ writable: @escaping () -> Void) {
        confined.whenWritable(socket, writable)
    }

    /// Nothing is called for this socket any more.
    public func unwatch(_ socket: Socket) {
        confined.unwatch(socket)
    }

    /// A timer that calls `fire` on the loop each time it has been set and its time has come.
    public func makeTimer(_ fire: @escaping () -> Void) -> LoopTimer {
        preconditionOnLoop()
        return LoopTimer(loop: self, fire: fire)
    }

    // MARK: From any thread

    /// Runs `work` on the loop, after what was given to it before.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        put(.work(work))
    }

    /// Ends the watching: sockets and timers get no more calls, and are let go. Returns at once.
    ///
    /// The thread ends when no job is left. A job that comes later still runs, on a thread that is started
    /// for it and takes the place of the first: so an actor can be asked to close its sockets after this,
    /// and no await on it hangs.
    public func stop() {
        follow(inbox.stop())
    }

    /// Whether this is the loop's thread.
    public var isOnLoop: Bool {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    public func preconditionOnLoop() {
        precondition(isOnLoop, "this belongs on the thread of the loop \"\(name)\"")
    }

    // MARK: SerialExecutor

    public func enqueue(_ job: consuming ExecutorJob) {
        put(.actorJob(UnownedJob(job), asUnownedSerialExecutor()))
    }

    public func checkIsolated() {
        preconditionOnLoop()
    }

    public func isIsolatingCurrentContext() -> Bool? {
        isOnLoop
    }
}

/// Runs the tasks that prefer it on a loop's thread: for those that only wait, and talk with the loop's actors.
/// Nothing that runs on it may block.
public final class LoopTaskExecutor: TaskExecutor {
    private let loop: SocketLoop

    public init(_ loop: SocketLoop) {
        self.loop = loop
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        loop.put(.taskJob(UnownedJob(job), asUnownedTaskExecutor()))
    }
}

// MARK: - Within

extension SocketLoop {
    var confined: LoopState {
        preconditionOnLoop()
        return state.value
    }

    fileprivate func put(_ item: LoopItem) {
        follow(inbox.put(item))
    }

    private func follow(_ next: LoopInbox.AfterPut) {
        switch next {
        case .nothing: break
        case .wake: wakeUp.signal()
        case .startThread:
            // Somebody awaits that job: trying again beats both a crash and an await without end.
            while startThread() != 0 { sched_yield() }
        }
    }

    /// Returns the error number, or 0.
    private func startThread() -> CInt {
        let loop = Unmanaged.passRetained(self)
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { preconditionFailure("a thread is given its loop") }
                Unmanaged<SocketLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, loop.toOpaque())
        if code != 0 { loop.release() }
        return code
    }

    private func run() {
        let this = UInt(pthread_self())
        tally_name_thread(name)
        thread.store(this, ordering: .relaxed)
        var backlog = LoopBacklog()
        while !isOver(&backlog) {}
        // By now another thread may have begun for a late job; then the field is that one's.
        _ = thread.compareExchange(expected: this, desired: 0, ordering: .relaxed)
    }

    /// A round: jobs, timers, sockets, each in bounds, so that none starves another. True: it was the last.
    private func isOver(_ backlog: inout LoopBacklog) -> Bool {
        if backlog.isEmpty, backlog.refill(from: inbox) == .stopping { state.value.abandon() }
        backlog.run()
        guard state.value.isServing else { return backlog.isEmpty && inbox.end() }
        state.value.fireTimers()
        let sleeps = backlog.isEmpty && inbox.fallAsleep()
        state.value.poll(milliseconds: sleeps ? state.value.millisecondsToSleep : 0)
        return false
    }
}
