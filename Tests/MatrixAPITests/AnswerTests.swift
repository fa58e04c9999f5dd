import BatchProgress
import Testing

@testable import MatrixAPI

/// What becomes of an answer.
@Suite struct AnswerTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var status: Int
        var body: String
        var retryAfter: String?
        var location: String?
        var error: MatrixError

        init(
            _ status: Int, _ body: String, retryAfter: String? = nil, location: String? = nil,
            _ error: MatrixError
        ) {
            (self.status, self.body, self.retryAfter, self.location) = (status, body, retryAfter, location)
            self.error = error
        }

        var testDescription: String { "\(status) \(body.prefix(40)) \(retryAfter ?? "")" }
    }

    private static let limit = #"{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests""#

    @Test(arguments: [
        Row(429, limit + #","retry_after_ms":4092}"#, retryAfter: "5", .limited(retryAfter: .seconds(5))),
        Row(429, limit + #","retry_after_ms":4092}"#, .limited(retryAfter: .milliseconds(4092))),
        Row(
            429, limit + #","retry_after_ms":7}"#, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT",
            .limited(retryAfter: .milliseconds(7))),
        Row(429, limit + "}", .limited(retryAfter: nil)),
        Row(429, "<html>slow down", .limited(retryAfter: nil)),
        Row(429, limit + #","retry_after_ms":-1}"#, retryAfter: "-3", .limited(retryAfter: nil)),
        Row(429, "{}", retryAfter: "4000000000", .limited(retryAfter: .seconds(3600))),
        Row(
            429, #"{"retry_after_ms":9000000000000000000}"#,
            .limited(retryAfter: .seconds(3600))),
        Row(401, #"{"errcode":"M_UNKNOWN_TOKEN","error":"x"}"#, .unknownToken(softLogout: false)),
        Row(
            401, #"{"errcode":"M_UNKNOWN_TOKEN","error":"x","soft_logout":true}"#,
            .unknownToken(softLogout: true)),
        Row(401, #"{"errcode":"M_MISSING_TOKEN","error":"x"}"#, .unknownToken(softLogout: false)),
        Row(
            401, #"{"errcode":"M_USER_LOCKED","error":"locked"}"#,
            .refused(status: 401, code: "M_USER_LOCKED", message: "locked")),
        Row(403, #"{"errcode":"M_FORBIDDEN","error":"not in room"}"#, .forbidden("not in room")),
        Row(403, "<html>", .unusable("status 403, and no JSON object")),
        Row(404, #"{"errcode":"M_NOT_FOUND","error":"no such"}"#, .notFound("no such")),
        Row(404, #"{"errcode":"M_NOT_FOUND"}"#, .notFound("M_NOT_FOUND")),
        Row(
            404, #"{"errcode":"M_UNRECOGNIZED","error":"what"}"#,
            .refused(status: 404, code: "M_UNRECOGNIZED", message: "what")),
        Row(404, "<html>nginx", .unusable("status 404, and no JSON object")),
        Row(404, "{}", .unusable("status 404, and no error code")),
        Row(413, "<html>", .tooLarge),
        Row(413, #"{"errcode":"M_TOO_LARGE","error":"x"}"#, .tooLarge),
        Row(400, #"{"errcode":"M_TOO_LARGE","error":"x"}"#, .tooLarge),
        Row(
            400, #"{"errcode":"M_BAD_JSON","error":"a\nb\u0007\u202ec"}"#,
            .refused(status: 400, code: "M_BAD_JSON", message: "a b  c")),
        Row(
            301, "", location: "https://other.org",
            .unusable("301, a redirection to https://other.org")),
        Row(500, "", .unusable("status 500")),
        Row(502, "<html>Bad gateway", .unusable("status 502")),
        Row(
            500, #"{"errcode":"M_UNKNOWN","error":"Internal server error"}"#,
            .unusable("status 500, Internal server error")),
        Row(200, "", .unusable("status 200, and no JSON object")),
        Row(200, "<html>Welcome", .unusable("status 200, and no JSON object")),
        Row(200, "[1]", .unusable("status 200, and no JSON object")),
        Row(200, "\u{0}\u{1}", .unusable("status 200, and no JSON object")),
        Row(
            200, String(repeating: #"{"a":"#, count: 100_000),
            .unusable("status 200, and no JSON object")),
        Row(204, "", .unusable("status 204, and no JSON object")),
    ])
    func `an answer that is none, or a refusal`(row: Row) {
        let answer = RawAnswer(
            status: row.status, retryAfter: row.retryAfter, location: row.location,
            body: Array(row.body.utf8))
        #expect(throws: row.error) { try answer.object() }
    }

    @Test func `a long message is cut`() throws {
        let body = #"{"errcode":"M_FORBIDDEN","error":"\#(String(repeating: "x", count: 10_000))"}"#
        let answer = RawAnswer(status: 403, body: Array(body.utf8))
        #expect(throws: MatrixError.forbidden(String(repeating: "x", count: 200) + "…")) {
            try answer.object()
        }
    }

    @Test func `an answer`() throws {
        let answer = RawAnswer(status: 200, body: Array(#"{"event_id":"$1"}"#.utf8))
        #expect(try answer.object() == ["event_id": "$1"])
    }

    /// Anybody in a room can send that; it may not keep others from being heard.
    @Test func `a sync with an event that is nested too deep`() throws {
        func event(_ id: String, _ content: String) -> String {
            #"{"event_id":"\#(id)","sender":"@a:b","type":"m.room.message","content":\#(content)}"#
        }
        let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        let events = [
            event("$1", #"{"body":"one"}"#), event("$2", #"{"deep":\#(deep),"body":"two"}"#),
            event("$3", deep), event("$4", #"{"body":"four"}"#),
        ]
        let body =
            #"{"rooms":{"join":{"!r":{"timeline":{"events":[\#(events.joined(separator: ","))]}}}},"#
            + #""next_batch":"s2"}"#
        let sync = try SyncAnswer(RawAnswer(status: 200, body: Array(body.utf8)).object(), user: "@bot:b")
        #expect(sync.nextBatch == "s2")
        let heard = try #require(sync.joined["!r"]?.timeline)
        #expect(heard.map(\.id) == ["$1", "$2", "$4"])
        #expect(heard.map { $0.content["body"] } == ["one", "two", "four"])
    }
}
