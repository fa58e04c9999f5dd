import BatchClient
import ProcessTesting
import Testing

/// Commands and workers over tcp with keys: allowed, refused, allowed later, not allowed any more.
@Suite struct KeyTests {
    @Test func aBatchRunsAndItsActorIsTheKeysName() async throws {
        try await withKeys { keyed in
            _ = try keyed.worker(as: "builder")
            let submitted = try await keyed.run(
                as: "ann", "submit", "--id", "b", "--type", "command", "test {} != 3", ":::", "1", "2", "3")
            #expect(submitted.ending == .exited(0), "\(submitted.error)")
            let watched = try await keyed.run(as: "eve", "watch", "b")
            #expect(watched.ending == .exited(1), "\(watched.error)")
            let status = try await keyed.run(as: "eve", "status", "b", "--json")
            #expect(
                status.output.contains(#""actor":"ann"#) && status.output.contains(#""failedOperations":1"#))
            let workers = try await keyed.run(as: "eve", "workers")
            #expect(workers.output.contains("builder/w"), "\(workers.output)")
        }
    }

    /// It would wait for ever for workers of its own.
    @Test func aRunWhoseKeyMayNotWorkSaysSoAndEnds() async throws {
        try await withKeys { keyed in
            let refused = try await keyed.run(as: "ann", "run", "--jobs", "2", "echo {}", ":::", "1", "2")
            #expect(refused.ending == .exited(2) && refused.output.isEmpty)
            #expect(
                refused.error.hasSuffix(
                    "tally: the key of 'ann' has no role 'work', which tally run needs for its own workers: "
                        + "add it to the key's line of the allow-list, or use tally submit\n"),
                "\(refused.error)")
            #expect(!refused.error.contains("--resume"))
            #expect(try await keyed.run(as: "eve", "status").output == "no batches\n")
            try keyed.allow("ann", "submit,work")
            try await eventually("it runs") {
                try await keyed.run(as: "ann", "run", "echo {}", ":::", "1").output == "1\n"
            }
        }
    }

    /// After two seconds without an answer they would say that no coordinator is there.
    @Test(arguments: [
        ("mallory", ["list"], "refuses the key of 'mallory'"),
        ("builder", ["list"], "refuses the key of 'builder'"),
        (nil, ["list"], "asks for keys"),
        ("eve", ["cancel", "b"], "'eve' may not cancel: its key lacks the role 'submit'"),
    ])
    func whoIsRefusedSaysSoAtOnce(who: String?, words: [String], says: String) async throws {
        try await withKeys { keyed in
            // On a machine that is very busy even this may take longer than the two seconds.
            try await eventually("it is said: \(says)") {
                let refused = try await keyed.home.run(
                    raw: words.map { Array($0.utf8) }, environment: keyed.settings(as: who))
                return refused.ending == .exited(2) && refused.error.contains(says)
            }
        }
    }

    @Test(arguments: [
        ("ann", "✓ the key of 'ann', and the coordinator's", true),
        ("mallory", "✗ the coordinator at ", false),
        (nil, "· no key: a coordinator on tcp asks for one", false),
    ])
    func theDoctorLooksAtKeys(who: String?, says: String, isHealthy: Bool) async throws {
        try await withKeys { keyed in
            try await eventually("the doctor says: \(says)") {
                let doctor = try await keyed.run(as: who, "doctor")
                return doctor.output.contains(says) && (doctor.ending == .exited(0)) == isHealthy
            }
        }
    }

    @Test func aWorkerIsLetInOnceItIsOnTheList() async throws {
        try await withKeys { keyed in
            let worker = try keyed.worker(as: "mallory")
            try await eventually("it says that it is refused") {
                worker.errorText.contains("refused: our key is not on the coordinator's allow-list")
            }
            try keyed.allow("mallory", "work")
            try await eventually("it works") {
                try await keyed.run(as: "eve", "workers").output.contains("mallory/w")
            }
            #expect(keyed.coordinator.errorText.contains("allow-list read again"))
        }
    }

