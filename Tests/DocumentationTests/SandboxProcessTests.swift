import Foundation
import Testing

/// What the other suites rest on: nothing waits for what a command has left running.
@Suite struct SandboxProcessTests {
    @Test func `a coordinator started on demand keeps nothing open of whoever started it`() async throws {
        try await Sandbox.with { sandbox in
            try await sandbox.run("bash", "-euc", "exec 9>held; tally run 'true {}' ::: 1")
            let left = sandbox.processes
            #expect(!left.isEmpty)
            for pid in left {
                let folder = "/proc/\(pid)/fd"
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                let files = names.map {
                    try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
                }
                #expect(!files.contains("\(sandbox.work)/held"))
            }
        }
    }
}
