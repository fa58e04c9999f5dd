import Testing

@testable import CLIGateway

@Suite struct LogHeadingTests {
    @Test(
        arguments: [
            (nil, "completed", 0, nil, "== operation 7: completed, exit 0"),
            ("a", "failed", 1, "exit code 1", "== operation 7 (a): failed, exit 1"),
            ("a", "failed", 1, "exit code 2", "== operation 7 (a): failed, exit 1, exit code 2"),
            ("a", "failed", 1, "cannot open", "== operation 7 (a): failed, exit 1, cannot open"),
            (nil, "failed", nil, "worker lost", "== operation 7: failed, worker lost"),
        ] as [(String?, String, Int?, String?, String)])
    func saysOnce(label: String?, state: String, exitCode: Int?, message: String?, line: String) {
        let heading = LogHeading(
            operation: 7, label: label, state: state, exitCode: exitCode, message: message)
        #expect(heading.line == line)
    }
}
