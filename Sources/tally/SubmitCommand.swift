import ArgumentParser
import BatchClient
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
            tally submit --type command 'convert {} {.}.webp' ::: *.png

            FILE holds an operation a line, such as {"type": "thumbnail", "data": {"path": "a.png"}, "label": \
            "a.png"}; without FILE, or with -, they are read from standard input.
            """)

    @Option(
        help: ArgumentHelp(
            "The batch's id; with one of your own, submitting again does no harm.", valueName: "id"))
    var id: BatchID?

    @Option(help: "What the batch is called.")
    var label: String?

    @Option(
        help: ArgumentHelp(
            "Operations are of this type; 'command' takes a command and values.", valueName: "type"))
    var type: String?

    @Option(help: ArgumentHelp("How often an operation that fails is tried again.", valueName: "n"))
    var retries = 0

    @Option(help: ArgumentHelp("Ends a command that takes longer: 30s, 5m, 1h.", valueName: "time"))
    var timeout: DurationArgument?

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("A variable that travels with commands.", valueName: "name"))
    var variables: [String] = []

    @Flag(name: .customShort("0"), help: "Values on standard input end with NUL, not with a line break.")
    var null = false

    @Option(
        name: .customShort("I", allowingJoined: true),
        help: ArgumentHelp("Stands for the value, instead of {}.", valueName: "str"))
    var replacement = "{}"

    @OptionGroup var coordinator: CoordinatorOption

    @Argument(parsing: .captureForPassthrough, help: "A file of operations, or a command.")
    var words: [String] = []

    func run() async throws {
        if TemplateArguments.askForHelp(words) { throw CleanExit.helpRequest(Self.self) }
        guard 0...100 ~= retries else { throw UsageError("--retries is 0 to 100, not \(retries)") }
        let source = try operations()
        let submission = BatchSubmission(
            id: id, label: label ?? defaultLabel, retries: retries, actor: Settings.actor)
        let batch = try await coordinator.connect { client in
            try await submission.submit(source, to: client)
        }
        Descriptor.standardOutput.write(line: batch.description)
    }

    private func operations() throws -> OperationSource {
        switch type {
        case "command":
            let template = try TemplateArguments.template(words, replacement: replacement)
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
            if RawArguments.process.values != nil || words.count > 1 {
                throw UsageError("a command and values need --type command")
            }
            if let option = words.first, option.hasPrefix("-"), option != "-" {
                throw UsageError("there is no option '\(option)'")
            }
            return .lines(try OperationLines(path: words.first ?? "-"))
        }
    }

    private func setting(_ name: String) throws -> [UInt8] {
        guard let value = getenv(name) else { throw UsageError("--env \(name): there is no such variable") }
        let bytes = UnsafeBufferPointer(start: value, count: strlen(value)).map(UInt8.init(bitPattern:))
        return Array("\(name)=".utf8) + bytes
    }

    private var defaultLabel: String? {
        if type != nil { return TemplateArguments.label(of: words) }
        return words.first.flatMap { $0 == "-" ? nil : $0.split(separator: "/").last.map(String.init) }
    }
}
