import BatchClient
import BatchProgress
import MatrixRoom

/// What somebody in a room may see of batches: those that are shown there. Whoever may change batches sees all.
struct BatchView {
    let batches: BatchConnection
    let choice: BatchChoice

    /// - Throws: `BatchClientError`; `NotShown`.
    func event(_ id: BatchID) async throws -> BatchProgressEvent {
        let detail = try await batches.batch(id).status()
        guard includes(detail) else { throw NotShown(id: id) }
        return detail.event
    }

    func active() async throws -> RenderedMessage {
        let events = try await batches.activeBatches().filter(includes).map(\.event)
        let heading =
            switch events.count {
            case 0: "no batch runs"
            case 1: "one batch runs"
            default: "\(HumanText.count(events.count)) batches run"
            }
        return RenderedMessage(listing: events, under: heading)
    }

    func recent() async throws -> RenderedMessage {
        let events = try await batches.recentBatches().filter(includes).map(\.event)
        return RenderedMessage(
            listing: events, under: events.isEmpty ? "there are no batches yet" : "batches, the newest first")
    }

    private func includes(_ detail: BatchDetail) -> Bool {
        choice.includes(label: detail.event.label, actor: detail.actor)
    }

    /// Said as of one that isn't there.
    struct NotShown: Error, CustomStringConvertible {
        let id: BatchID
        var description: String { "there is no batch '\(id)'" }
    }
}
