import Glibc

/// This program once more, in another role: sender and receiver share no I/O thread then.
struct ChildProcess {
    private let id: pid_t

    init(role: String, endpoint: String) throws {
        let words: [String] = ["zeromq-bench", role, endpoint]
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, "/proc/self/exe", nil, nil, arguments, environ)
        guard code == 0 else { throw SpawnError(code: code) }
        self.id = id
    }

    func end() {
        kill(id, SIGKILL)
        waitpid(id, nil, 0)
    }
}

struct SpawnError: Error {
    let code: CInt
}
