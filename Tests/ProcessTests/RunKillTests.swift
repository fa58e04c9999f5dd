import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// `tally run` killed with SIGKILL, at moments that chance chooses.
    @Suite struct RunKill {
        private static let values = 60

        /// Ten moments between the start and the last of sixty commands, of which the seed is the name.
        @Test(arguments: 0..<10)
        func everyValueIsDoneOnceUnlessItWasRunning(seed: Int) async throws {
            try await withHome { home in
                let trace = Trace(in: home.work)
                let command = "\(Trace.begin); sleep 0.0\(3 + seed % 5); \(Trace.end); : {}"
                let run = try home.start(
                    raw: (["run", "--jobs", "2", command, ":::"] + (0..<Self.values).map { "\($0)" }).map {
                        bytes($0)
                    })
                // A tenth of the commands for each seed, and a little that the machine's own pace decides.
                try await eventually("some have ended") { trace.ended.count >= seed * Self.values / 10 }
                try await run.destroy()
                try await eventually("no command lives on", within: .seconds(2)) { home.commands.isEmpty }
                let cut = Set(trace.starts.map(\.operation)).subtracting(trace.ended)

                guard let batch = try await batch(in: home) else {
                    #expect(trace.starts.isEmpty)
                    return
                }
                let resumed = try await home.run("run", "--resume", batch)
                let detail = try await home.detail(of: batch)
                #expect(detail.event.totalOperations == Self.values)
                #expect(detail.event.status.isEnd, "\(resumed.error)")
                #expect(resumed.ending == .exited(detail.event.failedOperations == 0 ? 0 : 1))
                // What ran and could not say that it had ended counts as lost; nothing else does.
                #expect(detail.event.failedOperations <= 2, "\(resumed.error)")
                #expect(cut.count <= detail.event.failedOperations)
                #expect(trace.runs.filter { $0.value > 1 } == [:])
                // A command that was killed before its first word left no trace, and is lost all the same.
                #expect(Self.values - trace.ended.count <= detail.event.failedOperations)
            }
        }

        /// The one there is; nil if the kill came before it was accepted.
        private func batch(in home: Home) async throws -> String? {
            let list = try await home.run("list", "--json")
            guard list.ending == .exited(0), let line = list.output.split(separator: "\n").first else {
                return nil
            }
            return line.firstMatch(of: #/"batchId":"(\w+)"/#).map { String($0.output.1) }
        }
    }
}
