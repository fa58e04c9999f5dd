import Glibc

/// Where the output of a run's operations goes: as it is, but never into the middle of a bar.
struct RunOutput: Sendable {
    let display: ProgressDisplay
    /// Called once nobody reads standard output any more.
    let closed: @Sendable () -> Void

    var operations: RelayReader.OperationOutput {
        let onTerminal = Descriptor.standardOutput.isTerminal
        return RelayReader.OperationOutput(
            standardOutput: { [display, closed] bytes in
                if onTerminal {
                    display.printAbove(bytes)
                } else if !Descriptor.standardOutput.write(bytes) {
                    closed()
                }
            },
            standardError: { [display] in display.printAbove($0) })
    }
}
