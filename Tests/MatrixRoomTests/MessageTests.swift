import BatchProgress
import MatrixRoom
import Testing

@Suite struct MessageTests {
    @Test(arguments: [
        (
            event(
                done: 5790, failed: 22, of: 10_000, current: "img_1234.png", rate: 41, left: 125),
            """
            🔄 thumbnails: 58%, 5,812 of 10,000 finished, 22 failed
            ██████░░░░░░ 41/s, about 2m 05s left
            now: img_1234.png
            batch k3x9
            """
        ),
        (
            event("p1", .pending, label: nil, startedAt: nil),
            """
            🔄 batch p1: waiting, 0 of 100 finished
            ░░░░░░░░░░░░
            """
        ),
        (
            event(done: 40, cancelled: 20, current: "x", rate: 2, cancelling: true),
            """
            🔄 thumbnails: being cancelled, 60%, 40 of 100 finished, 20 cancelled
            ███████░░░░░ 2/s
            now: x
            batch k3x9
            """
        ),
        (
            event("k3x9", .paused, done: 40, rate: 2, left: 3),
            """
            ⏸ thumbnails: paused at 40%, 40 of 100 finished
            ████░░░░░░░░
            batch k3x9
            """
        ),
        (
            event("k3x9", .completed, done: 100, at: 245),
            """
            ✅ thumbnails: completed, 100 of 100 finished, 4m 05s
            ████████████
            batch k3x9
            """
        ),
        (
            event(
                "k3x9", .failed, done: 97, failed: 3, at: 3,
                errors: [
                    BatchFailure(operation: 7, label: "a.png", exitCode: 1, message: "no space left"),
                    BatchFailure(operation: 8, exitCode: 2, message: "exit code 2"),
                    BatchFailure(operation: 9, message: "worker lost"),
                ]),
            """
            ❌ thumbnails: ended with failures, 100 of 100 finished, 3 failed, 3s
            ████████████
            • a.png, exit code 1: no space left
            • operation 8, exit code 2
            • operation 9: worker lost
            batch k3x9
            """
        ),
        (
            event("k3x9", .cancelled, done: 30, cancelled: 70, at: 3),
            """
            🚫 thumbnails: cancelled at 30%, 30 of 100 finished, 70 cancelled, 3s
            ███░░░░░░░░░
            batch k3x9
            """
        ),
    ])
    func `a batch's message reads well as plain text`(event: BatchProgressEvent, body: String) {
        #expect(RenderedMessage(of: event).body == body)
    }

    @Test func `its HTML is made of tags of ours alone`() {
        let message = RenderedMessage(
            of: event(label: "<b>&\"'", done: 1, current: "<script>alert(1)</script>"))
        #expect(
            message.html == "🔄 <strong>&lt;b&gt;&amp;&quot;&#39;</strong>: 1%, 1 of 100 finished<br>"
                + "<code>░░░░░░░░░░░░</code><br>now: <code>&lt;script&gt;alert(1)&lt;/script&gt;</code><br>batch k3x9"
        )
    }

    @Test func `never 100 percent before the end`() {
        #expect(event(done: 100).percent == 99)
        #expect(event("k3x9", .failed, done: 99, failed: 1).percent == 100)
    }

    @Test(arguments: ["x", "<", "&", "\u{1F468}", "שׁ", "a\u{301}", "\n", "@room "])
    func `whatever it says, an event stays far below what is allowed`(piece: String) {
        let long = String(repeating: piece, count: 10_240)
        let failures = (0..<10).map { BatchFailure(operation: $0, label: long, exitCode: 1, message: long) }
        let event = event("k3x9", .failed, label: long, done: 97, failed: 3, errors: failures, current: long)
        let message = RenderedMessage(of: event)
        #expect(message.body.utf8.count + message.html.utf8.count <= 12 * 1024)
        #expect(MessageContent.edit(message, of: event, replacing: "$original").bytes.count < 60_000)
    }

    @Test func `a silent original, and an edit that carries it whole`() throws {
        let event = event(revision: 7)
        let message = RenderedMessage(of: event)
        let original = MessageContent.original(message, of: event)
        #expect(original["msgtype"] == "m.notice")
        #expect(original["m.mentions"] == [:])
        #expect(original["dev.tally.batch"] == ["id": "k3x9", "revision": 7])
        let edit = MessageContent.edit(message, of: event, replacing: "$1")
        #expect(edit["m.new_content"] == original)
        #expect(edit["m.relates_to"] == ["rel_type": "m.replace", "event_id": "$1"])
        #expect(edit["body"]?.string == "* " + message.body)
        #expect(edit["m.mentions"] == [:])
    }

    @Test func `a mention in the thread under the message`() {
        let event = event("k3x9", .failed, done: 9, failed: 5, of: 14, at: 75)
        let failures = (0..<3).map {
            BatchFailure(operation: $0, label: "f\($0)", exitCode: 2, message: "bad")
        }
        let message = RenderedMessage(mentioning: [.alice], endOf: event, failures: failures)
        #expect(
            message.body == """
                @alice:example.org: ❌ thumbnails: ended with failures, 14 of 14 finished, 5 failed, 1m 15s
                • f0, exit code 2: bad
                • f1, exit code 2: bad
                • f2, exit code 2: bad
                and 2 more
                """)
        #expect(
            message.html.hasPrefix(
                "<a href=\"https://matrix.to/#/@alice:example.org\">@alice:example.org</a>"))
        let content = MessageContent.mention(message, of: event, to: [.alice], under: "$1")
        #expect(content["msgtype"] == "m.text")
        #expect(content["m.mentions"] == ["user_ids": ["@alice:example.org"]])
        #expect(content["m.relates_to"]?["rel_type"] == "m.thread")
        #expect(content["m.relates_to"]?["event_id"] == "$1")
    }
}
