import ArgumentParser
import BatchClient
import BatchProtocol
import CLIGateway
import CommandTemplate
import Foundation
import Glibc

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Give a batch to the coordinator's workers; prints its id.",
        usage: """
            tally submit [OPTIONS] [FILE]
            tally submit --type command [OPTIONS] COMMAND… ::: VALUE…
            """,
        discussion: """
              tally submit operations.ndjson
              tally submit --wait --type command 'convert {} {.}.webp' ::: *.png

            FILE holds an operation a line, such as
              {"type": "thumbnail", "data": {"path": "a.png"}, "label": "a.png"}
            'label' and 'data' may be left out. Without FILE, or with -, operations are read from standard \
            input. Options come before FILE or COMMAND.

            With --type command there is a command and values instead, as with 'tally run'. They are executed \
            by workers of the coordinator, in this folder by its absolute path, with the worker's environment \
            and what --env names.

            The id is printed once all operations are accepted, that is, safely stored.
            """)

    @Option(
        help: ArgumentHelp(
            "The batch's id: \(BatchID.requirement). (default: one made at random) With one of your own, submitting again does no harm.",
            valueName: "id"),
        completion: .list([]), transform: BatchID.parse)
    var id: BatchID?

    @Option(help: "What the batch is called. (default: the file's or the command's name)")
    var label: String?

    @Option(
        help: ArgumentHelp(
            "'command': take a command and values instead of operations.", valueName: "type"),
        completion: .list([CommandOperation.type]))
    var type: String?

    @Option(help: ArgumentHelp("How often an operation that fails is tried again, 0 to 100.", valueName: "n"))
    var retries = 0

    @Flag(
        help: "Print the id, follow the batch, and end with its exit code. Ctrl-C leaves the batch running.")
    var wait = false

    @Option(
        help: ArgumentHelp("Ends a command that takes longer: 30s, 5m, 1h; 10 is 10s.", valueName: "time"))
    var timeout: DurationArgument?

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp(
            "A variable that commands get with its value here; may be given again.", valueName: "name"))
    var variables: [String] = []

    @Flag(name: .customShort("0"), help: "Values on standard input end with NUL, not with a line break.")
    var null = false

    @Option(
        name: .customShort("I", allowingJoined: true),
        help: ArgumentHelp("Stands for the value.", valueName: "str"))
    var replacement = "{}"

    @Option(
        help: ArgumentHelp(
            "Done when the batch has ended, by a worker: a line for the shell, with TALLY_BATCH and TALLY_EVENT; or an address, http:// or https://, to which the event is posted.",
            valueName: "command|url"))
    var onEnd: String?

    @OptionGroup var coordinator: CoordinatorOption

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("A file of operations, or a command.", valueName: "file"),
        completion: .file())
    var words: [String] = []

    func run() async throws {
        if TemplateArguments.askForHelp(words) { throw CleanExit.helpRequest(Self.self) }
        guard 0...100 ~= retries else { throw UsageError("--retries is 0 to 100, not \(retries)") }
        let endAction = try endAction
        let source = try operations()
        let submission = BatchSubmission(
            id: id, label: label ?? defaultLabel, retries: retries, actor: Settings.actor,
            onEnd: endAction)
        // One that is started on demand has no workers.
        let code = try await coordinator.connect(startingOwn: false) { client in
            let batch = try await submission.submit(source, to: client)
            try Descriptor.standardOutput.print([batch.description])
            if wait { return try await follow(batch, client) }
            if let reason = try? await client.batch(batch).status().waitsFor {
                Descriptor.standardError.write(line: "tally: \(reason)")
            }
            return .allCompleted
        }
        throw code
    }

    private func follow(_ batch: BatchID, _ client: BatchConnection) async throws -> CLIGateway.ExitCode {
        let display = ProgressDisplay(on: .standardError, environment: Settings.environment)
        // Whatever happens, the terminal is given back.
        defer { display.finish(summaryOf: nil) }
        let outcome = try await untilInterrupted {
            try await BatchFollower(
                client: client, display: display, batch: batch, pollInterval: .seconds(1)
            ).follow()
        }
        switch outcome {
        case .ended(let last?):
            display.finish(summaryOf: last)
            return CLIGateway.ExitCode(last.status)
        case .ended(nil):
            preconditionFailure("following one batch ends with it")
        case .interrupted(let code):
            display.finish(summaryOf: nil)
            Descriptor.standardError.write(
                line: "tally: batch \(batch) goes on; follow it with: tally watch \(batch)")
            return code
        }
    }

    private func operations() throws -> OperationSource {
        switch type {
        case CommandOperation.type:
            let template = try TemplateArguments.template(
                words, replacement: replacement, of: Self.self)
            let environment = try variables.map { try setting($0) }
            return .command(
                CommandOperations(
                    template: template, folder: TemplateArguments.currentFolder, timeout: timeout?.duration,
                    environment: environment),
                ValueReader(try TemplateArguments.values(null: null)))
        case let other?:
            throw UsageError(
                "--type '\(other)' can't be made of a command; write operations into a file instead")
        case nil:
            return .lines(try OperationLines(path: try file()))
        }
    }

    private var endAction: EndAction? {
        get throws {
            guard let onEnd else { return nil }
            guard !onEnd.isEmpty else { throw UsageError("--on-end: which command, or which address?") }
            if ["http://", "https://"].contains(where: onEnd.hasPrefix) { return .post(to: onEnd) }
            guard let folder = String(validating: TemplateArguments.currentFolder, as: UTF8.self) else {
                throw UsageError("--on-end: this folder's path isn't UTF-8; begin somewhere else")
            }
            return .command(onEnd, in: folder)
        }
    }

    /// What is meant for commands isn't passed over in silence where there are none.
    private func file() throws -> String {
        if RawArguments.process.values != nil { throw UsageError("a command and values need --type command") }
        let forCommands = [
            ("--timeout", timeout != nil), ("--env", !variables.isEmpty), ("-0", null),
            ("-I", replacement != "{}"),
        ]
        if let option = forCommands.first(where: \.1)?.0 {
            throw UsageError("\(option) needs --type command")
        }
        if let option = words.first, option.hasPrefix("-"), option != "-" {
            throw Misspelling.option(
                option, options: HelpText.options(of: Self.self), else: "see: tally submit --help")
        }
        if let option = words.dropFirst().first(where: { $0.hasPrefix("-") }) {
            throw UsageError("'\(option)' comes before the file: tally submit \(option) \(words[0])")
        }
        guard words.count <= 1 else {
            throw UsageError("one file at a time; a command and values need --type command")
        }
        guard let file = words.first else {
            guard isatty(STDIN_FILENO) == 0 else {
                throw UsageError(
                    "no operations: name a file of them, or pipe them in. For example: tally submit operations.ndjson"
                )
            }
            return "-"
        }
        return file
    }

    private func setting(_ name: String) throws -> [UInt8] {
        if let equals = name.firstIndex(of: "=") {
            throw UsageError(
                "--env takes a name alone, whose value is the one here: --env \(name[..<equals])")
        }
        guard let value = getenv(name) else { throw UsageError("--env \(name): there is no such variable") }
        let bytes = UnsafeBufferPointer(start: value, count: strlen(value)).map(UInt8.init(bitPattern:))
        return Array("\(name)=".utf8) + bytes
    }

    private var defaultLabel: String? {
        if type != nil { return TemplateArguments.label(of: words) }
        return words.first.flatMap { $0 == "-" ? nil : $0.split(separator: "/").last.map(String.init) }
    }
}
