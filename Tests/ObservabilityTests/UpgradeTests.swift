import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Observed {
    /// The order of docs/operations.md, while a batch runs.
    @Suite struct Upgrades {
        @Test func whoIsReplacedOneByOneRunsEachOperationOnce() async throws {
            try await withHome { home in
                let coordinator = try await home.coordinator()
                let former = try home.worker(slots: 2, name: "former")
                let command =
                    #"{"type":"command","data":{"shell":"echo $TALLY_OPERATION >>ran; sleep 0.02"}}"#
                try await home.submit("b", [String](repeating: command, count: 80))
                func ran() -> [Substring] { Files.text("\(home.work)/ran").split(separator: "\n") }
                try await eventually("some have run") { ran().count > 10 }

                _ = try home.worker(slots: 2, name: "newer")
                former.signal(SIGTERM)
                #expect(try await former.end() == .exited(0))
                coordinator.signal(SIGTERM)
                #expect(try await coordinator.end() == .exited(0))
                #expect(ran().count < 80, "there is something left for the next ones")
                _ = try await home.coordinator()
                let end = try await home.end(of: "b")
                #expect(
                    end.status == .completed && end.completedOperations == 80 && end.retriedOperations == 0)
                #expect(ran().count == 80 && Set(ran()).count == 80)
            }
        }
    }
}
