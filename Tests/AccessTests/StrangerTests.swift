import ProcessTesting
import Testing

/// Who gets in, and what they may say: real processes, and pyzmq that says what it likes.
@Suite struct StrangerTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var who: String?
        /// On control, events, dispatch and completions.
        var isIn: [Bool]

        var testDescription: String { who ?? "no key" }
    }

    @Test(arguments: [
        Row(who: "ann", isIn: [true, true, false, false]),
        Row(who: "eve", isIn: [true, true, false, false]),
        Row(who: "builder", isIn: [false, false, true, true]),
        Row(who: "all", isIn: [true, true, true, true]),
        Row(who: "mallory", isIn: [false, false, false, false]),
        Row(who: nil, isIn: [false, false, false, false]),
    ])
    func eachSocketIsForItsRoles(row: Row) async throws {
        try await withKeys { keyed in
            let knocked = try await keyed.python("stranger.py", as: row.who)
            let names = ["control", "events", "dispatch", "completions"]
            #expect(knocked == zip(names, row.isIn).map { "\($0) \($1 ? "in" : "refused")" })
            #expect(keyed.coordinator.isRunning)
        }
    }

    /// The verbs that change something, said by a key that may only watch. Nothing has changed after them.
    @Test func aWatcherChangesNothing() async throws {
        try await withKeys { keyed in
            let submitted = try await keyed.run(
                as: "ann", "submit", "--id", "b", "--type", "command", "true", ":::", "1")
            #expect(submitted.ending == .exited(0), "\(submitted.error)")
            let verbs = [
                #""verb":"open","batch":"c""#,
                #""verb":"add","batch":"b","first":1,"types":[["no-op",1]],"digest":"""#,
                #""verb":"seal","batch":"b","total":1"#, #""verb":"cancel","batch":"b""#,
                #""verb":"pause","batch":"b""#, #""verb":"resume","batch":"b""#,
                #""verb":"retry","batch":"b","as":"d""#, #""verb":"attend","batches":["b"]"#,
            ]
            let requests = verbs.enumerated().map { #"control {"v":1,"id":\#($0),\#($1)}"# }
            for answer in try await keyed.python("say.py", as: "eve", saying: requests) {
                #expect(answer.contains(#""code":"forbidden""#), "\(answer)")
            }
            let list = try await keyed.run(as: "eve", "list")
            #expect(list.output.split(separator: "\n").count == 2 && list.output.contains("pending"))
        }
    }

    /// A claimed name is the key's, or begins with it and a slash.
    @Test func nobodyIsSomebodyElse() async throws {
        try await withKeys { keyed in
            let open = try await keyed.python(
                "say.py", as: "ann",
                saying: [
                    #"control {"v":1,"id":1,"verb":"open","batch":"c","actor":"bob"}"#,
                    #"control {"v":1,"id":2,"verb":"open","batch":"c","actor":"ann/phone"}"#,
                    #"control {"v":1,"id":3,"verb":"status","batch":"c"}"#,
                ])
            #expect(open[0].contains("forbidden") && open[0].contains("the actor 'bob' is not 'ann'"))
            #expect(!open[1].contains("error") && open[2].contains(#""actor":"ann/phone""#), "\(open)")

            func ready(_ name: String, _ session: String) -> String {
                #"dispatch {"v":1,"session":"\#(session)","verb":"ready","worker":"\#(name)","#
                    + #""types":["no-op"],"slots":1,"capacity":1,"holds":[]}"#
            }
            let work = try await keyed.python(
                "say.py", as: "builder", saying: [ready("all", "s1"), ready("builder/1", "s2")])
            #expect(work[0].contains("forbidden") && work[0].contains("the worker's name 'all'"))
            #expect(work[1].contains("welcome"), "\(work)")

            // Another worker's key says that it is that session.
            let stolen = try await keyed.python(
                "say.py", as: "all",
                saying: [#"dispatch {"v":1,"session":"s2","verb":"heartbeat"}"#, ready("all/2", "s2")])
            #expect(stolen.allSatisfy { $0.contains("forbidden") }, "\(stolen)")
        }
    }
}
