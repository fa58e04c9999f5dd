import BatchClient
import BatchProgress
import Logging
import MatrixAPI
import MatrixRoom

extension MatrixGateway {
    func sendMessages() async throws {
        while true {
            try Task.checkCancellation()
            switch schedule.next(at: clock.now) {
            case .send(let sending): try await send(sending)
            case .wait(until: let moment): await waker.sleep(until: moment.map(clock.instant))
            }
        }
    }

    /// What is about to be sent is kept before, so that after a kill the same is sent again under the same transaction.
    private func send(_ sending: Sending) async throws {
        if let key = sending.key, let kept = schedule.kept(key) { try save(kept, of: key) }
        let result = try await result(of: sending)
        let change = schedule.finish(result, at: clock.now)
        if let change { try save(change.kept, of: change.key) }
        try noteAnswer(sending, result)
        if case .roomClosed = result { closures[sending.room] = .refused }
    }

    func save(_ kept: KeptMessage, of key: MessageKey) throws {
        try store.save(kept, of: key, bucket: schedule.bucket, at: clock.now)
    }

    private func noteAnswer(_ sending: Sending, _ result: SendResult) throws {
        guard case .answer(let answer) = sending.content else { return }
        switch result {
        case .accepted, .refused, .roomClosed: try store.removeAnswer(to: answer.command)
        case .limited, .lost: break
        }
    }

    private func result(of sending: Sending) async throws -> SendResult {
        let content = await content(of: sending)
        do {
            let event = try await client.send(
                room: sending.room, type: "m.room.message", transaction: sending.transaction, content: content
            )
            sendingOutage.end(log)
            metrics.sent(sending.content)
            if closures.removeValue(forKey: sending.room) != nil { log.notice("\(sending.room): going on") }
            return .accepted(eventID: event)
        } catch let error as MatrixError {
            return try result(of: sending, error)
        }
    }

    private func result(of sending: Sending, _ error: MatrixError) throws -> SendResult {
        switch error {
        case .limited(let retryAfter):
            log.debug("\(error)")
            return .limited(retryAfter: retryAfter)
        case .unreachable, .unusable:
            return .lost(wait: sendingOutage.begin(error, log) ?? .seconds(60))
        case .unknownToken: throw GatewayFault.tokenRefused(account.homeserver, error)
        case .forbidden:
            // Whoever refuses is there.
            sendingOutage.end(log)
            if closures[sending.room] != .refused {
                log.warning("\(sending.room): nothing can be posted (\(error)); trying again now and then")
            }
            return .roomClosed
        case .notFound, .tooLarge, .refused:
            sendingOutage.end(log)
            log.error("\(sending.room): \(sending.transaction) was refused (\(error)); it is left as it is")
            return .refused
        }
    }

    private func content(of sending: Sending) async -> JSONValue {
        switch sending.content {
        case .original(let message, let event): return MessageContent.original(message, of: event)
        case .edit(let message, let event, of: let original):
            return MessageContent.edit(message, of: event, replacing: original)
        case .mention(let users, let event, under: let original):
            let failures = event.failedOperations > 0 ? await firstFailures(event) : []
            let message = RenderedMessage(mentioning: users, endOf: event, failures: failures)
            return MessageContent.mention(message, of: event, to: users, under: original)
        case .answer(let answer): return MessageContent.answer(answer.message, to: answer.command)
        }
    }

    private func firstFailures(_ event: BatchProgressEvent) async -> [BatchFailure] {
        if let first = try? await batches.batch(event.batchId).failures(limit: 3) { return first }
        return event.errors ?? []
    }
}
