import BatchProgress
import Glibc

/// Why a run could not go on.
package struct RunError: Error, CustomStringConvertible {
    package let description: String
    package let exitCode: ExitCode

    init(_ description: String, exitCode: ExitCode = .someFailed) {
        self.description = description
        self.exitCode = exitCode
    }

    static func isFleets(_ id: BatchID) -> RunError {
        RunError("batch '\(id)' is the fleet's; go on with it by: tally resume \(id)")
    }

    static func hasEnded(_ detail: BatchDetail) -> RunError {
        let (event, lost) = (detail.event, detail.lostOperations ?? 0)
        var text = "batch '\(event.batchId)' has ended (\(event.status.rawValue)): nothing is left of it"
        if event.failedOperations > lost {
            let retry = BatchDetail.retry(of: event.batchId, belongsToRun: detail.belongsToRun)
            text += "; to try again the \(event.failedOperations) that failed: \(retry)"
        }
        if lost > 0 {
            text += "; to run the \(lost) that were lost once more: "
            text += "tally run --resume \(event.batchId) --rerun-lost"
        }
        return RunError(text, exitCode: ExitCode(event.status))
    }

    static func nothingLost(_ detail: BatchDetail) -> RunError {
        RunError(
            "no operation of batch '\(detail.event.batchId)' was lost: nothing to rerun",
            exitCode: ExitCode(detail.event.status))
    }

    /// - Parameter name: of our key; nil: there is none.
    static func workersRefused(_ name: String?) -> RunError {
        RunError(
            "\(name.map { "the key of '\($0)'" } ?? "our key") has no role 'work', which tally run needs for its "
                + "own workers: add it to the key's line of the allow-list, or use tally submit",
            exitCode: .usage)
    }

    static func outputFailed(_ code: CInt) -> RunError {
        RunError("standard output can't be written: \(String(cString: strerror(code)))")
    }
}
