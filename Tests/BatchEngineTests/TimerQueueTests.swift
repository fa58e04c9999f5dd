import BatchProgress
import Testing

@testable import BatchEngine

@Suite struct TimerQueueTests {
    @Test func comesInOrder() {
        var timers = TimerQueue<String>()
        timers.set("c", at: moment(30))
        timers.set("a", at: moment(10))
        timers.set("b", at: moment(10))
        #expect(due(&timers, 9) == [])
        #expect(due(&timers, 29) == ["a", "b"])
        #expect(due(&timers, 30) == ["c"])
        #expect(timers.isEmpty && timers.nextDeadline() == nil)
    }

    @Test func theLastSettingCounts() {
        var timers = TimerQueue<String>()
        timers.set("later", at: moment(10))
        timers.set("later", at: moment(20))
        timers.set("sooner", at: moment(40))
        timers.set("sooner", at: moment(15))
        timers.set("cancelled", at: moment(5))
        timers.cancel("cancelled")
        #expect(timers.nextDeadline() == moment(15))
        #expect(due(&timers, 19) == ["sooner"])
        #expect(due(&timers, 100) == ["later"])
    }

    @Test func whatNobodySetCanBeCancelled() {
        var timers = TimerQueue<String>()
        timers.cancel("a")
        #expect(timers.isEmpty)
    }

    /// An hour's timer of each batch that was open for a second would be kept for the hour.
    @Test func cancelledOnesTakeNoMemory() {
        var timers = TimerQueue<Int>()
        for key in 0..<10_000 {
            timers.set(key, at: moment(3_600_000))
            if key % 10 != 0 { timers.cancel(key) }
        }
        #expect(timers.entryCount <= 2 * 1000 + 64)
        for _ in 0..<10_000 { timers.set(0, at: moment(3_600_000)) }
        #expect(timers.entryCount <= 2 * 1000 + 64)
        #expect(due(&timers, 3_600_000).count == 1000)
    }

    /// Set, set again, cancelled and popped at random, it does what a plain dictionary would.
    @Test(arguments: 0..<20)
    func isADictionaryOfMoments(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        var timers = TimerQueue<Int>()
        var model: [Int: Timestamp] = [:]
        for _ in 0..<1000 {
            let key = Int.random(in: 0..<20, using: &random)
            let at = moment(Int.random(in: 0..<1000, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0...1:
                timers.set(key, at: at)
                model[key] = at
            case 2:
                timers.cancel(key)
                model[key] = nil
            default:
                let popped = timers.popDue(at: at)
                #expect(popped.flatMap { model[$0] } == model.values.min().flatMap { $0 <= at ? $0 : nil })
                if let popped { model[popped] = nil }
            }
            let next = timers.nextDeadline()
            #expect(next == model.values.min())
        }
    }

    private func due<Key>(_ timers: inout TimerQueue<Key>, _ now: Int) -> [Key] {
        var keys: [Key] = []
        while let key = timers.popDue(at: moment(now)) { keys.append(key) }
        return keys
    }

    private func moment(_ milliseconds: Int) -> Timestamp {
        Timestamp(microseconds: Int64(milliseconds) * 1000)
    }
}
