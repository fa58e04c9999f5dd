import BatchClient
import BatchProtocol
import Foundation
import ProcessTesting
import Testing
import ZeroMQ

extension Processes {
    /// Peers that say what is right, but without a pause: they are held back, and others don't notice.
    @Suite struct Floods {
        private struct Answer: Decodable { var error: WireError? }

        private func errors(_ probe: Probe, answers: Int) async throws -> [WireError] {
            var errors: [WireError] = []
            for _ in 0..<answers {
                let frame = try #require(try await probe.next().last)
                if let error = try JSONDecoder().decode(Answer.self, from: Data(frame)).error {
                    errors.append(error)
                }
            }
            return errors
        }

        @Test func whoAsksWithoutAPauseIsToldToWait() async throws {
            try await withCoordinator { home, _ in
                try await Probe.open(.dealer, home.address.description) { probe in
                    for id in 0..<20_000 { try await probe.send(#"{"v": 1, "id": \#(id), "verb": "hello"}"#) }
                    // Meanwhile another one is served.
                    #expect(try await home.run("list").ending == .exited(0))
                    let refused = try await errors(probe, answers: 20_000)
                    #expect(
                        refused.allSatisfy { $0.code == .tooMany && $0.message.contains("2000 messages") })
                    // What it may at once, and what it may while this takes some seconds.
                    #expect(refused.count > 0 && refused.count <= 10_000, "\(refused.count)")
                    try await eventually("it is served again") {
                        try await probe.send(#"{"v": 1, "id": 1, "verb": "hello"}"#)
                        return try await errors(probe, answers: 1).isEmpty
                    }
                }
            }
        }

        @Test func aWorkerThatSaysReadyWithoutAPauseIsToldToWait() async throws {
            try await withCoordinator { home, _ in
                try await Probe.open(.dealer, "ipc://\(home.state)/run/dispatch") { probe in
                    let ready =
                        #"{"v": 1, "verb": "ready", "session": "s", "worker": "w", "types": ["none"], "slots": 1, "capacity": 1, "holds": []}"#
                    for _ in 0..<20_000 { try await probe.send(ready) }
                    let refused = try await errors(probe, answers: 20_000)
                    #expect(refused.count > 0 && refused.count <= 10_000, "\(refused.count)")
                    #expect(refused.allSatisfy { $0.code == .tooMany })
                }
            }
        }

        /// Completions can't be answered; a batch of somebody else's ends nevertheless.
        @Test func reportsWithoutEndHoldNobodyUp() async throws {
            try await withCoordinator { home, coordinator in
                _ = try home.worker(slots: 2)
                try await Probe.open(.push, "ipc://\(home.state)/run/completions") { probe in
                    let flood = Task {
                        var number = 0
                        while !Task.isCancelled {
                            number += 1
                            try await probe.send(
                                #"{"v": 1, "verb": "report", "session": "s", "report": \#(number), "batch": "b", "attempt": 1, "completed": [0, 1, 2]}"#
                            )
                        }
                    }
                    defer { flood.cancel() }
                    try await home.submit("b", [String](repeating: Line.sleep(0.01), count: 100))
                    let event = try await home.end(of: "b")
                    #expect(event.completedOperations == 100 && event.retriedOperations == 0)
                    flood.cancel()
                    try await flood.value
                }
                #expect(coordinator.errorText.contains("never granted"))
            }
        }
    }
}
