import BatchProgress
import CommandTemplate

/// What `tally run` was asked for.
package struct RunRequest: Sendable {
    package enum Work: Sendable {
        case new(Template, ValueSource)
        /// What is left of a batch that was interrupted.
        case rest(of: BatchID)
    }

    package var work: Work
    package var jobs: Int
    package var retries: Int
    /// Per attempt.
    package var timeout: Duration?
    package var label: String?
    /// This program, for the processes that are started.
    package var executable: String
    /// Where operations run, as bytes.
    package var folder: [UInt8]
    package var actor: String?

    package init(
        work: Work, jobs: Int, retries: Int, timeout: Duration?, label: String?,
        executable: String, folder: [UInt8], actor: String?
    ) {
        self.work = work
        self.jobs = jobs
        self.retries = retries
        self.timeout = timeout
        self.label = label
        self.executable = executable
        self.folder = folder
        self.actor = actor
    }
}

/// Where values come from.
package enum ValueSource: Sendable {
    /// What followed `:::`.
    case given([[UInt8]])
    case standardInput(Values.Separator)
}
