import CChildProcess
import Glibc

extension CommandResult.Ending: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signalled(let signal): "killed by \(signalName(signal)) (\(signal))"
        case .timedOut(let limit): "timed out after \(inSeconds(limit))"
        case .cancelled: "cancelled"
        case .couldNotStart(let failure): failure.description
        case .lost: "ended, but another part of the process took its exit status"
        }
    }
}

extension StartFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .commandNotFound(let name): "command not found: \(printable(name))"
        case .permissionDenied(let path): "permission denied: \(printable(path))"
        case .noSuchFolder(let path): "no such folder: \(printable(path))"
        case .folderNotUsable(let path, let failure): "\(failure.reason): \(printable(path))"
        case .emptyCommand: "the command is empty"
        case .zeroByte: "a word of the command, its folder or its environment holds a byte 0"
        case .system(let failure): "could not start: \(failure)"
        }
    }
}

extension SystemFailure: CustomStringConvertible {
    package var description: String { "\(operation): \(reason)" }

    var reason: String { String(cString: strerror(code)) }
}

private func signalName(_ signal: Int32) -> String {
    guard let name = cchild_signal_name(signal) else { return "signal" }
    return "SIG" + String(cString: name)
}

private func inSeconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return attoseconds == 0 ? "\(seconds) s" : "\(duration / .seconds(1)) s"
}
