import Glibc
import Synchronization
import Testing
import ZeroMQ

@Suite struct LoopTests {
    actor Counter {
        private let loop: SocketLoop
        private(set) var count = 0

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(on loop: SocketLoop) { self.loop = loop }

        func increment() -> Int {
            count += 1
            return count
        }
    }

    @Test("a task that prefers the loop runs on its thread, before and after it waited and was with an actor")
    func taskOnLoop() async throws {
        try await withLoop { loop in
            let counter = Counter(on: loop)
            let places = await Task.detached(executorPreference: LoopTaskExecutor(loop)) {
                var places = [loop.isOnLoop]
                for _ in 0..<3 {
                    _ = await counter.increment()
                    places.append(loop.isOnLoop)
                    try? await Task.sleep(for: .milliseconds(1))
                    places.append(loop.isOnLoop)
                }
                return places
            }.value
            #expect(places == Array(repeating: true, count: 7))
        }
    }

    @Test("many tasks await an actor on the loop while messages pass: none waits for ever")
    func noWakeUpIsLost() async throws {
        let (tasks, awaits, messages) = (20, 5000, 20_000)
        try await withLoop { loop in
            let counter = Counter(on: loop)
            let pull = try Peer(.pull, on: loop)
            let push = try Peer(.push, on: loop)
            try await push.connect(try await pull.bind())
            await pull.listen()
            let traffic = Task {
                for number in 0..<messages {
                    try await push.sendWhenTaken(bytes("\(number)"))
                }
            }
            try await within(.seconds(60)) {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<tasks {
                        group.addTask { for _ in 0..<awaits { _ = await counter.increment() } }
                    }
                }
            }
            #expect(await counter.count == tasks * awaits)
            _ = try await pull.received.next(messages)
            try await traffic.value
        }
    }

    @Test func workRunsInTheOrderGiven() async throws {
        try await withLoop { loop in
            let done = Mailbox<Int>()
            for number in 0..<2000 { loop.execute { done.put(number) } }
            let seen = try await done.next(2000)
            #expect(seen == Array(0..<2000))
        }
    }

    @Test func workWithoutEndLeavesRoomForSocketsAndTimers() async throws {
        try await withLoop { loop in
            let pull = try Peer(.pull, on: loop)
            let push = try Peer(.push, on: loop)
            try await push.connect(try await pull.bind())
            await pull.listen()
            let work = EndlessWork(on: loop)
            defer { work.end() }
            try await push.send(bytes("through"))
            let seen = try await pull.received.next()
            #expect(seen == .message([bytes("through")]))
            try await expectATimerToFire(on: loop)
        }
    }

    @Test func aSocketNeverEmptyLeavesRoomForWorkAndTimers() async throws {
        try await withLoop { loop in
            let pull = try Peer(.pull, on: loop)
            let push = try Peer(.push, on: loop)
            try await push.connect(try await pull.bind())
            try await push.send(bytes("stays"))
            let rounds = Mailbox<Int>()
            await pull.watch { rounds.put(1) }
            _ = try await rounds.next(1000)  // level-triggered: again and again
            try await expectATimerToFire(on: loop)
            await pull.unwatch()
        }
    }

    @Test func aLongBacklogIsDoneInBatchesBetweenLooksAtTheSockets() async throws {
        try await withLoop { loop in
            let pull = try Peer(.pull, on: loop)
            let push = try Peer(.push, on: loop)
            try await push.connect(try await pull.bind())
            try await push.send(bytes("stays"))
            let looks = Mailbox<Int>()
            let seen = Atomic(0)
            await pull.watch { looks.put(seen.add(1, ordering: .relaxed).newValue) }
            _ = try await looks.next()
            let atEnds = Mailbox<Int>()
            loop.execute {
                for number in 0..<2560 {
                    loop.execute {
                        if number % 2559 == 0 { atEnds.put(seen.load(ordering: .relaxed)) }
                    }
                }
            }
            let ends = try await atEnds.next(2)
            #expect(ends[1] - ends[0] == 9)
            await pull.unwatch()
        }
    }

    @Test func signalsInterruptNothing() async throws {
        try await withLoop { loop in
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in }
            sigaction(SIGUSR1, &action, nil)
            let pull = try Peer(.pull, on: loop)
            let push = try Peer(.push, on: loop)
            try await push.connect(try await pull.bind())
            await pull.listen()
            let threads = Mailbox<pthread_t>()
            loop.execute {
                // It has inherited the mask of a thread of Dispatch's, which blocks nearly all.
                var mask = sigset_t()
                sigemptyset(&mask)
                sigaddset(&mask, SIGUSR1)
                pthread_sigmask(SIG_UNBLOCK, &mask, nil)
                threads.put(pthread_self())
            }
            let thread = try await threads.next()
            for _ in 0..<2000 {
                pthread_kill(thread, SIGUSR1)
                try await push.sendWhenTaken(bytes("still"))
                pthread_kill(thread, SIGUSR1)
            }
            #expect(try await pull.received.next(2000).count == 2000)
        }
    }

    /// Work that asks for itself again until it is told to end.
    private final class EndlessWork: Sendable {
        private let goesOn = Atomic(true)

        init(on loop: SocketLoop) { again(on: loop) }

        func end() { goesOn.store(false, ordering: .relaxed) }

        private func again(on loop: SocketLoop) {
            guard goesOn.load(ordering: .relaxed) else { return }
            loop.execute { self.again(on: loop) }
        }
    }

    private func expectATimerToFire(on loop: SocketLoop) async throws {
        let fired = Mailbox<Int>()
        loop.execute { loop.makeTimer { fired.put(1) }.set(at: .now + .milliseconds(5)) }
        #expect(try await fired.next() == 1)
    }

    // MARK: Isolation

    @Test func theLoopKnowsItsThread() async throws {
        try await withLoop { loop in
            #expect(!loop.isOnLoop)
            let answers = Mailbox<Bool?>()
            loop.execute {
                answers.put(loop.isOnLoop)
                answers.put(loop.isIsolatingCurrentContext())
            }
            let seen = try await answers.next(2)
            #expect(seen == [true, true])
            #expect(loop.isIsolatingCurrentContext() == false)
        }
    }

    @Test func elsewhereIsNotAssumedToBeTheLoop() async {
        await #expect(processExitsWith: .failure) {
            let counter = Counter(on: try SocketLoop(name: "elsewhere"))
            Self.assumeTheLoop(of: counter)
        }
    }

    private static func assumeTheLoop(of counter: Counter) {
        counter.assumeIsolated { _ in }
    }

    @Test func aSocketUsedElsewhereIsAFault() async {
        await #expect(processExitsWith: .failure) {
            let socket = try Socket(.push, loop: try SocketLoop(name: "elsewhere"))
            try socket.connect("tcp://127.0.0.1:5550")
        }
    }

    // MARK: Stop

    @Test func whatWaitsWhenTheLoopStopsIsStillDone() async throws {
        let loop = try SocketLoop(name: "stopping")
        let done = Mailbox<Int>()
        let counter = Counter(on: loop)
        loop.execute {
            loop.stop()  // the rest comes to a loop that is stopping
            for number in 0..<5000 { loop.execute { done.put(number) } }
        }
        #expect(try await done.next(5000) == Array(0..<5000))
        #expect(try await within { await counter.increment() } == 1)
    }

    @Test func aStoppedLoopsActorsStillAnswer() async throws {
        let loop = try SocketLoop(name: "stopped")
        let peer = try Peer(.pull, on: loop)
        try await peer.bind()
        await peer.listen()
        let counter = Counter(on: loop)
        loop.stop()
        loop.stop()
        try await within(.seconds(60)) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { for _ in 0..<500 { _ = await counter.increment() } }
                }
            }
        }
        #expect(await counter.count == 4000)
        try await within { await peer.close() }
    }

    @Test func aStoppedLoopLetsGoOfWhatItWatched() async throws {
        let loop = try SocketLoop(name: "letting go")
        let gone = Mailbox<Int>()
        let peer = try Peer(.pull, on: loop)
        try await peer.bind()
        await peer.watch(holding(Farewell { gone.put(1) }))
        loop.stop()
        #expect(try await gone.next() == 1)
    }

    private func holding(_ farewell: Farewell) -> @Sendable () -> Void {
        { withExtendedLifetime(farewell) {} }
    }

    private final class Farewell: Sendable {
        private let say: @Sendable () -> Void
        init(_ say: @escaping @Sendable () -> Void) { self.say = say }
        deinit { say() }
    }
}
