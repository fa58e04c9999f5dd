import BatchProgress
import Testing

@testable import MatrixAPI

/// How events, what has happened in rooms, and who has which power are read.
@Suite struct EventTests {
    private static let message: JSONValue = [
        "event_id": "$1", "sender": "@a:b", "type": "m.room.message", "origin_server_ts": 5,
        "content": ["body": "hello"],
    ]

    @Test(
        arguments: [
            [:], nil, "text", message.merging(["content": "text"]), message.merging(["event_id": 1]),
            message.merging(["sender": nil]), message.merging(["type": ["a"]]),
        ] as [JSONValue])
    func `what is no event`(json: JSONValue) {
        #expect(MatrixEvent(json) == nil)
    }

    @Test func `an event`() throws {
        let event = try #require(MatrixEvent(Self.message))
        #expect((event.id, event.sender, event.type) == ("$1", "@a:b", "m.room.message"))
        #expect(event.timestamp == 5)
        #expect(event.content["body"] == "hello")
        #expect(event.stateKey == nil)
        #expect(!event.isRedacted)
        #expect(event.relation == nil)
    }

    @Test(arguments: [(-1, 0), (.min, 0), (.max, 1 << 53), (1 << 53, 1 << 53)] as [(Int64, Int64)])
    func `a time is none that others can't reckon with`(told: Int64, taken: Int64) {
        let event = MatrixEvent(Self.message.merging(["origin_server_ts": .integer(told)]))
        #expect(event?.timestamp == taken)
    }

    @Test(arguments: [
        message.merging(["type": "m.room.redaction", "redacts": "$9"]),
        message.merging(["type": "m.room.redaction", "content": ["redacts": "$9"]]),
    ])
    func `a redaction, before room version 11 and since`(json: JSONValue) {
        #expect(MatrixEvent(json)?.redacts == "$9")
    }

    @Test func `a redacted event, and one that was sent by this device`() {
        let unsigned: JSONValue = ["redacted_because": [:], "transaction_id": "t1"]
        let event = MatrixEvent(Self.message.merging(["content": [:], "unsigned": unsigned]))
        #expect(event?.isRedacted == true)
        #expect(event?.transaction == "t1")
    }

    @Test func `a relation`() throws {
        let content: JSONValue = ["m.relates_to": ["rel_type": "m.replace", "event_id": "$0"]]
        let relation = try #require(MatrixEvent(Self.message.merging(["content": content]))?.relation)
        #expect(relation == ("m.replace", "$0"))
    }

    // MARK: Sync

    @Test func `what has happened`() throws {
        let kicked = Self.message.merging(["type": "m.room.member", "state_key": "@bot:b"])
        let answer = try SyncAnswer(
            [
                "next_batch": "s2",
                "rooms": [
                    "join": [
                        "!in": [
                            "state": ["events": [Self.message.merging(["event_id": "$0"])]],
                            "timeline": ["events": [Self.message, ["event_id": 3]], "limited": true],
                        ]
                    ],
                    "leave": ["!out": ["timeline": ["events": [kicked]]]],
                    "invite": [
                        "!new": [
                            "invite_state": [
                                "events": [
                                    ["type": "m.room.name", "state_key": "", "sender": "@x:b"],
                                    ["type": "m.room.member", "state_key": "@x:b", "sender": "@x:b"],
                                    ["type": "m.room.member", "state_key": "@bot:b", "sender": "@a:b"],
                                ]
                            ]
                        ],
                        "!odd": ["invite_state": ["events": 3]],
                    ],
                ],
            ], user: "@bot:b")
        #expect(answer.nextBatch == "s2")
        #expect(answer.invites == ["!new": "@a:b"])
        #expect(answer.joined["!in"]?.events.map(\.id) == ["$0", "$1"])
        #expect(answer.joined["!in"]?.isLimited == true)
        #expect(answer.left["!out"]?.timeline.first?.stateKey == "@bot:b")
    }

    @Test func `nothing has happened`() throws {
        let answer = try SyncAnswer(["next_batch": "s3"], user: "@bot:b")
        #expect(answer.joined.isEmpty && answer.left.isEmpty && answer.invites.isEmpty)
    }

    @Test func `no answer to a sync`() {
        #expect(throws: MatrixError.unusable("its 'next_batch' is missing, or no text")) {
            try SyncAnswer(["rooms": [:]], user: "@bot:b")
        }
    }

    // MARK: Power

    private static func creation(version: String?, others: JSONValue = []) -> JSONValue {
        var content: JSONValue = ["additional_creators": others]
        if let version { content = content.merging(["room_version": .string(version)]) }
        return ["sender": "@creator:b", "content": content]
    }

    private static let levels: JSONValue = ["users": ["@mod:b": 50, "@old:b": "100"], "users_default": 1]

    @Test(
        arguments: [
            ("@mod:b", levels, "11", 50), ("@old:b", levels, "11", 100), ("@else:b", levels, "11", 1),
            ("@creator:b", levels, "11", 1), ("@creator:b", levels, "12", .max),
            ("@second:b", levels, "12", .max),
            ("@mod:b", levels, "12", 50), ("@creator:b", nil, "11", 100), ("@else:b", nil, "11", 0),
            ("@else:b", ["users": 3, "users_default": "x"], "11", 0),
        ] as [(String, JSONValue?, String, Int64)])
    func `who has which power`(user: String, content: JSONValue?, version: String, level: Int64) {
        let power = PowerLevels(
            content: content, creation: Self.creation(version: version, others: ["@second:b", 3]))
        #expect(power.level(of: user) == level)
    }
}
