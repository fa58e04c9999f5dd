import BatchProgress
import LocalFleet

/// What is wrong with a set-up, and what to do.
package struct Diagnosis: Sendable {
    package let findings: [Finding]

    package var isHealthy: Bool { !findings.contains { $0.kind == .problem } }

    package init(_ examination: Examination) {
        findings =
            [.good("\(examination.program), libzmq \(examination.zeroMQ)")] + examination.settingsFindings
            + examination.machine + examination.folders + examination.storeFindings
            + examination.keyFindings + examination.coordinatorFindings + examination.logFindings
    }
}

extension Examination {
    // MARK: Settings

    fileprivate var settingsFindings: [Finding] {
        let wrong = settings.errors.map { error in
            Finding.problem(error.description, "mend it, or take it out")
        }
        let right = settings.entries.map { entry in
            switch entry.origin {
            case .variable: Finding.good("\(entry.name)=\(entry.value), a variable of the environment")
            case .file(let path, let line):
                Finding.good("\(entry.name)=\(entry.value), \(path), line \(line)")
            }
        }
        guard wrong.isEmpty, right.isEmpty else { return wrong + right }
        return [.note("nothing is set" + (settingsPath.map { "; a file of settings would be \($0)" } ?? ""))]
    }

    // MARK: The machine

    private static let fewFiles: UInt64 = 1024

    fileprivate var machine: [Finding] {
        let shell: Finding =
            hasShell
            ? .good("/bin/sh is there")
            : .problem(
                "there is no /bin/sh", "commands that are one word for the shell can't run; install dash")
        let files: Finding =
            fileLimit.hard >= Self.fewFiles
            ? .good("open files: \(fileLimit.soft), may be raised to \(fileLimit.hard)")
            : .problem(
                "only \(fileLimit.hard) files may be open at once",
                "raise the hard limit to \(Self.fewFiles) or more: ulimit -Hn, or LimitNOFILE= of a service")
        return [shell, files]
    }

    // MARK: Folders

    private static let littleSpace: Int64 = 100 << 20

    fileprivate var folders: [Finding] {
        var found = [finding("state folder", statePath, state)]
        if let freeBytes {
            found.append(
                freeBytes < Self.littleSpace
                    ? .problem(
                        "only \(freeBytes >> 20) MB are free for the state folder",
                        "free some space on its disk, or set TALLY_STATE to a folder on another")
                    : .good("\(freeBytes >> 20) MB are free there"))
        }
        guard !isNamed else { return found }
        found.append(finding("sockets' folder", runtimePath, runtime))
        if let fault = SocketPath(longestSocketPath).fault {
            found.append(.problem(fault, SocketPath.remedy))
        }
        return found
    }

    private func finding(_ name: String, _ path: String, _ folder: Folder) -> Finding {
        switch folder {
        case .usable(let mode) where mode & 0o055 != 0:
            .note("\(name) \(path): others may look into it", "chmod 700 \(path)")
        case .usable: .good("\(name) \(path)")
        case .missing(nil): .note("\(name) \(path): not there yet; made when it is needed")
        case .missing(let fault?):
            .problem(
                "\(name) \(path): not there, and can't be made: \(fault)",
                "set TALLY_STATE to another place")
        case .othersMayWrite: .problem("\(name) \(path): others may write to it", "chmod 700 \(path)")
        case .unusable(let fault):
            .problem("\(name) \(path): \(fault)", "mend that, or set TALLY_STATE to another place")
        }
    }

    // MARK: The store

    fileprivate var storeFindings: [Finding] {
        let user = storeHolder.map { ", in use by process \($0)" } ?? ""
        switch store {
        case .missing: return [.note("store \(storePath): not there yet; the first coordinator makes it")]
        case .readable(let version): return [.good("store \(storePath): version \(version)\(user)")]
        case .refused(let reason):
            let parts = reason.split(separator: ": ").map(String.init)
            return [
                .problem(
                    parts.dropLast().joined(separator: ": "),
                    parts.count > 1 ? parts[parts.count - 1] : "look at the file")
            ]
        }
    }

    fileprivate var keyFindings: [Finding] {
        switch keys {
        case .notAsked: []
        case .missing:
            [
                .note(
                    "no key: a coordinator on tcp asks for one, unless it was started with --insecure",
                    "tally keygen NAME")
            ]
        case .usable(let name): [.good("the key of '\(name)', and the coordinator's")]
        case .faulty(let fault):
            [.problem(fault, "'tally keygen' makes keys; docs/security.md says where they belong")]
        }
    }

    fileprivate var logFindings: [Finding] {
        logs.map { log in
            .note(
                "\(log.path): \(log.errors == 1 ? "an error" : "\(log.errors) errors"), the last: \(log.last)"
            )
        }
    }
}
