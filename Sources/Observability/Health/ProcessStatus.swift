import Synchronization

/// What a process says of itself to whoever looks after it.
package final class ProcessStatus: Sendable {
    private struct Answers: Sendable {
        var lacking: @Sendable () async -> [String]
        var measure: @Sendable () async -> Void = {}
    }

    private let answers: Mutex<Answers>

    /// - Parameter lacking: what it lacks to do its work, each in words that a person reads.
    package init(lacking: @escaping @Sendable () async -> [String]) {
        answers = Mutex(Answers(lacking: lacking))
    }

    /// From now on it is asked.
    ///
    /// - Parameters:
    ///   - lacking: what it lacks, instead of what it was said to lack until now.
    ///   - measure: sets the gauges that are only looked at when somebody reads them.
    package func answer(
        lacking: @escaping @Sendable () async -> [String], measure: @escaping @Sendable () async -> Void = {}
    ) {
        answers.withLock { $0 = Answers(lacking: lacking, measure: measure) }
    }

    /// Empty: it is ready.
    package var lacking: [String] {
        get async { await answers.withLock { $0 }.lacking() }
    }

    package func measure() async { await answers.withLock { $0 }.measure() }
}