    /// What serves others waits as well: somebody will write its line.
    @Test func aGatewayIsLetInOnceItIsOnTheList() async throws {
        try await withKeys { keyed in
            let gateway = try keyed.home.start(
                "mcp", "--listen", "127.0.0.1:0", environment: keyed.settings(as: "mallory"))
            try await eventually("it says that it is refused") {
                gateway.errorText.contains("refuses the key of 'mallory'")
            }
            try keyed.allow("mallory", "watch")
            try await eventually("it serves") { gateway.errorText.contains("listening on http://") }
        }
    }

    /// What listens meanwhile leaves its port to what serves, however many reasons there were to wait.
    @Test func aGatewayThatWaitedForBothACoordinatorAndItsLineServes() async throws {
        try await withKeys { keyed in
            try await keyed.coordinator.destroy()
            let gateway = try keyed.home.start(
                "mcp", "--listen", "\(keyed.host):5580",
                environment: keyed.settings(as: "mallory"))
            try await eventually("it says that none answers") {
                gateway.errorText.contains("no coordinator answers")
            }
            let coordinator = try await keyed.anotherCoordinator()
            try await eventually("it says that it is refused") {
                gateway.errorText.contains("refuses the key of 'mallory'")
            }
            try keyed.allow("mallory", "watch")
            try await eventually("it serves") {
                guard gateway.isRunning else { throw Overdue(gateway.errorText) }
                return gateway.errorText.contains("listening on http://")
            }
            #expect(coordinator.isRunning)
        }
    }

    @Test func whoIsTakenOffTheListIsNotHeardAnyMore() async throws {
        try await withKeys { keyed in
            let worker = try keyed.worker(as: "builder")
            try await eventually("it works") {
                try await keyed.run(as: "eve", "workers").output.contains("builder/w")
            }
            try keyed.disallow("builder")
            try await eventually("it is told") {
                worker.errorText.contains("not on the coordinator's allow-list")
            }
            // Its lease runs out, since its signs of life don't count.
            try await eventually("it is gone", within: .seconds(30)) {
                try await !keyed.run(as: "eve", "workers").output.contains("builder/w")
            }
        }
    }

