/// Work that a loop has taken from its inbox and not done yet.
struct LoopBacklog {
    /// Jobs done before the sockets get a look: about as long as a socket's turn.
    private static let jobsPerRound = 256

    private var items: [LoopItem] = []
    private var next = 0

    var isEmpty: Bool { next == items.count }

    /// Takes what is in the inbox; only when all taken before is done, so that order is kept.
    mutating func refill(from inbox: LoopInbox) -> LoopInbox.Phase {
        items.removeAll(keepingCapacity: true)
        next = 0
        return inbox.take(into: &items)
    }

    /// Does a round's worth of it.
    mutating func run() {
        let end = min(items.count, next + Self.jobsPerRound)
        while next < end {
            let item = items[next]
            next += 1
            switch item {
            case .actorJob(let job, let executor): job.runSynchronously(on: executor)
            case .taskJob(let job, let executor): job.runSynchronously(on: executor)
            case .work(let work): work()
            }
        }
    }
}
