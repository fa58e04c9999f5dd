import BatchProgress
import BatchProtocol
import ChildProcess
import FoundationEssentials

/// Runs `command` operations, as far as they are permitted.
package struct CommandHandler: Sendable {
    private let runner: CommandRunner
    private let permission: CommandPermission
    private let environment: [[UInt8]]
    private let relay: OutputRelay?
    private let folder: ProgressFolder
    private let watch = ProgressWatch()

    /// - Parameters:
    ///   - permission: which commands; others fail.
    ///   - environment: what commands are given, as `NAME=value`.
    ///   - relay: takes the whole output of each operation as it ends.
    package init(
        permitting permission: CommandPermission, environment: [[UInt8]], relay: OutputRelay? = nil
    ) throws {
        runner = try CommandRunner()
        folder = try ProgressFolder()
        self.permission = permission
        self.environment = environment
        self.relay = relay
    }

    /// SIGKILL to all that runs, at once.
    package func killAll() {
        runner.killAll()
    }

    /// Nothing runs any more and nothing is left behind, when this returns.
    package func close() async {
        await runner.close()
        folder.remove()
    }

    func run(_ data: [UInt8], _ context: OperationContext) async -> OperationOutcome {
        let operation: CommandOperation
        do {
            operation = try WireFormat.decode(CommandOperation.self, from: data)
        } catch {
            return OperationOutcome(kind: .failed, message: "not a command: \(error.message)")
        }
        if let fault = operation.fault { return OperationOutcome(kind: .failed, message: fault) }
        do {
            return await run(try permission.admit(operation), context)
        } catch {
            return OperationOutcome(kind: .failed, message: error.message)
        }
    }

    func post(_ data: [UInt8], _ context: OperationContext) async -> OperationOutcome {
        do {
            return await run(try PostHandler.command(for: data), context)
        } catch {
            return OperationOutcome(kind: .failed, message: "can't be posted: \(error.message)")
        }
    }

    private func run(_ operation: CommandOperation, _ context: OperationContext) async -> OperationOutcome {
        let progress = folder.file(for: context)
        let watched = watch.add(progress) { context.report(progress: $0, $1) }
        let result = await runner.run(command(operation, context, progressFile: progress.path))
        watch.remove(watched)
        progress.remove()
        let outcome = OperationOutcome(result)
        return await relay?.deliver(result, of: operation, outcome, context) ?? outcome
    }

    private func command(
        _ operation: CommandOperation, _ context: OperationContext, progressFile: String
    ) -> Command {
        let invocation: Command.Invocation =
            operation.shell.map { .shell($0.bytes) } ?? .arguments((operation.arguments ?? []).map(\.bytes))
        // Of what is done on a batch's end, that batch is the one that matters.
        let batch = operation.event?.batchId ?? context.batch
        let event = operation.event.map { Array("TALLY_EVENT=".utf8) + WireFormat.encode($0) }
        let own = [
            "TALLY_BATCH=\(batch)", "TALLY_OPERATION=\(context.operation)",
            "TALLY_ATTEMPT=\(context.attempt)", "TALLY_PROGRESS=\(progressFile)",
        ]
        return Command(
            invocation,
            environment: environment.merging(
                (operation.environment ?? []).map(\.bytes) + [event].compactMap(\.self)
                    + own.map { Array($0.utf8) }),
            workingDirectory: operation.folder?.bytes,
            timeout: operation.timeoutSeconds.map { .seconds($0) }, keepWhole: relay != nil)
    }
}

extension OperationWorker {
    /// Takes `command` operations, and runs them as the user that this worker runs as.
    package mutating func handleCommands(_ handler: CommandHandler) {
        register(CommandOperation.type, .waiting { await handler.run($0, $1) })
    }
}

extension OperationOutcome {
    init(_ result: CommandResult) {
        let kind: Kind =
            switch result.ending {
            case .exited(code: 0): .completed
            case .cancelled: .cancelled
            default: .failed
            }
        var exitCode: Int?
        if case .exited(let code) = result.ending { exitCode = Int(code) }
        self.init(
            kind: kind, exitCode: exitCode, message: kind == .failed ? result.failureMessage : nil,
            standardOutput: OperationOutput(result.standardOutput),
            standardError: OperationOutput(result.standardError))
    }
}

extension CommandResult {
    /// The last line of standard error says most; else how it ended.
    fileprivate var failureMessage: String {
        if case .exited = ending, let line = standardError.lastLine() { return line }
        return ending.description
    }
}

extension OperationOutput {
    /// Nil if nothing was written.
    fileprivate init?(_ output: CapturedOutput) {
        guard output.totalBytes > 0 else { return nil }
        self.init(bytes: output.head + output.tail, totalBytes: output.totalBytes)
    }
}

extension [[UInt8]] {
    /// An environment in which these settings replace those of the same name.
    fileprivate func merging(_ settings: [[UInt8]]) -> [[UInt8]] {
        let names = Set(settings.map { $0.prefix { $0 != UInt8(ascii: "=") } })
        return filter { !names.contains($0.prefix { $0 != UInt8(ascii: "=") }) } + settings
    }
}
