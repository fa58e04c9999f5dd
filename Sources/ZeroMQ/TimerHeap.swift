/// A binary heap of timers, the earliest first; each timer knows its slot, so any can be taken out.
struct TimerHeap {
    private var timers: [LoopTimer] = []
    private var nextOrder = 0

    var earliest: LoopTimer? { timers.first }

    mutating func insert(_ timer: LoopTimer) {
        timer.order = nextOrder
        nextOrder += 1
        timers.append(timer)
        siftUp(timers.count - 1)
    }

    mutating func remove(at slot: Int) -> LoopTimer {
        let removed = timers[slot]
        let last = timers.removeLast()
        removed.state = .idle
        guard slot < timers.count else { return removed }
        place(last, at: slot)
        siftUp(slot)
        siftDown(slot)
        return removed
    }

    /// Takes out those whose time has come, in the order in which they are to fire, and marks them `due`.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [LoopTimer] {
        var due: [LoopTimer] = []
        while let timer = earliest, timer.deadline <= now {
            due.append(remove(at: 0))
            timer.state = .due
        }
        return due
    }

    mutating func removeAll() {
        for timer in timers { timer.state = .idle }
        timers = []
    }

    private mutating func place(_ timer: LoopTimer, at slot: Int) {
        timers[slot] = timer
        timer.state = .set(slot: slot)
    }

    private mutating func siftUp(_ start: Int) {
        let timer = timers[start]
        var slot = start
        while slot > 0, timer.isBefore(timers[(slot - 1) / 2]) {
            place(timers[(slot - 1) / 2], at: slot)
            slot = (slot - 1) / 2
        }
        place(timer, at: slot)
    }

    private mutating func siftDown(_ start: Int) {
        let timer = timers[start]
        var slot = start
        while let child = earlierChild(of: slot), timers[child].isBefore(timer) {
            place(timers[child], at: slot)
            slot = child
        }
        place(timer, at: slot)
    }

    private func earlierChild(of slot: Int) -> Int? {
        let (left, right) = (2 * slot + 1, 2 * slot + 2)
        guard left < timers.count else { return nil }
        guard right < timers.count, timers[right].isBefore(timers[left]) else { return left }
        return right
    }
}

extension LoopTimer {
    fileprivate func isBefore(_ other: LoopTimer) -> Bool {
        deadline == other.deadline ? order < other.order : deadline < other.deadline
    }
}
