import ArgumentParser
import BatchClient
import CLIGateway
import CommandTemplate
import Glibc

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a command for each value, here, several at once.",
        usage: """
            tally run [OPTIONS] COMMAND… ::: VALUE…
            … | tally run [OPTIONS] COMMAND…
            """,
        discussion: """
            tally run 'gzip -kf {}' ::: *.log
            find . -name '*.png' -print0 | tally run -0 optipng {}

            One word is a line for the shell, several are executed as they are. {} becomes the value; without \
            it the value is appended. Also {.} without extension, {/} file name, {//} folder, {/.} file name \
            without extension, {#} number. In a shell line don't put quotes around them: each becomes one word, \
            whatever is in the value.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("How many at once. (default: the number of cores)", valueName: "n"))
    var jobs: Int?

    @Option(help: ArgumentHelp("How often a command that fails is tried again.", valueName: "n"))
    var retries = 0

    @Option(help: ArgumentHelp("Ends a command that takes longer: 30s, 5m, 1h.", valueName: "time"))
    var timeout: DurationArgument?

    @Option(help: "What the batch is called. (default: the command's name)")
    var label: String?

    @Flag(name: .customShort("0"), help: "Values on standard input end with NUL, not with a line break.")
    var null = false

    @Option(
        name: .customShort("I"), help: ArgumentHelp("Stands for the value, instead of {}.", valueName: "str"))
    var replacement = "{}"

    @Option(help: ArgumentHelp("Goes on with a run that was interrupted; takes no command.", valueName: "id"))
    var resume: BatchID?

    @OptionGroup var coordinator: CoordinatorOption

    @Argument(parsing: .captureForPassthrough, help: "The command, and its arguments.")
    var command: [String] = []

    func run() async throws {
        if TemplateArguments.askForHelp(command) { throw CleanExit.helpRequest(Self.self) }
        let request = RunRequest(
            work: try work(), jobs: try checkedJobs(),
            retries: try checkedRetries(),
            timeout: timeout?.duration, label: label ?? TemplateArguments.label(of: command),
            executable: Settings.executable, folder: TemplateArguments.currentFolder, actor: Settings.actor)
        throw try await BatchRun(request, environment: Settings.environment).run(
            coordinator: coordinator.named)
    }

    private func work() throws -> RunRequest.Work {
        guard let resume else {
            return .new(
                try TemplateArguments.template(command, replacement: replacement),
                try TemplateArguments.values(null: null))
        }
        guard command.isEmpty, RawArguments.process.values == nil else {
            throw UsageError("--resume goes on with the batch's own commands: leave the command out")
        }
        return .rest(of: resume)
    }

    private func checkedJobs() throws -> Int {
        let jobs = jobs ?? Settings.processorCount
        guard 1...10_000 ~= jobs else { throw UsageError("--jobs is 1 to 10000, not \(jobs)") }
        return jobs
    }

    private func checkedRetries() throws -> Int {
        guard 0...100 ~= retries else { throw UsageError("--retries is 0 to 100, not \(retries)") }
        return retries
    }
}

/// Command words and values, as `run` and `submit` take them.
enum TemplateArguments {
    /// The parser leaves to us what follows the first word it doesn't know, `--help` among it.
    static func askForHelp(_ command: [String]) -> Bool {
        ["--help", "-h"].contains(command.first)
    }

    /// - Throws: `UsageError`, `TemplateError`.
    static func template(_ command: [String], replacement: String) throws -> Template {
        var count = command.count
        if command.first == "--" {
            count -= 1
        } else if let first = command.first, first.hasPrefix("-"), first.count > 1 {
            throw UsageError("there is no option '\(first)'; a command that begins with '-' comes after '--'")
        }
        let words = RawArguments.process.command(count)
        guard !words.isEmpty else {
            throw UsageError("which command? For example: tally run 'gzip -kf {}' ::: *.log")
        }
        return try Template.parse(words: words, replacement: Array(replacement.utf8))
    }

    static func values(null: Bool) throws -> ValueSource {
        if let values = RawArguments.process.values { return .given(values) }
        guard isatty(STDIN_FILENO) == 0 else {
            throw UsageError(
                "no values: put them after ':::', or pipe them in. For example: tally run 'gzip -kf {}' ::: *.log"
            )
        }
        return .standardInput(null ? .nul : .newline)
    }

    /// The command's first word, without its folder: its arguments may hold secrets.
    static func label(of command: [String]) -> String? {
        let words = command.drop { $0 == "--" }
        let name = words.first?.split(separator: " ").first { !$0.contains("=") }
        return name?.split(separator: "/").last.map(String.init)
    }

    static var currentFolder: [UInt8] {
        guard let path = getcwd(nil, 0) else { return Array("/".utf8) }
        defer { free(path) }
        return UnsafeBufferPointer(start: path, count: strlen(path)).map(UInt8.init(bitPattern:))
    }
}
