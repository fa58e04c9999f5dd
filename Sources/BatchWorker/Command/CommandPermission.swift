import BatchProtocol
import ChildProcess
import Glibc

/// Which commands a worker runs. They are code of whoever may submit, so it has to be told to (docs/security.md).
package enum CommandPermission: Sendable {
    case everything
    /// These alone: from what operations call them to their paths. No shell lines, and no environment but the
    /// worker's own: by `PATH` or `LD_PRELOAD` a program that is allowed becomes any other.
    case programs([[UInt8]: [UInt8]])

    /// - Parameters:
    ///   - names: paths, or names that are looked for in the environment's `PATH`, now and not again.
    ///   - environment: the worker's own, as `NAME=value`.
    /// - Throws: `ProgramNotFound`.
    package init(
        programs names: [String], environment: [[UInt8]]
    ) throws(ProgramNotFound) {
        let search = SearchPath(environment)
        var paths: [[UInt8]: [UInt8]] = [:]
        for name in names {
            let candidates = search.candidates(for: Array(name.utf8)).filter { $0.first == UInt8(ascii: "/") }
            guard let path = candidates.first(where: Self.isProgram) else {
                throw ProgramNotFound(name: name)
            }
            paths[Array(name.utf8)] = path
            paths[path] = path
        }
        self = .programs(paths)
    }

    /// The operation as it may run.
    ///
    /// - Throws: `OperationFailure` that says what isn't allowed.
    func admit(_ operation: CommandOperation) throws(OperationFailure) -> CommandOperation {
        guard case .programs(let paths) = self else { return operation }
        guard let program = operation.arguments?.first else {
            throw OperationFailure(
                "this worker runs no shell lines, only certain programs: give the program and its arguments as several words, as in: wc -l {}"
            )
        }
        guard operation.environment?.isEmpty ?? true else {
            throw OperationFailure(
                "this worker runs programs in its own environment; the operation has one too")
        }
        guard let path = paths[program.bytes] else {
            let name = String(decoding: program.bytes, as: UTF8.self)
            throw OperationFailure("this worker doesn't run '\(name)', only certain programs")
        }
        var admitted = operation
        admitted.arguments?[0] = ByteText(path)
        return admitted
    }

    private static func isProgram(_ path: [UInt8]) -> Bool {
        var status = stat()
        let path = path.map { CChar(bitPattern: $0) } + [0]
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}

/// A program that a worker was to allow isn't there.
package struct ProgramNotFound: Error, CustomStringConvertible {
    package let name: String

    package var description: String {
        "no program '\(name)': a path from the root, or a name that is found in PATH"
    }
}
