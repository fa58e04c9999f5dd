import Synchronization
import Testing
import ZeroMQ

@Suite struct TimerTests {
    /// Timers live on the loop; the test gives them instructions there.
    actor Clockwork {
        private let loop: SocketLoop
        private var timers: [Int: LoopTimer] = [:]
        nonisolated let fired = Mailbox<Int>()

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(on loop: SocketLoop) { self.loop = loop }

        func run(_ body: @Sendable (isolated Clockwork) -> Void) { body(self) }

        func set(_ number: Int, at deadline: ContinuousClock.Instant) {
            timer(number).set(at: deadline)
        }

        func cancel(_ number: Int) { timer(number).cancel() }

        func add(_ number: Int, _ fire: @escaping @Sendable (isolated Clockwork) -> Void) {
            timers[number] = loop.makeTimer { [weak self] in
                self?.assumeIsolated {
                    $0.fired.put(number)
                    fire($0)
                }
            }
        }

        private func timer(_ number: Int) -> LoopTimer {
            if timers[number] == nil { add(number) { _ in } }
            guard let timer = timers[number] else { preconditionFailure("just made") }
            return timer
        }
    }

    private func withClockwork(_ body: (Clockwork) async throws -> Void) async throws {
        try await withLoop { try await body(Clockwork(on: $0)) }
    }

    @Test("timers fire in the order of their times, whatever the order they were set in")
    func inOrder() async throws {
        try await withClockwork { clockwork in
            var random = SystemRandomNumberGenerator()
            let start = ContinuousClock.now
            let numbers = Array(0..<500).shuffled(using: &random)
            await clockwork.run { clockwork in
                for number in numbers { clockwork.set(number, at: start + .microseconds(100 * number)) }
            }
            let fired = try await clockwork.fired.next(500)
            #expect(fired == Array(0..<500))
            #expect(ContinuousClock.now - start >= .microseconds(100 * 499))
        }
    }

    @Test func ofOneInstantTheFirstSetFiresFirst() async throws {
        try await withClockwork { clockwork in
            let instant = ContinuousClock.now
            await clockwork.run { for number in 0..<50 { $0.set(number, at: instant) } }
            let fired = try await clockwork.fired.next(50)
            #expect(fired == Array(0..<50))
        }
    }

    @Test func theCancelledDoNotFireAndTheMovedFireOnce() async throws {
        try await withClockwork { clockwork in
            let now = ContinuousClock.now
            await clockwork.run { clockwork in
                for number in 0..<100 { clockwork.set(number, at: now + .milliseconds(20)) }
                for number in 0..<100 where number % 3 != 0 { clockwork.cancel(number) }
                for number in 0..<100 where number % 3 == 1 {
                    clockwork.set(number, at: now + .milliseconds(10))
                }
                clockwork.set(1000, at: now + .milliseconds(30))
            }
            let early = (0..<100).filter { $0 % 3 == 1 }
            let late = (0..<100).filter { $0 % 3 == 0 }
            let fired = try await clockwork.fired.next(early.count + late.count + 1)
            #expect(fired == early + late + [1000])
        }
    }

    @Test func oneThatIsDueCanBeCancelledOrPutOffByAnother() async throws {
        try await withClockwork { clockwork in
            let now = ContinuousClock.now
            await clockwork.run { clockwork in
                clockwork.add(0) { clockwork in
                    clockwork.cancel(1)
                    clockwork.set(2, at: .now + .milliseconds(20))
                }
                for number in 0..<4 { clockwork.set(number, at: now) }
            }
            let fired = try await clockwork.fired.next(3)
            #expect(fired == [0, 3, 2])
        }
    }

    @Test func oneThatSetsItselfInThePastStarvesNoOther() async throws {
        try await withClockwork { clockwork in
            let past = ContinuousClock.now - .seconds(1)
            await clockwork.run { clockwork in
                clockwork.add(0) { $0.set(0, at: past) }
                clockwork.set(0, at: past)
                clockwork.set(1, at: .now + .milliseconds(5))
            }
            let fired = try await clockwork.fired.first { $0 == 1 }
            #expect(fired == 1)
            await clockwork.cancel(0)
        }
    }

    @Test func anEarlierTimerShortensTheSleep() async throws {
        try await withClockwork { clockwork in
            await clockwork.set(1, at: .now + .seconds(3600 * 24 * 365 * 1000))
            await clockwork.set(0, at: .now + .milliseconds(10))
            let fired = try await clockwork.fired.next()
            #expect(fired == 0)
        }
    }
}
