import Glibc

/// What the kernel says of a process that has ended.
struct ReapedProcess {
    let ending: CommandResult.Ending
    let userTime: Duration
    let systemTime: Duration

    init(waitingFor pid: pid_t) {
        var status: Int32 = 0
        var usage = rusage()
        var answer: pid_t
        repeat { answer = wait4(pid, &status, 0, &usage) } while answer < 0 && errno == EINTR
        ending = answer == pid ? Self.ending(status) : .lost
        userTime = Duration(usage.ru_utime)
        systemTime = Duration(usage.ru_stime)
    }

    /// wait(2)'s encoding: the signal in the low seven bits, the exit code in the next byte.
    private static func ending(_ status: Int32) -> CommandResult.Ending {
        let signal = status & 0x7F
        return signal == 0 ? .exited(code: (status >> 8) & 0xFF) : .signalled(signal)
    }
}

extension Duration {
    fileprivate init(_ time: timeval) {
        self = .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec))
    }
}
