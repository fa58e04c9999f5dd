import BatchProgress
import BatchProtocol
import ChildProcess
import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// Hands the whole output of each operation to whoever started this worker, over a pipe: a line of JSON, then
/// as many bytes as it says, standard output before standard error.
///
/// While the reader doesn't read, operations that ended wait: nothing piles up in memory.
package final class OutputRelay: Sendable {
    /// A pipe that takes anything takes so many bytes at least (pipe(7), PIPE_BUF).
    private static let mostAtOnce = 4096

    private let descriptor: CInt
    private let results: ResultsFolder?
    private let tellsAll: Bool
    private let asksAfterFailures: Bool
    private let queue = DispatchQueue(label: "tally.relay")
    /// Whoever writes holds it, from an operation's first byte to its last.
    private let writing = Mutex(())
    /// Failures that were relayed and about which nobody has decided, the oldest first.
    private let undecided = Mutex<[CheckedContinuation<Void, Never>]>([])

    /// - Parameters:
    ///   - results: a folder for each operation's output; nil: it goes nowhere else.
    ///   - tellsAll: also of operations that printed nothing, and what was executed.
    ///   - asksAfterFailures: an operation that failed for good keeps its slot until `goOn`.
    package init(writingTo descriptor: CInt, results: String?, tellsAll: Bool, asksAfterFailures: Bool) {
        self.descriptor = descriptor
        self.results = results.map { ResultsFolder(path: $0) }
        self.tellsAll = tellsAll
        self.asksAfterFailures = asksAfterFailures
    }

    /// Returns when all of it is written, and it was decided about.
    ///
    /// - Returns: the outcome, which is a failure if what was wanted of its output could not be kept.
    func deliver(
        _ result: CommandResult, of operation: CommandOperation, _ outcome: OperationOutcome,
        _ context: OperationContext
    ) async -> OperationOutcome {
        let outcome = await keep(result, outcome, context)
        var header = RelayHeader(result, outcome, context)
        let asks = asksAfterFailures && header.isFailure
        if tellsAll {
            header.arguments = operation.arguments
            header.shell = operation.shell
        } else if !asks, header.isEmpty {
            return outcome
        }
        if !asks, writeAtOnce(header, result) { return outcome }
        await withCheckedContinuation { continuation in
            queue.async { [header] in
                // Whoever decides may be quicker than this thread.
                if asks { self.undecided.withLock { $0.append(continuation) } }
                self.writing.withLock { _ in self.write(header, result) }
                if !asks { continuation.resume() }
            }
        }
        return outcome
    }

    /// The failure that was relayed first of those undecided is let go.
    func goOn() {
        let first = undecided.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        first?.resume()
    }

    /// Nobody decides any more.
    func close() {
        let all = undecided.withLock { undecided in
            defer { undecided = [] }
            return undecided
        }
        for continuation in all { continuation.resume() }
    }

    private func keep(
        _ result: CommandResult, _ outcome: OperationOutcome, _ context: OperationContext
    ) async -> OperationOutcome {
        guard let results else { return outcome }
        return await withCheckedContinuation { continuation in
            queue.async {
                var outcome = outcome
                do throws(OperationFailure) {
                    try results.write(result, of: context)
                } catch {
                    outcome.kind = .failed
                    outcome.message = error.message
                }
                continuation.resume(returning: outcome)
            }
        }
    }

    /// Little output is written by whoever brings it, if nobody else writes and the pipe has room: for short
    /// commands, to wake another thread takes longer than all the rest.
    private func writeAtOnce(_ header: RelayHeader, _ result: CommandResult) -> Bool {
        guard header.standardOutputBytes + header.standardErrorBytes < Self.mostAtOnce else { return false }
        var bytes = header.line
        for output in [result.standardOutput, result.standardError].map(RelayedOutput.init) {
            _ = output.forEachChunk { chunk in
                bytes += chunk
                return true
            }
        }
        guard bytes.count <= Self.mostAtOnce else { return false }
        return writing.withLockIfAvailable { [bytes] _ in
            var pipe = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&pipe, 1, 0) == 1, pipe.revents == Int16(POLLOUT) else { return false }
            return writeAll(bytes, to: descriptor)
        } ?? false
    }

    /// When nobody reads any more, whoever started us is gone, and so are we, soon.
    private func write(_ header: RelayHeader, _ result: CommandResult) {
        guard writeAll(header.line, to: descriptor) else { return }
        for output in [result.standardOutput, result.standardError].map(RelayedOutput.init) {
            guard output.forEachChunk({ writeAll($0, to: descriptor) }) else { return }
        }
    }
}

extension RelayHeader {
    fileprivate init(_ result: CommandResult, _ outcome: OperationOutcome, _ context: OperationContext) {
        let (exitCode, signal) = result.ending.asLogged
        self.init(
            operation: context.operation, attempt: context.attempt, outcome: outcome.kind,
            isRetried: outcome.kind == .failed && context.failureIsRetried, exitCode: exitCode,
            signal: signal,
            startedAt: max(0, Date().timeIntervalSince1970 - result.startedAt.duration(to: .now).inSeconds),
            seconds: result.elapsed.inSeconds,
            standardOutputBytes: RelayedOutput(result.standardOutput).count,
            standardErrorBytes: RelayedOutput(result.standardError).count)
    }

    /// No output follows it.
    fileprivate var isEmpty: Bool { standardOutputBytes + standardErrorBytes == 0 }

    /// Without the command if that is too long for a line.
    fileprivate var line: [UInt8] {
        var line = WireFormat.encode(self)
        if line.count > WireLimits.headerBytes {
            var short = self
            (short.arguments, short.shell) = (nil, nil)
            line = WireFormat.encode(short)
        }
        return line + [UInt8(ascii: "\n")]
    }
}

extension CommandResult.Ending {
    /// As GNU parallel logs it: -1 for a command that was ended; a shell's codes for one that wasn't started.
    fileprivate var asLogged: (exitCode: Int, signal: Int) {
        switch self {
        case .exited(let code): (Int(code), 0)
        case .signalled(let signal): (0, Int(signal))
        case .timedOut, .cancelled: (-1, Int(SIGTERM))
        case .couldNotStart(.permissionDenied): (126, 0)
        case .couldNotStart: (127, 0)
        case .lost: (-1, 0)
        }
    }
}

/// An output as it is handed on: all of it, or what was kept if the rest was lost to a full disk.
struct RelayedOutput {
    private let output: CapturedOutput
    let count: Int64

    init(_ output: CapturedOutput) {
        self.output = output
        count =
            if case .kept(let kept) = output.whole { kept.byteCount } else {
                Int64(output.head.count + output.tail.count)
            }
    }

    /// False as soon as `body` says so.
    func forEachChunk(_ body: ([UInt8]) -> Bool) -> Bool {
        guard case .kept(let kept) = output.whole else { return body(output.head + output.tail) }
        var offset: Int64 = 0
        while offset < kept.byteCount {
            // What can't be read back any more is made up for, so that the bytes that follow keep their place.
            let missing = Int(min(kept.byteCount - offset, 65_536))
            let chunk =
                (try? kept.read(from: offset, atMost: 65_536)) ?? [UInt8](repeating: 0, count: missing)
            guard !chunk.isEmpty, body(chunk) else { return false }
            offset += Int64(chunk.count)
        }
        return true
    }
}
