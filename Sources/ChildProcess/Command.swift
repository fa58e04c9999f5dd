/// One run of one command. Everything is bytes: names that aren't UTF-8 are normal.
package struct Command: Sendable {
    package enum Invocation: Hashable, Sendable {
        /// Executed as they are. A first word without a slash is looked for in the `PATH` of the
        /// command's own environment, as execvpe(3) does.
        case arguments([[UInt8]])
        /// A line for `/bin/sh -c`.
        case shell([UInt8])
    }

    package var invocation: Invocation
    /// The complete environment, as `NAME=value`.
    package var environment: [[UInt8]]
    /// `nil`: where this process is.
    package var workingDirectory: [UInt8]?
    /// How long the command may run, from its start. `nil`: as long as it likes.
    package var timeout: Duration?
    /// From SIGTERM to SIGKILL, after a timeout or a cancellation.
    package var grace: Duration
    /// Keep all of the output and not only its two ends.
    package var keepWhole: Bool

    package init(
        _ invocation: Invocation, environment: [[UInt8]], workingDirectory: [UInt8]? = nil,
        timeout: Duration? = nil, grace: Duration = .seconds(10), keepWhole: Bool = false
    ) {
        self.invocation = invocation
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.timeout = timeout
        self.grace = grace
        self.keepWhole = keepWhole
    }
}
