/// How a run came to its end.
package struct RunEnd: Hashable, Sendable {
    package let code: ExitCode
    /// Why nothing more was to be started, whether or not the batch came to its end all the same; nil: it was
    /// left alone.
    let interruption: ExitCode?
}
