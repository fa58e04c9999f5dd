import CFuzzer
import Glibc

/// What is tried with inputs that nobody thought of. Called by the name of one of them it hands itself to libFuzzer.
struct Fuzzer: Sendable {
    var name: String
    /// Its inputs are JSON, in frames and messages (see `Frames`): they are mutated as such.
    var isJSON = false
    /// Ends the process if something is wrong.
    var run: @Sendable ([UInt8]) -> Void

    static let all: [Fuzzer] = [
        .coordinator, .engine, .worker, .mirror, .answers, .relay, .http, .mcp, .matrix, .template, .lines,
        .json,
        .files, .text,
    ]

    /// By the name that this process was started with; nil if there is none of that name.
    static let chosen: Fuzzer? = {
        let path = CommandLine.arguments.first ?? ""
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return all.first { $0.name == name }
    }()
}

@main enum Main {
    static func main() {
        guard Fuzzer.chosen != nil else {
            print(Fuzzer.all.map(\.name).joined(separator: "\n"))
            exit(2)
        }
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        withUnsafeMutablePointer(to: &arguments) { arguments in
            arguments.withMemoryRebound(
                to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
            ) {
                exit(LLVMFuzzerRunDriver(&count, $0, run))
            }
        }
    }
}

private func run(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    Fuzzer.chosen?.run(Array(UnsafeBufferPointer(start: bytes, count: size)))
    return 0
}

/// What has to hold, whatever the input.
func require(
    _ holds: Bool, _ what: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line
) {
    if !holds { fatalError(what(), file: file, line: line) }
}
