import BatchClient
import ProcessTesting
import Testing

extension Processes {
    /// `submit --on-end`; what the coordinator and workers make of it is in OnEndTests.
    @Suite struct OnEndFlag {
        @Test func aCommandIsDoneWhereItWasAskedForWithTheEventOfTheEnd() async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 1)
                try await home.submit(
                    "b", [try Line.command("exit 3")],
                    arguments: [
                        "--on-end", #"printf '%s' "$TALLY_BATCH $TALLY_EVENT" >told.new && mv told.new told"#,
                    ])
                try await eventually("it was told") { Files.exists("\(home.work)/told") }
                let told = Files.text("\(home.work)/told")
                #expect(told.hasPrefix("b {") && told.contains(#""status":"failed""#), "\(told)")
            }
        }

        @Test(arguments: ["http://127.0.0.1:1/x", "https://127.0.0.1:1/x"])
        func anAddressIsPostedTo(_ address: String) async throws {
            try await withCoordinator { home, _ in
                try await home.submit("b", [Line.noOp], arguments: ["--on-end", address])
                #expect(try await home.run("cancel", "b").ending == .exited(0))
                try await eventually("its end is to be posted") {
                    try await home.run("status", "b-on-end").output.contains("type post")
                }
            }
        }

        @Test func nothingIsNoCommand() async throws {
            try await withHome { home in
                let submit = try await home.run("submit", "--on-end", "", "x")
                #expect(submit.ending == .exited(2) && submit.error.contains("--on-end"))
            }
        }
    }
}
