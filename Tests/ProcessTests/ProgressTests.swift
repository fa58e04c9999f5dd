import BatchClient
import ProcessTesting
import Testing

extension Processes {
    /// What commands say of how far they are: lines in the file that `TALLY_PROGRESS` names.
    @Suite struct CommandProgress {
        @Test func theLastLineOfEachCommandIsTold() async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 2)
                let command = """
                    echo "0.1 begun" >"$TALLY_PROGRESS"; echo "0.$((4 + TALLY_OPERATION)) resizing" >>"$TALLY_PROGRESS"
                    while [ ! -e go ]; do sleep 0.05; done; echo "0.9 nearly" >>"$TALLY_PROGRESS"
                    while [ ! -e end ]; do sleep 0.05; done
                    """
                try await home.submit("b", [try Line.command(command), try Line.command(command)])
                try await eventually("both tell") {
                    try await shares(home) == ["0.4 resizing", "0.5 resizing"]
                }
                try Files.write([], to: "\(home.work)/go")
                try await eventually("both tell more") {
                    try await shares(home) == ["0.9 nearly", "0.9 nearly"]
                }
                try Files.write([], to: "\(home.work)/end")
                #expect(try await home.end(of: "b").completedOperations == 2)
            }
        }

        private func shares(_ home: Home) async throws -> [String] {
            try await BatchConnection.open(to: home.address, timeout: .seconds(30)) { client in
                try await client.activeOperations().sorted { $0.operation < $1.operation }.map {
                    "\($0.progress) \($0.message ?? "")"
                }
            }
        }
    }
}
