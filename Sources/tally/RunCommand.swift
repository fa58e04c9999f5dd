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
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("How many at once. (default: the number of cores)", valueName: "n"))
    var jobs: Int?

    @Flag(name: [.customShort("k"), .long], help: "Output in the order of the values.")
    var keepOrder = false

    @Option(
        help: ArgumentHelp(
            "How often a command that fails is tried again, 0 to 100. (default: 0)", valueName: "n"))
    var retries: Int?

    @Option(
        help: ArgumentHelp("Ends a command that takes longer: 30s, 5m, 1h; 10 is 10s.", valueName: "time"))
    var timeout: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "After a failure start nothing more; what runs may end (soon) or is ended (now).",
            valueName: "how"))
    var halt: FailureLimit.Manner?

    @Option(help: ArgumentHelp("The same after so many failures.", valueName: "n"))
    var maxFailures: Int?

    @Option(
        help: ArgumentHelp(
            "Keeps the output of each command too: DIR/NUMBER/stdout and stderr.", valueName: "dir"))
    var results: String?

    @Option(
        help: ArgumentHelp(
            "A line for each command as it ends, with GNU parallel's columns.", valueName: "file"))
    var joblog: String?

    @Flag(help: "The batch's events on standard output, a line each, instead of the commands' output.")
    var json = false

    @Flag(help: "Print the commands, and start nothing.")
    var dryRun = false

    @Option(help: "What the batch is called. (default: the command's name)")
    var label: String?

    @Flag(
        name: .customLong("private"),
        help:
            "Nobody else is told more of the batch than counts, and no output is kept; its commands are, until it is forgotten."
    )
    var isPrivate = false

    @Flag(name: .customShort("0"), help: "Values on standard input end with NUL, not with a line break.")
    var null = false

    @Option(
        name: .customShort("I", allowingJoined: true),
        help: ArgumentHelp("Stands for the value. (default: {})", valueName: "str"))
    var replacement: String?

    @Option(
        help: ArgumentHelp("Goes on with a run that was interrupted; takes no command.", valueName: "id"),
        completion: BatchID.completion, transform: BatchID.parse)
    var resume: BatchID?

    @Flag(help: "With --resume: what ran when it was interrupted is run once more.")
    var rerunLost = false

    @OptionGroup var coordinator: CoordinatorOption

    @Argument(
        parsing: .captureForPassthrough, help: "The command, and its arguments.", completion: .file())
    var command: [String] = []

    func run() async throws {
        if TemplateArguments.askForHelp(command) { throw CleanExit.helpRequest(Self.self) }
        if dryRun, resume == nil { throw try await dryRun() }
        // What is wrong with the command is told before a file is made.
        let (jobs, limit, work) = (try checkedJobs(), try failureLimit(), try work())
        let request = RunRequest(
            work: work, jobs: jobs, output: try output(), failureLimit: limit,
            executable: Settings.executable, actor: Settings.actor)
        throw try await CoordinatorOption.advising(CoordinatorOption.doctor) {
            if let resume, rerunLost {
                return try await LostRerun(request, of: resume, environment: Settings.environment).run(
                    coordinator: coordinator.named)
            }
            return try await BatchRun(request, environment: Settings.environment).run(
                coordinator: coordinator.named
            ).code
        }
    }

    private func dryRun() async throws -> CLIGateway.ExitCode {
        try await DryRun(try template(), try TemplateArguments.values(null: null)).print()
    }

    private func template() throws -> Template {
        try TemplateArguments.template(command, replacement: replacement ?? "{}", of: Self.self)
    }

    private func work() throws -> RunRequest.Work {
        if let resume {
            try checkForResuming()
            return .rest(of: resume)
        }
        guard !rerunLost else { throw UsageError("--rerun-lost goes with --resume ID: say which batch") }
        let batch = RunRequest.NewBatch(
            template: try template(), folder: TemplateArguments.currentFolder, retries: try checkedRetries(),
            timeout: timeout?.duration, label: label ?? TemplateArguments.label(of: command),
            isPrivate: isPrivate)
        return .new(batch, try TemplateArguments.values(null: null))
    }

    private func checkForResuming() throws {
        guard command.isEmpty, RawArguments.process.values == nil else {
            throw UsageError("--resume goes on with the batch's own commands: leave the command out")
        }
        let given = [
            ("--retries", retries != nil), ("--timeout", timeout != nil), ("--label", label != nil),
            ("-0", null), ("-I", replacement != nil), ("--dry-run", dryRun),
            ("--private", isPrivate),
        ]
        if let (name, _) = given.first(where: \.1) {
            throw UsageError("\(name) was settled when the batch began: leave it out with --resume")
        }
        guard !rerunLost || results == nil else {
            throw UsageError(
                "--results can't be kept with --rerun-lost, which numbers from 1 again: leave it out")
        }
    }

    private func output() throws -> RunRequest.Output {
        var output = RunRequest.Output()
        output.keepsOrder = keepOrder
        output.isEvents = json
        output.results = try results.map { try ResultsPath($0) }
        output.jobLog = try joblog.map { try JobLog(path: $0, appending: resume != nil) }
        return output
    }

    private func failureLimit() throws -> FailureLimit? {
        if let maxFailures, maxFailures < 1 {
            throw UsageError("--max-failures is 1 or more, not \(maxFailures)")
        }
        guard halt != nil || maxFailures != nil else { return nil }
        return FailureLimit(count: maxFailures ?? 1, manner: halt ?? .soon)
    }

    private func checkedJobs() throws -> Int {
        let jobs = jobs ?? Settings.processorCount
        guard 1...10_000 ~= jobs else { throw UsageError("--jobs is 1 to 10000, not \(jobs)") }
        return jobs
    }

    private func checkedRetries() throws -> Int {
        let retries = retries ?? 0
        guard 0...100 ~= retries else { throw UsageError("--retries is 0 to 100, not \(retries)") }
        return retries
    }
}

