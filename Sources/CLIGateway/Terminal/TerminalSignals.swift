import Dispatch
import Glibc
import Synchronization

/// Gives the terminal back when a signal ends the process (Ctrl-\, a fault), or stops it for a while (Ctrl-Z).
///
/// SIGINT and SIGTERM are not touched: what they mean is up to each command, which finishes its display itself.
enum TerminalSignals {
    private static let fatal = [SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE]

    private static let descriptor = Atomic<CInt>(-1)
    /// Never freed: a signal handler may neither allocate nor wait for somebody who does (signal-safety(7)).
    /// It is written once, before any handler reads it.
    nonisolated(unsafe) private static let restore: UnsafeMutableBufferPointer<UInt8> = {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: TerminalPainter.restore.count)
        _ = bytes.initialize(from: TerminalPainter.restore)
        return bytes
    }()

    /// From now on whatever ends the process leaves the terminal behind `descriptor` as it was.
    static func restoreAtDeath(_ descriptor: Descriptor) {
        self.descriptor.store(descriptor.number, ordering: .sequentiallyConsistent)
        _ = restore.count
        for signal in fatal where !isIgnored(signal) {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                _ = Glibc.write(
                    TerminalSignals.descriptor.load(ordering: .relaxed), TerminalSignals.restore.baseAddress,
                    TerminalSignals.restore.count)
                raise(signal)
            }
            // Raised again, the signal does what it does by default: the exit status tells of it.
            action.sa_flags = SA_NODEFER | CInt(bitPattern: UInt32(SA_RESETHAND))
            sigaction(signal, &action, nil)
        }
    }

    /// From now on `stop` is called when the process is to be stopped (Ctrl-Z), and has to stop it. Nothing
    /// changes where whoever started us ignores that.
    static func onSuspension(_ stop: @escaping @Sendable () -> Void) {
        guard !isIgnored(SIGTSTP) else { return }
        signal(SIGTSTP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGTSTP, queue: .global())
        source.setEventHandler(handler: stop)
        source.resume()
        // As long as the process lives: released, it would hear no more.
        _ = Unmanaged.passRetained(source as AnyObject)
    }

    private static func isIgnored(_ signal: CInt) -> Bool {
        var action = sigaction()
        sigaction(signal, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