    /// It is heard, but nothing it says counts: that isn't ready.
    @Test func aWorkerThatIsTakenOffTheListIsNotReady() async throws {
        try await withKeys { keyed in
            let worker = try keyed.home.start(
                "worker", "--http", "127.0.0.1:0", environment: keyed.settings(as: "builder"))
            let address = try await eventuallyValue("it answers probes") {
                worker.errorText.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/).map { String($0.0) }
            }
            func readiness() async throws -> String {
                try await keyed.home.bash("curl -s \(address)/readyz", in: keyed.home.work).output
            }
            try await eventually("it is ready") { try await readiness() == "ready\n" }
            try keyed.disallow("builder")
            try await eventually("it says that it is refused") {
                try await readiness().hasPrefix("not ready: the coordinator refuses: this key is not on")
            }
            try keyed.allow("builder", "work")
            try await eventually("it is ready again") { try await readiness() == "ready\n" }
        }
    }

    /// Connections were let in by the roles that the key had then.
    @Test func whoLosesARoleIsNotHeardThereAnyMore() async throws {
        try await withKeys { keyed in
            let worker = try keyed.worker(as: "builder")
            try await eventually("it works") {
                try await keyed.run(as: "eve", "workers").output.contains("builder/w")
            }
            try keyed.allow("builder", "submit,watch")
            try await eventually("it is told") {
                worker.errorText.contains("the key of 'builder' is not for dispatch any more")
            }
            try await BatchConnection.open(to: keyed.address(as: "all")) { client in
                _ = try await client.activeBatches()
                try keyed.allow("all", "work")
                try await eventually("it is told") {
                    do {
                        _ = try await client.activeBatches()
                        return false
                    } catch {
                        return "\(error)".contains("the key of 'all' is not for control any more")
                    }
                }
            }
        }
    }

    @Test func whoIsTakenOffTheListHearsNothingAnyMore() async throws {
        try await withKeys { keyed in
            let watch = try keyed.home.start("watch", environment: keyed.settings(as: "all"))
            let heard = Task { try await keyed.python("listen.py", as: "eve") }
            try await eventually("it listens") { Files.exists("\(keyed.home.work)/eve.key.heard") }
            try keyed.disallow("eve")
            #expect(try await heard.value == ["cut off"])
            // The others are there again, and lack nothing.
            _ = try keyed.worker(as: "builder")
            let submitted = try await keyed.run(
                as: "ann", "submit", "--id", "b", "--type", "command", "true {}", ":::", "1", "2", "3")
            #expect(submitted.ending == .exited(0), "\(submitted.error)")
            try await eventually("the end is told") { watch.outputText.contains("3 completed") }
        }
    }

    /// A slip of the pen doesn't lock everybody out.
    @Test func aListThatCannotBeReadLeavesTheOldOne() async throws {
        try await withKeys { keyed in
            try Files.write(Array("ann\n".utf8), to: "\(keyed.home.work)/allowed")
            try await eventually("it is said") {
                keyed.coordinator.errorText.contains("line 1 is not a name, a public key, and roles")
            }
            #expect(try await keyed.run(as: "ann", "list").ending == .exited(0))
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var what: String
        var script: String
        var says: String

        var testDescription: String { what }
    }

    @Test(arguments: [
        Row(
            what: "no keys", script: "tally coordinator --bind tcp://127.0.0.1:5550",
            says: "Make keys with tally keygen, and say --allow FILE; or listen on ipc://; or say --insecure"),
        Row(
            what: "no key of its own",
            script: "touch a; tally coordinator --bind tcp://127.0.0.1:5550 --allow a",
            says: "TALLY_KEY has to name the coordinator's own key"),
        Row(
            what: "no list",
            script:
                "tally keygen c; TALLY_KEY=$PWD/c.key tally coordinator --bind tcp://127.0.0.1:5550 --allow a",
            says: "the allow-list a can't be read"),
        Row(
            what: "a list that is none",
            script: """
                tally keygen c; echo x >a
                TALLY_KEY=$PWD/c.key tally coordinator --bind tcp://127.0.0.1:5550 --allow a
                """, says: "the allow-list a: line 1 is not"),
        Row(
            what: "a key that others can read",
            script: """
                tally keygen c; touch a; chmod 644 c.key
                TALLY_KEY=$PWD/c.key tally coordinator --bind tcp://127.0.0.1:5550 --allow a
                """, says: "c.key can be read by others: chmod 600"),
        Row(
            what: "the public half alone",
            script: """
                tally keygen c; touch a; chmod 600 c.pub
                TALLY_KEY=$PWD/c.pub tally coordinator --bind tcp://127.0.0.1:5550 --allow a
                """, says: "c.pub has no secret half"),
        Row(
            what: "keys on ipc", script: "touch a; tally coordinator --allow a",
            says: "--allow is for tcp://"),
        Row(
            what: "both",
            script: "touch a; tally coordinator --bind tcp://127.0.0.1:5550 --allow a --insecure",
            says: "one of them"),
        Row(
            what: "a key that is there", script: "touch c.key; tally keygen c",
            says: "./c.key: File exists; take another name, or another folder: --to FOLDER"),
        Row(what: "a name that is none", script: "tally keygen a/b", says: "'a/b' is no name for a key"),
        Row(
            what: "roles that are none", script: "tally keygen --may root c", says: "--may: 'root' is no role"
        ),
        Row(
            what: "half of the settings",
            script: "tally keygen c; TALLY_KEY=$PWD/c.key TALLY_COORDINATOR=tcp://127.0.0.1:1 tally list",
            says: "TALLY_KEY is set, but not TALLY_COORDINATOR_KEY"),
    ])
    func whatIsWrongIsSaidAtTheStart(row: Row) async throws {
        try await withHome { home in
            let refused = try await home.bash(row.script, in: home.work)
            #expect(refused.ending == .exited(2) && refused.error.contains(row.says), "\(refused.error)")
        }
    }

    @Test func theSecretHalfIsReadByItsOwnerAlone() async throws {
        try await withHome { home in
            let made = try await home.bash(
                "umask 0; tally keygen c; stat --format=%a c.key c.pub; grep -c secret c.pub || true",
                in: home.work)
            #expect(made.output == "600\n666\n0\n" || made.output == "600\n644\n0\n", "\(made.output)")
        }
    }
}