extension FailureLimit.Manner: ExpressibleByArgument {}

/// Command words and values, as `run` and `submit` take them.
enum TemplateArguments {
    /// The parser leaves to us what follows the first word it doesn't know, `--help` among it.
    static func askForHelp(_ command: [String]) -> Bool {
        ["--help", "-h"].contains(command.first)
    }

    /// - Parameter type: the command whose options are before.
    /// - Throws: `UsageError`, `TemplateError`.
    static func template(
        _ command: [String], replacement: String, of type: (some ParsableCommand).Type
    ) throws -> Template {
        var count = command.count
        if command.first == "--" {
            count -= 1
        } else if let first = command.first, first.hasPrefix("-"), first.count > 1 {
            throw Misspelling.option(
                first, options: HelpText.options(of: type),
                else: "a command that begins with '-' comes after '--'")
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

    /// The name of the first program, without its folder: what comes after it may hold secrets.
    static func label(of command: [String]) -> String? {
        let words = command.drop { $0 == "--" }
        guard let first = words.first else { return nil }
        let name = words.count == 1 ? programName(in: first) : Substring(first)
        return name?.split(separator: "/").last.map(String.init)
    }

    /// Of a line for the shell: behind assignments and what opens a group, up to what ends a command, as in
    /// `A=1 (cat; echo {})`.
    private static func programName(in line: String) -> Substring? {
        let names = line.split { $0.isWhitespace }.lazy.filter { !$0.contains("=") && $0 != "{" && $0 != "!" }
        return names.map { $0.drop { $0 == "(" }.prefix { !";&|<>()".contains($0) } }.first { !$0.isEmpty }
    }

    static var currentFolder: [UInt8] {
        guard let path = getcwd(nil, 0) else { return Array("/".utf8) }
        defer { free(path) }
        return UnsafeBufferPointer(start: path, count: strlen(path)).map(UInt8.init(bitPattern:))
    }
}
