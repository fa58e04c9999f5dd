import ArgumentParser
import CLIGateway

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "What is wrong with this set-up, and what to do.",
        discussion: """
              tally doctor

            It changes nothing, and starts nothing. Exits with 0 if nothing is wrong, else with 1.
            """)

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let diagnosis = Diagnosis(await Examiner(coordinator: coordinator).examine())
        var style = ViewStyle(environment: Settings.environment)
        style.colour = style.colour && Descriptor.standardOutput.isTerminal
        try Descriptor.standardOutput.print(diagnosis.findings.flatMap { $0.lines(style) }.map(\.text))
        if !diagnosis.isHealthy { throw CLIGateway.ExitCode.someFailed }
    }
}
