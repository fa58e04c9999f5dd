import BatchClient
import BatchProtocol
import Foundation
import ProcessTesting
import Testing
import ZeroMQ

extension Processes {
    /// Whatever is said to the coordinator, it says what is wrong with it, and lives.
    @Suite struct BadMessages {
        struct Row {
            var what: String
            var frames: [Frame]
            var code: WireError.Code
            /// Somewhere in the error's message.
            var says: String

            init(_ what: String, _ header: String, _ code: WireError.Code, _ says: String) {
                self.init(what, [bytes(header)], code, says)
            }

            init(_ what: String, _ header: String, _ data: [Frame], _ code: WireError.Code, _ says: String) {
                self.init(what, [bytes(header)] + data, code, says)
            }

            init(_ what: String, _ frames: [Frame], _ code: WireError.Code, _ says: String) {
                (self.what, self.frames, self.code, self.says) = (what, frames, code, says)
            }
        }

        private static let nested = bytes(String(repeating: "[", count: 100_000))
        private static let noise: Frame = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        /// A frame of data as large as one operation's may be, and one more.
        private static let tooMuchData = Frame(repeating: 1, count: (1 << 20) + 1)
        private static let tenMegabytes = Frame(repeating: 1, count: 10 << 20)

        /// The batch `open` is there and open, with two operations; `sealed` is sealed with one.
        static let control: [Row] =
            [
                Row("an empty frame", [[]], .malformed, "not valid JSON"),
                Row("bytes by chance", [noise], .malformed, "not valid JSON"),
                Row("many empty frames", [Frame](repeating: [], count: 1000), .malformed, "not valid JSON"),
                Row("too many frames", [Frame](repeating: [], count: 2000), .tooLarge, "2001 frames"),
                Row("no object", "[1]", .malformed, "'the message'"),
                Row("brackets without end", [nested], .malformed, "not valid JSON"),
                Row(
                    "a header beyond a megabyte", [Frame(repeating: 0x20, count: (1 << 20) + 1)], .tooLarge,
                    "1048577 bytes"),
                Row("no version", #"{"id": 1, "verb": "hello"}"#, .malformed, "'v' is missing"),
                Row("another version", #"{"v": 2, "id": 1, "verb": "hello"}"#, .wrongVersion, "version 2"),
                Row(
                    "a version that is no number", #"{"v": "1", "id": 1, "verb": "hello"}"#, .malformed, "'v'"
                ),
                Row("no verb", #"{"v": 1, "id": 1}"#, .malformed, "'verb' is missing"),
                Row("an unknown verb", #"{"v": 1, "id": 1, "verb": "destroy"}"#, .unknownVerb, "'destroy'"),
                Row("a verb that is no text", #"{"v": 1, "id": 1, "verb": 7}"#, .malformed, "'verb'"),
                Row("no id", #"{"v": 1, "verb": "hello"}"#, .malformed, "'id' is missing"),
                Row("an id that is no number", #"{"v": 1, "id": "x", "verb": "hello"}"#, .malformed, "'id'"),
                Row(
                    "an id beyond all numbers", #"{"v": 1, "id": 1e99, "verb": "hello"}"#, .malformed,
                    "not valid JSON"),
                Row(
                    "a batch that is no id", #"{"v": 1, "id": 1, "verb": "status", "batch": "../x"}"#,
                    .malformed, "'batch'"),
                Row("no batch", #"{"v": 1, "id": 1, "verb": "status"}"#, .malformed, "'batch' is missing"),
                Row(
                    "more retries than allowed",
                    #"{"v": 1, "id": 1, "verb": "open", "batch": "b", "retries": 101}"#, .malformed,
                    "'retries'"),
                Row(
                    "retries below none", #"{"v": 1, "id": 1, "verb": "open", "batch": "b", "retries": -1}"#,
                    .malformed, "'retries'"),
                Row(
                    "retries that are no number",
                    #"{"v": 1, "id": 1, "verb": "open", "batch": "b", "retries": "3"}"#, .malformed,
                    "'retries'"),
                Row(
                    "an unknown policy", #"{"v": 1, "id": 1, "verb": "open", "batch": "b", "onLost": "cry"}"#,
                    .malformed, "'onLost'"),
                Row(
                    "a label that is too long",
                    #"{"v": 1, "id": 1, "verb": "open", "batch": "b", "label": "\#(String(repeating: "x", count: 1001))"}"#,
                    .tooLarge, "'label'"),
                Row(
                    "an id that is taken by another request",
                    #"{"v": 1, "id": 1, "verb": "open", "batch": "open", "retries": 5}"#, .conflict, "retries"
                ),
                Row("no operation", add(first: 2, #"[["no-op", 0]]"#), .tooLarge, "1 to 1000"),
                Row(
                    "types that don't count the data", add(first: 2, #"[["no-op", 2]]"#), [[]], .malformed,
                    "'types'"),
                Row(
                    "a type's count below none", add(first: 2, #"[["no-op", 2], ["no-op", -1]]"#), [[]],
                    .malformed, "'types'"),
                Row(
                    "a type's count beyond all numbers",
                    add(first: 2, #"[["no-op", 9223372036854775807], ["no-op", 9223372036854775807]]"#), [[]],
                    .malformed, "'types'"),
                Row("a type that is no name", add(first: 2, #"[["no op", 1]]"#), [[]], .malformed, "'no op'"),
                Row(
                    "labels that don't count the data", add(first: 2, #"[["no-op", 1]]"#, #", "labels": []"#),
                    [[]], .malformed, "'labels'"),
                Row(
                    "more than a chunk", add(first: 2, #"[["no-op", 1001]]"#),
                    [Frame](repeating: [], count: 1001), .tooLarge, "1 to 1000"),
                Row(
                    "an operation beyond a megabyte", add(first: 2, #"[["no-op", 1]]"#), [tooMuchData],
                    .tooLarge, "operation 2 has 1048577 bytes"),
                Row(
                    "ten megabytes in an operation", add(first: 2, #"[["no-op", 1]]"#), [tenMegabytes],
                    .tooLarge, "at most 1048576"),
                Row(
                    "a digest that is none", add(first: 2, #"[["no-op", 1]]"#, #", "digest": "xyz""#), [[]],
                    .malformed, "'digest'"),
                Row(
                    "another digest", add(first: 2, #"[["no-op", 1]]"#, #", "digest": "0000000000000000""#),
                    [[]], .conflict, "digest"),
                Row(
                    "a chunk with a gap before it", add(first: 3, #"[["no-op", 1]]"#), [[]], .conflict,
                    "begins at 2"),
                Row(
                    "a chunk before the first", add(first: -1, #"[["no-op", 1]]"#), [[]], .malformed,
                    "'first'"),
                Row(
                    "a chunk at the end of all numbers", add(first: .max, #"[["no-op", 1]]"#), [[]],
                    .malformed, "'first'"),
                Row(
                    "a chunk too large at the end of all numbers", add(first: .max, #"[["no-op", 2]]"#),
                    [[], tooMuchData], .malformed, "'first'"),
                Row(
                    "a chunk at the beginning of all numbers", add(first: .min, #"[["no-op", 1]]"#), [[]],
                    .malformed, "'first'"),
                Row(
                    "a chunk with other content",
                    add(first: 1, #"[["no-op", 1]]"#, #", "digest": "0000000000000000""#), [bytes("z")],
                    .conflict, "begins at 2"),
                Row(
                    "a chunk for a batch that is sealed", add("sealed", first: 1, #"[["nobody", 1]]"#), [[]],
                    .wrongState, "sealed with 1"),
                Row(
                    "sealed with another total",
                    #"{"v": 1, "id": 1, "verb": "seal", "batch": "open", "total": 3}"#, .conflict,
                    "holds 2 operations"),
                Row(
                    "sealed below none",
                    #"{"v": 1, "id": 1, "verb": "seal", "batch": "open", "total": -9223372036854775808}"#,
                    .conflict, "holds 2 operations"),
                Row(
                    "sealed though it is empty",
                    #"{"v": 1, "id": 1, "verb": "seal", "batch": "empty", "total": 0}"#, .wrongState,
                    "no operations"),
                Row(
                    "an operation that isn't there",
                    #"{"v": 1, "id": 1, "verb": "logs", "batch": "open", "operation": 2}"#, .unknownOperation,
                    "no operation 2"),
                Row(
                    "an operation below none",
                    #"{"v": 1, "id": 1, "verb": "logs", "batch": "open", "operation": -1}"#,
                    .unknownOperation, "no operation -1"),
                Row(
                    "an operation far below none",
                    #"{"v": 1, "id": 1, "verb": "logs", "batch": "open", "operation": -9223372036854775808}"#,
                    .unknownOperation, "no operation"),
                Row(
                    "an operation at the end of all numbers",
                    #"{"v": 1, "id": 1, "verb": "logs", "batch": "open", "operation": 9223372036854775807}"#,
                    .unknownOperation, "no operation"),
                Row(
                    "a retry of what has not ended",
                    #"{"v": 1, "id": 1, "verb": "retry", "batch": "sealed", "as": "again"}"#, .wrongState,
                    "has not ended"),
                Row(
                    "a retry without a new id", #"{"v": 1, "id": 1, "verb": "retry", "batch": "sealed"}"#,
                    .malformed, "'as' is missing"),
                Row(
                    "a snapshot since a text", #"{"v": 1, "id": 1, "verb": "snapshot", "since": "then"}"#,
                    .malformed, "'since'"),
                Row(
                    "attending what is no list", #"{"v": 1, "id": 1, "verb": "attend", "batches": "all"}"#,
                    .malformed, "'batches'"),
            ]

        static let unknownBatch =
            ["status", "cancel", "pause", "resume", "failures", "seal", "add", "logs", "retry"].map {
                verb in
                Row(
                    "\(verb) of an unknown batch",
                    #"{"v": 1, "id": 1, "verb": "\#(verb)", "batch": "nobody", "total": 1, "as": "b", "operation": 0, "first": 0, "types": [["no-op", 1]]}"#,
                    verb == "add" ? [[]] : [], .unknownBatch, "'nobody'")
            }

        private static func add(_ batch: String = "open", first: Int, _ types: String, _ more: String = "")
            -> String
        {
            #"{"v": 1, "id": 1, "verb": "add", "batch": "\#(batch)", "first": \#(first), "types": \#(types)\#(more)}"#
        }

        private struct Answer: Decodable {
            var id: Int?
            var verb: String?
            var error: WireError?
        }

        private func decode(_ frames: [Frame]) throws -> Answer {
            try JSONDecoder().decode(Answer.self, from: Data(try #require(frames.first)))
        }

        @Test func controlSaysWhatIsWrong() async throws {
            try await withCoordinator { home, coordinator in
                try await Probe.open(.dealer, home.address.description) { probe in
                    for (batch, count) in [("open", 2), ("empty", 0), ("sealed", 1)] {
                        _ = try await probe.answer(
                            to: #"{"v": 1, "id": 1, "verb": "open", "batch": "\#(batch)"}"#)
                        guard count > 0 else { continue }
                        _ = try await probe.answer(
                            to: Self.add(batch, first: 0, #"[["nobody", \#(count)]]"#),
                            [Frame](repeating: [], count: count))
                    }
                    _ = try await probe.answer(
                        to: #"{"v": 1, "id": 1, "verb": "seal", "batch": "sealed", "total": 1}"#)
                    for row in Self.control + Self.unknownBatch {
                        try await probe.send(row.frames)
                        let error = try decode(try await probe.next()).error
                        #expect(error?.code == row.code, "\(row.what): \(String(describing: error))")
                        #expect(
                            error?.message.contains(row.says) == true,
                            "\(row.what): \(String(describing: error))")
                        try #require(coordinator.isRunning, "\(row.what)")
                    }
                    let hello = try decode(
                        try await probe.answer(to: #"{"v": 1, "id": 77, "verb": "hello"}"#))
                    #expect(hello.id == 77 && hello.error == nil)
                }
                let open = try await home.detail(of: "open")
                #expect(open.event.totalOperations == 2 && !open.sealed)
                #expect(open.typesWithoutWorker == ["nobody"])
            }
        }

        static let dispatch: [Row] = [
            Row("an empty frame", [[]], .malformed, "not valid JSON"),
            Row("bytes by chance", [noise], .malformed, "not valid JSON"),
            Row("two frames", [[], []], .malformed, "one JSON frame"),
            Row("too many frames", [Frame](repeating: [], count: 2000), .tooLarge, "2001 frames"),
            Row(
                "another version", #"{"v": 9, "verb": "heartbeat", "session": "s"}"#, .wrongVersion,
                "version 9"),
            Row("an unknown verb", #"{"v": 1, "verb": "hello", "session": "s"}"#, .unknownVerb, "'hello'"),
            Row("no session", #"{"v": 1, "verb": "heartbeat"}"#, .malformed, "'session' is missing"),
            Row(
                "a session that is no name", #"{"v": 1, "verb": "heartbeat", "session": "a b"}"#, .malformed,
                "a session is"),
            Row(
                "a capacity that is no number",
                #"{"v": 1, "verb": "heartbeat", "session": "s", "capacity": "x"}"#, .malformed, "'capacity'"),
            Row(
                "a capacity below none", #"{"v": 1, "verb": "heartbeat", "session": "s", "capacity": -1}"#,
                .malformed, "'capacity'"),
            Row("no slots", ready(slots: 0), .malformed, "'slots'"),
            Row("too many slots", ready(slots: 10_001), .malformed, "'slots'"),
            Row("too much capacity", ready(capacity: 100_001), .malformed, "'capacity'"),
            Row("no types", ready(types: "[]"), .malformed, "'types'"),
            Row("a type that is no name", ready(types: #"["a b"]"#), .malformed, "'types'"),
            Row("types that are no list", ready(types: #""a""#), .malformed, "'types'"),
            Row("holding what is no list", ready(holds: #"{"batch": "b"}"#), .malformed, "'holds'"),
            Row(
                "a release without operations", #"{"v": 1, "verb": "release", "session": "s", "batch": "b"}"#,
                .malformed, "'operations' is missing"),
        ]

        private static func ready(
            slots: Int = 1, capacity: Int = 1, types: String = #"["no-op"]"#, holds: String = "[]"
        ) -> String {
            #"{"v": 1, "verb": "ready", "session": "s", "worker": "w", "slots": \#(slots), "capacity": \#(capacity), "types": \#(types), "holds": \#(holds)}"#
        }

        @Test func dispatchSaysWhatIsWrong() async throws {
            try await withCoordinator { home, coordinator in
                try await Probe.open(.dealer, "ipc://\(home.state)/run/dispatch") { probe in
                    for row in Self.dispatch {
                        try await probe.send(row.frames)
                        let answer = try decode(try await probe.next())
                        #expect(answer.verb == "error")
                        #expect(answer.error?.code == row.code, "\(row.what): \(answer)")
                        #expect(answer.error?.message.contains(row.says) == true, "\(row.what): \(answer)")
                        try #require(coordinator.isRunning, "\(row.what)")
                    }
                    // Not wrong, but nobody it knows.
                    try await probe.send(
                        #"{"v": 1, "verb": "release", "session": "s", "batch": "b", "operations": [-1, 0]}"#)
                    let heartbeat = try await probe.answer(
                        to: #"{"v": 1, "verb": "heartbeat", "session": "s"}"#)
                    #expect(try decode(heartbeat).verb == "unknown-session")
                }
                #expect(try await home.run("workers").output == "no workers\n")
            }
        }

        static let completions: [[Frame]] = [
            [[]], [noise], [Frame](repeating: [], count: 2000), [nested],
            [bytes(#"{"v": 2, "verb": "report", "session": "s", "batch": "b", "attempt": 1}"#)],
            [bytes(#"{"v": 1, "verb": "hello", "session": "s", "batch": "b", "attempt": 1}"#)],
            [bytes(#"{"v": 1, "verb": "report", "session": "a b", "batch": "b", "attempt": 1}"#)],
            [bytes(#"{"v": 1, "verb": "report", "session": "s", "batch": "/", "attempt": 1}"#)],
            [bytes(#"{"v": 1, "verb": "report", "session": "s", "batch": "b"}"#)],
            [
                bytes(
                    #"{"v": 1, "verb": "report", "session": "s", "batch": "b", "attempt": 1, "completed": "all"}"#
                )
            ],
            [
                bytes(#"{"v": 1, "verb": "report", "session": "s", "batch": "b", "attempt": 1}"#),
                bytes("an output of nobody's"),
            ],
        ]

        /// The socket can't answer, so it is counted, and told at most once a second.
        @Test func whatIsWrongOnCompletionsIsCountedAndLogged() async throws {
            try await withCoordinator { home, coordinator in
                try await Probe.open(.push, "ipc://\(home.state)/run/completions") { probe in
                    for frames in Self.completions { try await probe.send(frames) }
                    var sent = Self.completions.count
                    try await eventually("all are counted") {
                        // What came within the second after a line is told with the next one.
                        try await Task.sleep(for: .milliseconds(1100))
                        try await probe.send([bytes("once more")])
                        sent += 1
                        let target = sent
                        for _ in 0..<50 where Self.counted(coordinator.errorText) < target {
                            try await Task.sleep(for: .milliseconds(20))
                        }
                        return Self.counted(coordinator.errorText) == sent
                    }
                }
                #expect(coordinator.isRunning)
            }
        }

        private static func counted(_ log: String) -> Int {
            log.split(separator: "\n").filter { $0.contains("messages were thrown away") }.reduce(0) {
                sum, line in
                let count = line.split(separator: " ").first { $0.hasPrefix("count=") }?.dropFirst(6)
                return sum + (count.flatMap { Int($0) } ?? 0)
            }
        }
    }
}
