import BatchProgress
import BatchProtocol
import Glibc
import Synchronization

/// A run's standard output: the operations' as it is, but never into the middle of a bar; or the batch's events.
final class RunOutput: Sendable {
    private let display: ProgressDisplay
    private let isEvents: Bool
    /// Called with the error code once standard output can't be written any more.
    private let failed: @Sendable (CInt) -> Void
    /// Whether what is written would end up between the bars.
    private let isAmongBars: Bool
    private let lastRevision = Mutex<Int64>(-1)

    init(display: ProgressDisplay, isEvents: Bool, failed: @escaping @Sendable (CInt) -> Void) {
        self.display = display
        self.isEvents = isEvents
        isAmongBars = display.isLive && Descriptor.standardOutput.isTerminal
        self.failed = failed
    }

    var operations: OutputStreams {
        OutputStreams(
            standardOutput: { [self] in if !isEvents { write($0) } },
            standardError: { [display] in display.printAbove($0) })
    }

    /// Each state once, as a line.
    func put(_ event: BatchProgressEvent) {
        lastRevision.withLock { lastRevision in
            guard isEvents, event.revision > lastRevision else { return }
            lastRevision = event.revision
            write(WireFormat.encode(event) + [UInt8(ascii: "\n")])
        }
    }

    private func write(_ bytes: [UInt8]) {
        if isAmongBars {
            display.printAbove(bytes)
        } else if !Descriptor.standardOutput.write(bytes) {
            failed(errno)
        }
    }
}
