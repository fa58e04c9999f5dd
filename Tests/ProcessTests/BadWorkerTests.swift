import BatchClient
import Foundation
import ProcessTesting
import Testing
import ZeroMQ

extension Processes {
    /// A worker whose reports make no sense: the counts stay exact.
    @Suite struct BadWorkers {
        private func report(_ rest: String, session: String = "odd") -> [Frame] {
            [bytes(#"{"v": 1, "verb": "report", "session": "\#(session)", "batch": "b", \#(rest)}"#)]
        }

        @Test func reportsThatMakeNoSenseAreRefusedOneByOne() async throws {
            try await withCoordinator { home, coordinator in
                try await home.submit("b", [String](repeating: Line.noOp, count: 6))
                try await Probe.open(.dealer, "ipc://\(home.state)/run/dispatch") { dispatch in
                    try await Probe.open(.push, "ipc://\(home.state)/run/completions") { completions in
                        try await hold(six: dispatch)
                        for frames in [
                            report(
                                #""attempt": 1, "completed": [-1, 6, 9223372036854775807, -9223372036854775808]"#
                            ),
                            report(#""attempt": 0, "completed": [0]"#),
                            report(#""attempt": -9223372036854775808, "completed": [0]"#),
                            report(#""attempt": 9223372036854775807, "completed": [0]"#),
                            report(#""attempt": 1, "completed": [0]"#, session: "another"),
                            report(#""attempt": 1, "started": [0, 0, -1, 99]"#),
                            report(#""attempt": 1, "progress": [{"operation": -1, "progress": 1e300}]"#),
                            report(#""attempt": 1, "progress": [{"operation": 0, "progress": -1e300}]"#),
                        ] { try await completions.send(frames) }
                        // Each of these once, however often they are named.
                        try await completions.send(report(#""attempt": 1, "completed": [1, 1, 2, 1]"#))
                        try await completions.send(
                            report(
                                #""attempt": 1, "completed": [3], "ended": [{"operation": 3, "outcome": "failed"}, {"operation": 4, "outcome": "failed"}, {"operation": 4, "outcome": "completed"}]"#
                            ))
                        try await completions.send(report(#""attempt": 1, "completed": [0, 5]"#))
                        let event = try await home.end(of: "b")
                        #expect(event.completedOperations == 5 && event.failedOperations == 1)
                        #expect(event.cancelledOperations == 0 && event.totalOperations == 6)
                    }
                }
                #expect(coordinator.isRunning)
                #expect(coordinator.errorText.contains("never granted"))
            }
        }

        /// As the worker `odd`, is granted six operations; nothing is reported.
        private func hold(six dispatch: Probe) async throws {
            struct Order: Decodable {
                var verb: String
                var operations: [Int]?
            }
            try await dispatch.send(
                #"{"v": 1, "verb": "ready", "session": "odd", "worker": "odd", "slots": 6, "capacity": 6, "types": ["no-op"], "holds": []}"#
            )
            var granted: [Int] = []
            while granted.count < 6 {
                let frame = try #require(try await dispatch.next().first)
                granted += try JSONDecoder().decode(Order.self, from: Data(frame)).operations ?? []
            }
            #expect(granted.sorted() == [0, 1, 2, 3, 4, 5])
        }
    }
}
