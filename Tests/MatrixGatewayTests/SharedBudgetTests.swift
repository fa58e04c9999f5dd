import BatchProgress
import MatrixAPI
import MatrixTesting
import ProcessTesting
import Testing

/// Batches that share what a homeserver allows an account, by Synapse's own limits.
@Suite(Room()) struct SharedBudgetTests {
    @Test(.timeLimit(.minutes(5)))
    func `five batches: none stands still, all end in time, and nothing is refused in a loop`() async throws {
        let scene = try await MatrixRoomScene(.shared(.standard))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 10)
            let proxy = try await Proxy.start(in: home, before: scene.synapse.url)
            let gateway = try await scene.gateway(
                home, "--show-after", "1s", "--mention-after", "1s", limits: .standard, homeserver: proxy.url)
            let batches = (1...5).map { "batch-\($0)" }
            for batch in batches { try await home.sleepers(batch, count: 300, seconds: 0.2) }
            for batch in batches { #expect(try await home.end(of: batch).status == .completed) }
            for batch in batches { _ = try await scene.whenEnded(batch) }
            let view = try await eventuallyValue("Ann is told of all", within: .seconds(90)) {
                let view = try await scene.look()
                return view.mentions.count == batches.count ? view : nil
            }

            var lastEnd: Int64 = 0
            for batch in batches {
                let end = try #require(try await home.detail(of: batch).endedAt)
                lastEnd = max(lastEnd, end.microseconds / 1000)
            }
            for batch in batches {
                let message = try #require(view.originals(of: batch).first)
                #expect(view.originals(of: batch).count == 1)
                // On a slow machine one is posted when it has ended already, and needs no edit.
                let last = (view.edits(of: message).last ?? message).timestamp
                #expect(last <= lastEnd + 30_000, "\(last - lastEnd) ms after the last end")
            }
            for mention in view.mentions {
                #expect(mention.timestamp <= lastEnd + 60_000, "\(mention.timestamp - lastEnd) ms after")
            }
            #expect(1...3 ~= view.mostEditsBetween, "\(view.mostEditsBetween)")
            #expect(proxy.requests.limited.count <= 3, "\(proxy.requests.limited)")
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }
}

extension RoomView {
    /// How often one batch's message was edited at most between two states of another's, while both ran.
    fileprivate var mostEditsBetween: Int {
        var most = 0
        var edits: [String: [String: Int]] = [:]
        for event in events where event.relation?.type != "m.thread" {
            guard let batch = event.content["dev.tally.batch"]?["id"]?.string else { continue }
            most = max(most, edits[batch]?.values.max() ?? 0)
            let body = (event.content["m.new_content"] ?? event.content)["body"]?.string ?? ""
            edits[batch] = body.contains("completed") ? nil : [:]
            guard edits[batch] != nil else { continue }
            for other in edits.keys where other != batch { edits[other]?[batch, default: 0] += 1 }
        }
        return most
    }
}
