import AccessControl
import BatchEngine
import BatchProgress
import BatchProtocol
import Logging
import ZeroMQ

/// Where a message on dispatch came from.
struct WorkerSender {
    var identity: Frame
    /// Nil, as is its holder, where no keys are asked for.
    var key: CurveKey?
    var holder: AllowList.Holder?
}

extension Coordinator {
    /// What workers say. Signs of life are answered at once; the rest goes through the engine.
    func drainDispatch() {
        resumeIfHeld()
        var received: [(sender: WorkerSender, message: WorkerMessage)] = []
        for _ in 0..<Self.messagesPerTurn {
            guard let next = receive(from: dispatch) else { break }
            switch next {
            case .message(let frames) where frames.count >= 2:
                do {
                    try checkBudget(of: frames[0])
                    let sender = WorkerSender(
                        identity: frames[0], key: dispatch.sender,
                        holder: try holder(on: dispatch, as: .dispatch))
                    received.append((sender, try WorkerMessage(frames: Array(frames.dropFirst()))))
                } catch {
                    send(.error(error), toIdentity: frames[0])
                }
            case .message(let frames):
                send(
                    .error(WireError(.malformed, "a message on dispatch is one JSON frame")),
                    toIdentity: frames[0])
            case .oversized(let identity, let frames):
                send(.error(oversized(identity, frames)), toIdentity: identity)
            }
        }
        guard !received.isEmpty else { return }
        turn { engine, turn in
            for (sender, message) in received {
                do {
                    try handle(message, from: sender, &engine, &turn)
                } catch {
                    send(.error(WireError(describing: error)), toIdentity: sender.identity)
                }
            }
        }
    }

    private func handle(
        _ message: WorkerMessage, from sender: WorkerSender, _ engine: inout BatchEngine, _ turn: inout Turn
    ) throws(WireError) {
        let session = try SessionID(checking: message.session)
        try checkOwner(of: session, sender.key)
        if case .ready(let ready) = message.verb, let holder = sender.holder {
            try AccessRules.check(claim: ready.worker, of: "worker's name", by: holder)
        }
        routes[session]?.identity = sender.identity
        switch message.verb {
        case .ready(let ready):
            let introduction = try WorkerIntroduction(ready, session: session)
            try makeRoute(to: session, of: sender)
            send(welcome(session), to: session)
            engine.ready(introduction, holding: ready.holds, in: &turn)
        case .heartbeat(let capacity):
            if let capacity { try WorkerIntroduction.check(capacity: capacity) }
            guard routes[session] != nil, engine.heard(from: session, capacity: capacity, at: turn.now) else {
                return send(.unknownSession, toIdentity: sender.identity)
            }
            send(.heartbeat(epoch: epoch, grants: grantCount(session)), to: session)
        case .release(let release):
            engine.release(
                release.operations, of: release.batch, attempt: release.attempt, by: session, in: &turn)
        case .goodbye:
            engine.goodbye(session, in: &turn)
            routes[session] = nil
        }
    }

    /// - Throws: `tooMany`.
    private func makeRoute(to session: SessionID, of sender: WorkerSender) throws(WireError) {
        guard routes[session] == nil else { return }
        guard routes.count < WireLimits.sessions else {
            throw WireError(.tooMany, "\(WireLimits.sessions) workers are there already")
        }
        routes[session] = WorkerRoute(identity: sender.identity, key: sender.key)
    }

    /// - Throws: `forbidden` if another key than this one has made the session known.
    func checkOwner(of session: SessionID, _ key: CurveKey?) throws(WireError) {
        guard let route = routes[session], route.key != key else { return }
        throw WireError(.forbidden, "the session is another worker's")
    }

    private func welcome(_ session: SessionID) -> WorkerOrder {
        .welcome(
            epoch: epoch, lease: configuration.engine.lease.inSeconds, grants: grantCount(session))
    }

    private func grantCount(_ session: SessionID) -> Int { routes[session]?.grants ?? 0 }

    /// Operations for a worker, now that they are durably its own. If they don't arrive, its next heartbeat
    /// shows it.
    func send(_ grant: Grant, _ operations: [BatchOperation]) {
        routes[grant.session]?.grants += 1
        send(
            WorkerOrder(grant, sequence: grantCount(grant.session), operations: operations), to: grant.session
        )
        let labels = zip(grant.operations, operations).compactMap { number, operation in
            operation.label.map { (number, $0) }
        }
        guard !labels.isEmpty else { return }
        engine.learn(labels: Dictionary(uniqueKeysWithValues: labels), of: grant.batch)
    }

    func send(_ order: WorkerOrder, to session: SessionID) {
        guard let route = routes[session] else { return }
        send(order, toIdentity: route.identity)
    }

    private func send(_ order: WorkerOrder, toIdentity identity: Frame) {
        if case .error = order { metrics.rejectedMessage(on: "dispatch") }
        do {
            // A worker that is gone or doesn't read is dealt with by its lease.
            try dispatch.send([identity] + order.frames)
        } catch {
            log.error("dispatch failed", metadata: ["error": "\(error)"])
        }
    }
}
