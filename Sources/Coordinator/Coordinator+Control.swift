import AccessControl
import BatchEngine
import BatchProgress
import BatchProtocol
import Logging
import BatchStore
import ZeroMQ

extension Coordinator {
    /// Requests may carry a thousand operations each, so fewer of them are taken in a turn.
    private static let requestsPerTurn = 16

    /// What clients ask.
    func drainControl() {
        resumeIfHeld()
        var requests: [(ClientRequest, ControlRequest)] = []
        for _ in 0..<Self.requestsPerTurn {
            guard let received = receive(from: control) else { break }
            if let request = understand(received) { requests.append(request) }
        }
        guard !requests.isEmpty else { return }
        if let hold { return requests.forEach { answer($0.1, while: hold, $0.0) } }
        turn { engine, turn in
            for (client, request) in requests { handle(request, from: client, &engine, &turn) }
        }
    }

    /// The store refused a commit a moment ago: only what rests on nothing is answered.
    private func answer(_ request: ControlRequest, while hold: Hold, _ client: ClientRequest) {
        if case .hello = request.verb {
            return send([WireFormat.encode(ControlAnswer(id: client.id, ok: hello))], to: client)
        }
        refuse(client, hold.reason)
    }

    private func understand(_ received: Received) -> (ClientRequest, ControlRequest)? {
        switch received {
        case .oversized(let identity, let frames):
            refuse(ClientRequest(identity: identity), oversized(identity, frames))
            return nil
        case .message(let frames):
            clients[frames[0]] = clock.now
            // It may be gone when it is looked who is here.
            idleSince = nil
            let body = Array(frames.dropFirst())
            do {
                try checkBudget(of: frames[0])
                var request = try ControlRequest(frames: body)
                if let holder = try holder(on: control, as: .control) {
                    try AccessRules.admit(&request.verb, by: holder)
                }
                return (ClientRequest(identity: frames[0], id: request.id), request)
            } catch {
                refuse(ClientRequest(identity: frames[0], id: ControlRequest.id(in: body)), error)
                return nil
            }
        }
    }

    /// A message of too many frames, which counts as any other does.
    func oversized(_ peer: Frame, _ frames: Int) -> WireError {
        do {
            try checkBudget(of: peer)
        } catch {
            return error
        }
        return WireError(.tooLarge, "a message of \(frames) frames; at most \(WireLimits.frames)")
    }

    /// - Parameter peer: the identity of a connection, which the socket has made up.
    /// - Throws: `tooMany`.
    func checkBudget(of peer: Frame) throws(WireError) {
        guard !budget.spend(peer, at: clock.now) else { return }
        throw WireError(
            .tooMany,
            "more than \(WireLimits.messagesPerSecond) messages a second on this connection: wait a moment")
    }

    private func handle(
        _ request: ControlRequest, from client: ClientRequest, _ engine: inout BatchEngine, _ turn: inout Turn
    ) {
        switch request.verb {
        case .hello: answer(client, hello)
        case .open(let request): open(request, client, &engine, &turn)
        case .add(let chunk): add(chunk, request.data, client, &engine, &turn)
        case .seal(let seal): self.seal(seal, client, &engine, &turn)
        case .cancel(let steering):
            change(steering, as: "cancelled", client, &engine, &turn) {
                try $1.cancel(steering.batch, known: $0, in: &$2)
            }
        case .pause(let steering):
            change(steering, as: "paused", client, &engine, &turn) {
                try $1.pause(steering.batch, known: $0, in: &$2)
            }
        case .resume(let steering):
            change(steering, as: "resumed", client, &engine, &turn) {
                try $1.resume(steering.batch, known: $0, in: &$2)
            }
        case .retry(let retry): self.retry(retry, client)
        case .attend(let attend):
            for id in attend.batches { engine.attend(id, at: turn.now) }
            answer(client, NoBody())
        case .goodbye: clients[client.identity] = nil
        case .status(let reference): status(of: reference.batch, client, engine)
        case .list(let list): self.list(withEnded: list.ended ?? false, client, engine)
        case .snapshot(let request): snapshot(since: request.since, client, engine)
        case .operations(let reference):
            let operations = engine.activeOperations(of: reference.batch, limit: WireLimits.listedOperations)
            answer(client, OperationsAnswer(operations: operations))
        case .workers: answer(client, WorkersAnswer(workers: engine.activeWorkers))
        case .failures(let request): failures(request, client)
        case .logs(let reference): logs(reference, client, engine)
        }
    }

    private var hello: HelloAnswer {
        HelloAnswer(
            epoch: epoch, program: configuration.program, events: eventsAddress,
            dispatch: dispatch.lastEndpoint, completions: completions.lastEndpoint)
    }

    // MARK: Answers

    /// An answer that leaves once all that it tells is durable.
    func answer(_ client: ClientRequest, _ body: some Codable & Sendable, _ frames: [Frame] = []) {
        let header = WireFormat.encode(ControlAnswer(id: client.id, ok: body))
        pending.effects.append(.answer(client, [header] + frames))
    }

    /// A refusal by the engine may rest on what isn't durable yet, such as an end: it waits as an answer does.
    func answer(_ client: ClientRequest, refusing error: WireError) {
        metrics.rejectedMessage(on: "control")
        pending.effects.append(.answer(client, refusal(error, of: client)))
    }

    /// A refusal that rests on the request alone, or on what is durable: it doesn't wait.
    func refuse(_ client: ClientRequest, _ error: WireError) {
        metrics.rejectedMessage(on: "control")
        send(refusal(error, of: client), to: client)
    }

    private func refusal(_ error: WireError, of client: ClientRequest) -> [Frame] {
        [WireFormat.encode(ControlAnswer<NoBody>(id: client.id, error: error))]
    }

    func send(_ frames: [Frame], to client: ClientRequest) {
        do {
            // A client that is gone asks again when it is back.
            try control.send([client.identity] + frames)
        } catch {
            log.error("control failed", metadata: ["error": "\(error)"])
        }
    }
}
