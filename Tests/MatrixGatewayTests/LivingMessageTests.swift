import BatchProgress
import Glibc
import MatrixAPI
import MatrixTesting
import ProcessTesting
import Testing

/// What a room shows of batches, read back by another account of a real homeserver.
@Suite(Room()) struct LivingMessageTests {
    @Test(arguments: [Synapse.Limits.off, .standard])
    func `500 operations: one message, edited in place, rising, silent; who asked is told once`(
        limits: Synapse.Limits
    ) async throws {
        let scene = try await MatrixRoomScene(.shared(limits))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 4)
            let gateway = try await scene.gateway(
                home, "--show-after", "1s", "--mention-after", "1s", limits: limits)
            try await home.sleepers("five-hundred", count: 500, seconds: 0.05, label: "five hundred")
            try await eventually("it is shown") {
                try await !scene.look().originals(of: "five-hundred").isEmpty
            }
            #expect(try await scene.ann.unread(in: scene.room) == (0, 0), "progress is silent")
            _ = try await scene.whenEnded("five-hundred", within: .seconds(120))
            let view = try await eventuallyValue("Ann is told", within: .seconds(60)) {
                let view = try await scene.look()
                return view.mentions.isEmpty ? nil : view
            }
            let message = try #require(view.originals(of: "five-hundred").first)
            #expect(view.originals(of: "five-hundred").count == 1)
            #expect(view.notices(of: scene.bot).map(\.id) == [message.id])
            #expect(!view.edits(of: message).isEmpty && view.edits(of: message).count <= 150)
            let shares = view.percentages(of: message)
            #expect(shares == shares.sorted(), "it rises")
            #expect(view.body(of: message).contains("500 of 500 finished"))
            #expect(view.mentions.map { view.mentions(in: $0) } == [[scene.ann.id]])
            #expect(view.thread(of: message).map(\.id) == view.mentions.map(\.id))
            #expect(try await scene.ann.unread(in: scene.room) == (1, 1))
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }

    struct Label: CustomTestStringConvertible, Sendable {
        var text: String
        /// What the message's HTML must not have.
        var markup: [String] = []
        /// What it must not have in any form.
        var forbidden: [String] = []

        var testDescription: String { String(text.prefix(30)) }
    }

    @Test(arguments: [
        Label(
            text: "<b>bold</b><script>alert(1)</script>&amp;",
            markup: ["<script", "<b>bold"]),
        Label(text: "**bold** [link](https://evil.example) `code`", markup: ["<a ", "href"]),
        Label(text: "@room look at this", markup: ["<a "]),
        Label(text: String(repeating: "long ", count: 200)),
        Label(text: "\u{202E}gnp.txt \u{5D0}\u{5D1}\u{5D2}", forbidden: ["\u{202E}"]),
        Label(text: "two\nlines\r\nthree", forbidden: ["two\n", "lines\n"]),
    ])
    func `a label is text: it makes no markup, no mention and no line`(label: Label) async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 4)
            _ = try await scene.gateway(home, "--show-after", "1s", limits: .off)
            try await home.sleepers("labelled", count: 40, seconds: 0.2, label: label.text)
            let view = try await scene.whenEnded("labelled")
            let message = try #require(view.originals(of: "labelled").first)
            for content in view.contents(of: message) {
                #expect(content["m.mentions"] == [:])
                let html = content["formatted_body"]?.string ?? ""
                let body = content["body"]?.string ?? ""
                #expect(html.utf8.count < 12_000 && body.utf8.count < 12_000)
                for text in label.markup + label.forbidden { #expect(!html.contains(text), "\(html)") }
                for text in label.forbidden { #expect(!body.contains(text), "\(body)") }
            }
            #expect(try await scene.ann.unread(in: scene.room) == (0, 0))
        }
    }
}
