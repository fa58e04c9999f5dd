import Glibc

/// The small process that outlives this one for as long as it takes to kill what it left running.
struct Keeper: ~Copyable {
    private let pid: pid_t
    /// Readable once the keeper has ended.
    let descriptor: Descriptor

    init(pid: pid_t, descriptor: consuming Descriptor) {
        self.pid = pid
        self.descriptor = descriptor
    }

    /// Not reaped before this, so the number is still its own.
    deinit {
        kill(pid, SIGKILL)
        var answer: pid_t
        repeat { answer = waitpid(pid, nil, 0) } while answer < 0 && errno == EINTR
    }
}
