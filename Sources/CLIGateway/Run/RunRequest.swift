import BatchProgress
import CommandTemplate

/// What `tally run` was asked for.
package struct RunRequest: Sendable {
    package enum Work: Sendable {
        case new(NewBatch, ValueSource)
        /// What is left of a batch that was interrupted.
        case rest(of: BatchID)
    }

    package struct NewBatch: Sendable {
        package var template: Template
        /// Where operations run, as bytes.
        package var folder: [UInt8]
        package var retries: Int
        /// Per attempt.
        package var timeout: Duration?
        package var label: String?
        /// Only counts of it leave the coordinator.
        package var isPrivate: Bool

        package init(
            template: Template, folder: [UInt8], retries: Int, timeout: Duration?, label: String?,
            isPrivate: Bool
        ) {
            self.template = template
            self.folder = folder
            self.retries = retries
            self.timeout = timeout
            self.label = label
            self.isPrivate = isPrivate
        }
    }

    /// Where the operations' output goes.
    package struct Output: Sendable {
        /// In the order of the values, not as they end.
        package var keepsOrder = false
        /// Events of the batch instead, on standard output.
        package var isEvents = false
        package var results: ResultsPath?
        package var jobLog: JobLog?

        /// Whether it matters when an operation ends that printed nothing.
        var needsAllEnds: Bool { keepsOrder || jobLog != nil }

        package init() {}
    }

    package var work: Work
    package var jobs: Int
    package var output: Output
    package var failureLimit: FailureLimit?
    /// This program, for the processes that are started.
    package var executable: String
    package var actor: String?

    package init(
        work: Work, jobs: Int, output: Output, failureLimit: FailureLimit?, executable: String, actor: String?
    ) {
        self.work = work
        self.jobs = jobs
        self.output = output
        self.failureLimit = failureLimit
        self.executable = executable
        self.actor = actor
    }
}

extension RunRequest {
    /// How many operations can ever run at once: workers for more would only be in the way of the first one.
    var usefulJobs: Int {
        guard case .new(_, .given(let values)) = work else { return jobs }
        return min(jobs, max(1, values.count))
    }
}

/// After how many operations that failed for good a run stops, and how.
package struct FailureLimit: Hashable, Sendable {
    package enum Manner: String, CaseIterable, Sendable {
        /// What runs may end.
        case soon
        /// What runs is ended.
        case now
    }

    package var count: Int
    package var manner: Manner

    package init(count: Int, manner: Manner) {
        self.count = count
        self.manner = manner
    }
}

/// Where values come from.
package enum ValueSource: Sendable {
    /// What followed `:::`.
    case given([[UInt8]])
    case standardInput(Values.Separator)
}
