import BatchClient
import BatchProgress
import BatchProtocol
import LocalFleet
import Synchronization
import UnixSignals

/// `tally run`: submits a batch to the user's own coordinator, works on it with workers of its own, and shows
/// how it goes.
package struct BatchRun: Sendable {
    /// Longer than a command has from SIGTERM to SIGKILL.
    private static let grace: Duration = .seconds(12)

    private let request: RunRequest
    private let id: BatchID
    private let folder: StateFolder
    private let display: ProgressDisplay
    private let happenings: AsyncStream<RunSteering.Happening>
    private let happened: AsyncStream<RunSteering.Happening>.Continuation

    package init(_ request: RunRequest, environment: [String: String]) throws {
        self.request = request
        if case .rest(let id) = request.work {
            self.id = id
        } else {
            var random = SystemRandomNumberGenerator()
            id = BatchID.random(using: &random)
        }
        folder = try StateFolder()
        display = ProgressDisplay(on: .standardError, workingOn: id, environment: environment)
        (happenings, happened) = AsyncStream.makeStream()
    }

    /// - Parameter given: a coordinator that was named; nil: the user's own, started if need be.
    /// - Throws: `BatchClientError`, `FleetError`, `InputError`, `RunError`, `StateFolderError`, `TemplateError`,
    ///   `Values.TooLong`.
    package func run(coordinator given: CoordinatorAddress?) async throws -> RunEnd {
        // Each of the processes would say it.
        if given == nil { try folder.checkSocketPath() }
        switch request.work {
        case .new(let batch, let source):
            // No values, no batch, and nothing is started for it.
            guard let work = try await NewWork(batch, source, id: id, actor: request.actor) else {
                Descriptor.standardError.write(line: "tally: no values: nothing to do")
                return RunEnd(code: .allCompleted, interruption: nil)
            }
            return try await run(given, work)
        case .rest: return try await run(given, RemainingWork(id: id))
        }
    }

    private func run(_ given: CoordinatorAddress?, _ work: some RunWork) async throws -> RunEnd {
        let address = given ?? CoordinatorAddress("ipc://\(folder.runtimePath)/control")
        let output = RunOutput(display: display, isEvents: request.output.isEvents) { [happened] code in
            happened.yield(.outputFailed(code))
        }
        let relay = try makeRelay(output)
        // Workers look for the coordinator by themselves, so they start while it does.
        let crew = try WorkerCrew(request, address: address, lane: id, folder: folder, relay: relay)
        defer { crew.cut() }
        if given == nil {
            _ = try await LocalCoordinator.ensure(executable: request.executable, folder: folder)
        }
        return try await BatchConnection.open(to: address) { client in
            // Before anything begins that a signal has to end in order.
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
            await client.attend(id)
            relay.noteEnded(below: try await work.check(client))
            let begun = Task { await begin(work, client) }
            var tasks = [watch(signals), follow(client), accompany(crew, relay, client)]
            tasks.append(contentsOf: [tellEvents(client, output), unblock(relay, client)])
            if given == nil { tasks.append(keepCoordinator(client)) }
            defer { for task in tasks { task.cancel() } }
            let steering = await steer(client, crew, work)
            return try await end(steering, client, work, begun, output)
        }
    }

    private func makeRelay(_ output: RunOutput) throws -> RelayReader {
        let order = request.output.keepsOrder ? try OutputOrder(from: 0, to: output.operations) : nil
        let count = Mutex(0)
        return RelayReader(writingTo: output.operations, in: order) { [request, happened] end in
            request.output.jobLog?.write(end)
            guard let limit = request.failureLimit, end.isFailure else { return nil }
            let failures = count.withLock { count in
                count += 1
                return count
            }
            guard failures >= limit.count else { return .goOn }
            if failures == limit.count { happened.yield(.failuresReachedLimit(limit.manner)) }
            return .drain
        }
    }

    /// Reacts to what happens until the workers are gone, which they are last.
    private func steer(
        _ client: BatchConnection, _ crew: WorkerCrew, _ work: some RunWork
    ) async -> RunSteering {
        var steering = RunSteering()
        for await happening in happenings {
            for directive in steering.react(to: happening) {
                switch directive {
                case .workers(let order): crew.end(order)
                case .show(let interruption): Task { await show(interruption, client) }
                case .giveGrace: Task { try await sayGraceIsOver() }
                case .pause:
                    work.stop()
                    // Not waited for: the coordinator may be away.
                    Task { try? await client.batch(id).pause() }
                case .cut: crew.cut()
                case .finish: happened.finish()
                }
            }
        }
        return steering
    }

    /// What is left of the batch is whole, and waits; says what has become of it.
    private func end(
        _ steering: RunSteering, _ client: BatchConnection, _ work: some RunWork, _ begun: Task<Void, Never>,
        _ output: RunOutput
    ) async throws -> RunEnd {
        var detail = try? await client.batch(id).status()
        if detail?.event.status.isEnd != true {
            work.stop()
            await begun.end(within: .seconds(5))
            try? await (steering.isHopeless ? work.giveUp(client) : client.batch(id).pause())
            detail = try? await client.batch(id).status()
        }
        let last = detail?.event
        await client.leave(id)
        if let last { output.put(last) }
        if let line = work.note(last) { display.printAbove(Array("tally: \(line)\n".utf8)) }
        display.finish(
            summaryOf: steering.wantsSummary ? last : nil, belongsToRun: true,
            lost: detail?.lostOperations ?? 0)
        if let error = steering.error { throw error }
        guard let code = steering.exitCode(last: last?.status) else {
            throw RunError("the workers ended by themselves; their log is \(folder.logPath(of: "worker"))")
        }
        return RunEnd(code: code, interruption: steering.interruption)
    }

    // MARK: What goes on meanwhile

    private func begin(_ work: some RunWork, _ client: BatchConnection) async {
        do {
            try await work.begin(client)
        } catch is CancellationError {
            return
        } catch {
            happened.yield(.failed(error))
        }
    }

    private func watch(_ signals: UnixSignalsSequence) -> Task<Void, Never> {
        Task {
            for await signal in signals {
                happened.yield(.signal(signal == .sigint ? .interrupted : .terminated))
            }
        }
    }

    private func show(_ interruption: RunInterruption, _ client: BatchConnection) async {
        display.show(interruption, running: try? await client.activeOperations(of: id))
    }

    private func sayGraceIsOver() async throws {
        try await Task.sleep(for: Self.grace)
        happened.yield(.graceOver)
    }

    private func follow(_ client: BatchConnection) -> Task<Void, Never> {
        Task {
            let follower = BatchFollower(
                client: client, display: display, batch: id, pollInterval: .milliseconds(500))
            if let last = try? await follower.follow(), last.status.isEnd { happened.yield(.ended) }
        }
    }

    private func tellEvents(_ client: BatchConnection, _ output: RunOutput) -> Task<Void, Never> {
        Task {
            guard request.output.isEvents else { return }
            for await case .event(let event) in client.updates where event.batchId == id { output.put(event) }
        }
    }

    /// Output that waits for an operation whose worker was lost, or that ended in a former run, waits no longer.
    private func unblock(_ relay: RelayReader, _ client: BatchConnection) -> Task<Void, Never> {
        Task {
            while request.output.keepsOrder, (try? await Task.sleep(for: .milliseconds(300))) != nil {
                guard relay.isWaiting, let detail = try? await client.batch(id).status() else { continue }
                relay.noteEnded(below: detail.endedBelow)
            }
        }
    }

    /// The user's own coordinator has nobody else to start it again.
    private func keepCoordinator(_ client: BatchConnection) -> Task<Void, Never> {
        Task {
            for await update in client.updates where update == .lost {
                // It isn't told again that it is lost.
                while !Task.isCancelled,
                    (try? await LocalCoordinator.ensure(executable: request.executable, folder: folder))
                        == nil
                {
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    private func accompany(
        _ crew: WorkerCrew, _ relay: RelayReader, _ client: BatchConnection
    ) -> Task<Void, Never> {
        Task {
            await crew.untilGone()
            relay.finish()
            if crew.wasRefused { happened.yield(.workersRefused(.workersRefused(client.keyName))) }
            happened.yield(.workersGone)
        }
    }
}

extension BatchDetail {
    var endedBelow: Int { event.status.isEnd ? .max : firstOpenOperation ?? event.totalOperations }
}

extension Task where Success == Void, Failure == Never {
    /// Waits for its end, but not for ever: then it is cancelled.
    fileprivate func end(within limit: Duration) async {
        let deadline = Task<Void, any Error> {
            try await Task<Never, Never>.sleep(for: limit)
            cancel()
        }
        await value
        deadline.cancel()
    }
}
