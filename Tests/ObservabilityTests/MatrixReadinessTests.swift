import ProcessTesting
import Testing

extension Observed {
    /// What a gateway lacks that posts in a Matrix room: the one reason there is, and as long as it holds.
    @Suite struct MatrixReadiness {
        /// What it said last, while it had no coordinator, is no reason any more.
        @Test func anotherGatewayThatCameWhileThereWasNoCoordinator() async throws {
            try await withHome { home in
                let homeserver = try await home.homeserver()
                let matrix = try await home.probedMatrix(homeserver.port)
                try await matrix.becomes(503, saying: "no coordinator answers")
                try await home.become("claims/rival", homeserver.port)
                _ = try await home.coordinator()
                try await matrix.becomes(503, saying: "another gateway posts with this token")
                try await home.become("claims/none", homeserver.port)
                try await matrix.becomes(200)
            }
        }

        @Test func aHomeserverThatLeavesBeforeItSaysWhoPosts() async throws {
            try await withHome { home in
                let homeserver = try await home.homeserver()
                try await home.become("claims/500", homeserver.port)
                let matrix = try await home.probedMatrix(homeserver.port)
                try await matrix.becomes(
                    503, saying: "the homeserver http://127.0.0.1:\(homeserver.port) doesn't answer")
                try await home.become("claims/none", homeserver.port)
                try await matrix.becomes(503, saying: "no coordinator answers")
            }
        }

        /// A refusal is an answer.
        @Test(arguments: [403, 404, 413])
        func aHomeserverThatIsBackAndRefuses(status: Int) async throws {
            try await withCoordinator { home, _ in
                let homeserver = try await home.homeserver()
                let matrix = try await home.probedMatrix(homeserver.port)
                try await matrix.becomes(200)
                _ = try home.worker(slots: 1)
                try await home.become("sending/500", homeserver.port)
                try await home.submit("b", [#"{"type":"sleep","data":300}"#])
                try await matrix.becomes(503, saying: "the homeserver http://127.0.0.1:\(homeserver.port)")
                try await home.become("sending/\(status)", homeserver.port)
                try await matrix.becomes(200)
            }
        }
    }
}
