import CommandTemplate

/// `tally run --dry-run`: prints the commands, a line each, and starts nothing.
package struct DryRun: Sendable {
    private let template: Template
    private let source: ValueSource

    package init(_ template: Template, _ source: ValueSource) {
        self.template = template
        self.source = source
    }

    /// - Throws: `TemplateError` for a value that can't be put in, `Values.TooLong`.
    package func print() async throws -> ExitCode {
        let reader: Template.Reader = Descriptor.standardOutput.isTerminal ? .person : .script
        let values = ValueReader(source)
        var number = 0
        while let found = try await values.next() {
            var lines: [UInt8] = []
            for value in found {
                number += 1
                lines += try template.printed(for: value, number: number, reader: reader)
                lines.append(UInt8(ascii: "\n"))
            }
            guard Descriptor.standardOutput.write(lines) else { return .outputClosed }
        }
        return .allCompleted
    }
}
