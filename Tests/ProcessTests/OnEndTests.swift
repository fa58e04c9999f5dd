import BatchClient
import Foundation
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// What is done when a batch has ended, through real processes.
    @Suite struct OnEnd {
        private func submit(
            _ id: String, _ operations: [BatchOperation] = [BatchOperation(type: "no-op")],
            onEnd action: EndAction, to home: Home
        ) async throws {
            let batch = try #require(BatchID(id))
            try await BatchConnection.open(to: home.address, timeout: .seconds(30)) { client in
                _ = try await client.enqueueBatch(
                    id: batch, onEnd: action, operations: operations)
            }
        }

        @Test func aCommandIsToldOfTheEndWhereItWasAskedFor() async throws {
            try await withCoordinator { home, _ in
                mkdir("\(home.work)/elsewhere", 0o700)
                let line = #"printf %s "$TALLY_EVENT" > event; echo "it is $TALLY_BATCH" | tee batch"#
                try await submit("b", onEnd: .command(line, in: "\(home.work)/elsewhere"), to: home)
                #expect(try await home.detail(of: "b").onEnd?.description == "b-on-end")
                #expect(try await home.run("cancel", "b").ending == .exited(0))
                let waiting = try await home.detail(of: "b-on-end")
                #expect(waiting.event.status == .pending && waiting.typesWithoutWorker == ["command"])

                _ = try home.worker(slots: 1)
                #expect(try await home.end(of: "b-on-end").status == .completed)
                #expect(Files.text("\(home.work)/elsewhere/batch") == "it is b\n")
                let event = try JSONDecoder().decode(
                    BatchProgressEvent.self, from: Data(Files.read("\(home.work)/elsewhere/event")))
                #expect(try await home.event(of: "b") == event && event.status == .cancelled)
                #expect(try await home.run("logs", "b-on-end", "0").output == "it is b\n")
            }
        }

        @Test func itIsDoneAlthoughTheCoordinatorIsKilled() async throws {
            try await withHome { home in
                var coordinator = try await home.coordinator()
                _ = try home.worker(slots: 2)
                for number in 0..<12 {
                    try await submit(
                        "b\(number)", onEnd: .command("echo $TALLY_BATCH >> done", in: home.work), to: home)
                    guard number % 3 == 2 else { continue }
                    // At any moment: before the end, between it and what follows, or in the midst of that.
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...60)))
                    coordinator.signal(SIGKILL)
                    _ = try await coordinator.end()
                    coordinator = try await home.coordinator()
                }
                for number in 0..<12 {
                    // Once the end is told, what follows is there.
                    _ = try await home.end(of: "b\(number)")
                    let event = try await home.end(of: "b\(number)-on-end")
                    #expect(event.completedOperations == 1 && event.totalOperations == 1)
                }
                #expect(Set(Files.lines("\(home.work)/done")) == Set((0..<12).map { "b\($0)" }))
            }
        }

        /// What it says isn't an argument of anything: those are everybody's to see.
        @Test func anAddressIsPostedToUntilItTakesIt() async throws {
            let server = try HTTPServer(statuses: [503, 302, 204])
            defer { server.close() }
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 1)
                let url = "http://127.0.0.1:\(server.port)/hook?key=a'b&c=$HOME"
                try await submit("b", onEnd: .post(to: url), to: home)
                _ = try await home.end(of: "b")
                let follower = try await home.end(of: "b-on-end")
                #expect(follower.status == .completed && follower.retriedOperations == 1)
                let requests = server.requests
                #expect(requests.count == 3 && Set(requests).count == 1)
                let parts = try #require(requests.first).split(separator: "\r\n\r\n", maxSplits: 1)
                #expect(parts[0].hasPrefix("POST /hook?key=a'b&c=$HOME HTTP/1.1\r\n"))
                #expect(parts[0].contains("Content-Type: application/json"))
                let event = try JSONDecoder().decode(BatchProgressEvent.self, from: Data(parts[1].utf8))
                #expect(try await home.event(of: "b") == event && event.status == .completed)
            }
        }
    }
}
