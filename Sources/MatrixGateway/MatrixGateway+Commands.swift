import BatchClient
import BatchProgress
import Logging
import MatrixAPI
import MatrixRoom

extension MatrixGateway {
    func carryOut(
        _ command: Result<RoomCommand, RoomCommand.Fault>, by sender: MatrixUserID, in room: String,
        event: String
    ) async throws -> RenderedMessage {
        do {
            let command = try command.get()
            let refusal = try await refusal(of: sender, in: room)
            if command.isChange, let refusal {
                log.notice("\(room): \(sender) may not: \(command)")
                return RenderedMessage(saying: refusal)
            }
            guard await !batches.isLost else {
                return RenderedMessage(saying: "the coordinator is away; ask again when it is back")
            }
            let view = BatchView(
                batches: batches, choice: refusal == nil ? BatchChoice() : configuration.choice)
            return try await carryOut(command, by: sender, in: room, event: event, view)
        } catch let error as CancellationError {
            // Done after the next start.
            throw error
        } catch {
            // Of what is thrown here each describes itself for people.
            return RenderedMessage(saying: SafeText("\(error)", limit: 300).plain)
        }
    }

    /// Power is asked for only where it decides.
    private func refusal(of sender: MatrixUserID, in room: String) async throws -> String? {
        let permission = configuration.permission
        guard let refusal = permission.refusal(of: sender, power: nil) else { return nil }
        guard permission.powerLevel != nil else { return refusal }
        let power = try await client.powerLevels(room: room).level(of: sender.description)
        return permission.refusal(of: sender, power: power)
    }

    private func carryOut(
        _ command: RoomCommand, by sender: MatrixUserID, in room: String, event: String, _ view: BatchView
    ) async throws -> RenderedMessage {
        if command.isChange { log.notice("\(room): \(sender) asked: \(command)") }
        switch command {
        case .help: return .help
        case .list: return try await view.recent()
        case .status(nil): return try await view.active()
        case .status(let id?): return RenderedMessage(of: try await view.event(id))
        case .watch(let id): return try watch(try await view.event(id), by: sender, in: room)
        case .cancel(let id):
            try await batches.batch(id).cancel(actor: sender.description, interface: "matrix")
            return RenderedMessage(saying: "batch \(id) is being cancelled")
        case .pause(let id):
            try await batches.batch(id).pause(actor: sender.description, interface: "matrix")
            return RenderedMessage(saying: "batch \(id) is paused; go on with: !tally resume \(id)")
        case .resume(let id):
            try await batches.batch(id).resume(actor: sender.description, interface: "matrix")
            return RenderedMessage(saying: "batch \(id) goes on")
        case .retry(let id): return try await retry(id, by: sender, event: event)
        }
    }

    /// The new batch's id follows from the command, so that one that is done twice makes one batch.
    private func retry(_ id: BatchID, by sender: MatrixUserID, event: String) async throws -> RenderedMessage
    {
        let new = try await batches.batch(id).retry(
            as: RoomCommand.retryID(of: event), actor: sender.description, interface: "matrix")
        return RenderedMessage(saying: "batch \(new.id) is the retry of \(id)'s failures")
    }

    private func watch(_ event: BatchProgressEvent, by sender: MatrixUserID, in room: String) throws
        -> RenderedMessage
    {
        let id = event.batchId
        guard !event.status.isEnd else { return RenderedMessage(of: event) }
        let key = MessageKey(room: room, batch: id)
        if !schedule.follows(key) {
            var kept = try store.message(key) ?? KeptMessage()
            kept.watchers = MessageSchedule.adding(sender, to: kept.watchers)
            try save(kept, of: key)
            guard try follow(event, in: room, asker: nil) else {
                return RenderedMessage(
                    saying: "the message of batch \(id) was removed from this room, and stays away")
            }
        } else if let change = schedule.watch(key, by: sender) {
            try save(change.kept, of: key)
        }
        waker.wake()
        return RenderedMessage(saying: "you will be told when batch \(id) has ended")
    }

    /// In a room that is new to us.
    func showActiveBatches() async throws {
        ignored = []
        guard let active = try? await batches.activeBatches() else { return }
        for detail in active
        where configuration.choice.includes(label: detail.event.label, actor: detail.actor) {
            let asker = detail.actor.flatMap { configuration.mentions[$0] }
            for room in rooms where schedule.isOpen(room) {
                _ = try follow(detail.event, in: room, asker: asker)
            }
        }
        waker.wake()
    }
}
