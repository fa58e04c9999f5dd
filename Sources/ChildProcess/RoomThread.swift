import CChildProcess
import Glibc

/// Starts a thread that outside signals pass by: a handler must not run between the fork and the
/// execution of a command.
func startThread(named name: String, _ body: sending @escaping () -> Void) throws(SystemFailure) {
    let work = Unmanaged.passRetained(ThreadWork(name: name, body: body))
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    let error = pthread_create(&thread, &attributes, runThread, work.toOpaque())
    guard error == 0 else {
        work.release()
        throw SystemFailure("start a thread", code: error)
    }
}

private final class ThreadWork {
    let name: String
    let body: () -> Void

    init(name: String, body: @escaping () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { preconditionFailure("a thread is given its work") }
    let work = Unmanaged<ThreadWork>.fromOpaque(argument).takeRetainedValue()
    blockSignals()
    cchild_name_thread(work.name)
    work.body()
    return nil
}

/// Not a fault's own signals, so that a crash leaves its trace. And not SIGCHLD: if it is ignored, as
/// is usual, the kernel drops it at once; blocked here it would wake another thread for every command.
private func blockSignals() {
    var signals = sigset_t()
    sigfillset(&signals)
    for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGCHLD] {
        sigdelset(&signals, signal)
    }
    pthread_sigmask(SIG_SETMASK, &signals, nil)
}
