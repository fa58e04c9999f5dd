import BatchClient
import BatchProgress
import CommandTemplate
import LocalFleet
import Synchronization
import UnixSignals

/// `tally run`: submits a batch to the user's own coordinator, works on it with workers of its own, and shows
/// how it goes.
package struct BatchRun: Sendable {
    private enum Happening: Sendable {
        case ended
        case signal(ExitCode)
        case outputClosed
        case failed(any Error)
        case workersGone
    }

    private let request: RunRequest
    private let id: BatchID
    private let folder: StateFolder
    private let display: ProgressDisplay
    private let happenings: AsyncStream<Happening>
    private let happened: AsyncStream<Happening>.Continuation

    package init(_ request: RunRequest, environment: [String: String]) throws {
        self.request = request
        if case .rest(let id) = request.work {
            self.id = id
        } else {
            var random = SystemRandomNumberGenerator()
            id = BatchID.random(using: &random)
        }
        folder = try StateFolder()
        display = ProgressDisplay(on: .standardError, environment: environment)
        (happenings, happened) = AsyncStream.makeStream()
    }

    /// - Parameter given: a coordinator that was named; nil: the user's own, started if need be.
    /// - Throws: `BatchClientError`, `FleetError`, `TemplateError`, `Values.TooLong`.
    package func run(coordinator given: CoordinatorAddress?) async throws -> ExitCode {
        guard case .new(let template, let source) = request.work else {
            return try await run(given) { client in
                try await checkIsOurs(client)
                return Task { await resume(client) }
            }
        }
        let values = ValueReader(source)
        // No values, no batch, and nothing is started for it.
        guard let first = try await values.next() else { return .allCompleted }
        var operations = CommandOperations(
            template: template, folder: request.folder, timeout: request.timeout)
        // A template that doesn't work is told before anything is started.
        let firstOperations = try operations.operations(for: first)
        let rest = operations
        return try await run(given) { client in
            Task { await submit(client, firstOperations, rest, values) }
        }
    }

    /// - Parameter begin: gives the batch its operations, or sets it going again.
    private func run(
        _ given: CoordinatorAddress?, begin: (BatchConnection) async throws -> Task<Void, Never>
    ) async throws -> ExitCode {
        let address = given ?? CoordinatorAddress("ipc://\(folder.runtimePath)/control")
        let output = RunOutput(display: display) { [happened] in happened.yield(.outputClosed) }
        // Workers look for the coordinator by themselves, so they start while it does.
        let crew = try WorkerCrew(
            executable: request.executable, address: address, lane: id, jobs: request.jobs, folder: folder,
            relay: RelayReader(writingTo: output.operations))
        defer { crew.end() }
        if given == nil {
            _ = try await LocalCoordinator.ensure(executable: request.executable, folder: folder)
        }
        return try await BatchConnection.open(to: address) { client in
            await client.attend(id)
            var tasks = [try await begin(client), watchSignals(), follow(client), accompany(crew)]
            if given == nil { tasks.append(keepCoordinator(client)) }
            defer { for task in tasks { task.cancel() } }
            return try await steer(client, crew)
        }
    }

    /// Reacts to what happens until the workers are gone, which they are last.
    private func steer(_ client: BatchConnection, _ crew: WorkerCrew) async throws -> ExitCode {
        var interruption: ExitCode?
        var failure: (any Error)?
        var hasEnded = false
        for await happening in happenings {
            switch happening {
            case .ended:
                hasEnded = true
                crew.drain()
            case .signal(let code):
                if interruption == nil { try? await client.batch(id).pause() }
                interruption = interruption ?? code
                crew.drain()
            case .outputClosed:
                if interruption == nil { try? await client.batch(id).pause() }
                interruption = .outputClosed
                crew.drain()
                crew.drain()
            case .failed(let error):
                failure = failure ?? error
                try? await client.batch(id).cancel()
                crew.drain()
            case .workersGone:
                happened.finish()
            }
        }
        await client.leave(id)
        let last = try? await client.batch(id).status().event
        if let failure { throw failure }
        display.finish(summaryOf: interruption == .outputClosed ? nil : last)
        if let interruption, last?.status.isEnd != true || interruption == .outputClosed {
            return interruption
        }
        guard let last, hasEnded || last.status.isEnd else {
            throw RunError("the workers ended by themselves; their log is \(folder.logPath(of: "worker"))")
        }
        return ExitCode(last.status)
    }

    private func watchSignals() -> Task<Void, Never> {
        Task {
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                happened.yield(.signal(signal == .sigint ? .interrupted : .terminated))
            }
        }
    }

    private func follow(_ client: BatchConnection) -> Task<Void, Never> {
        Task {
            let follower = BatchFollower(
                client: client, display: display, batch: id, pollInterval: .milliseconds(500))
            if let last = try? await follower.follow(), last.status.isEnd { happened.yield(.ended) }
        }
    }

    /// The user's own coordinator has nobody else to start it again.
    private func keepCoordinator(_ client: BatchConnection) -> Task<Void, Never> {
        Task {
            for await update in client.updates where update == .lost {
                _ = try? await LocalCoordinator.ensure(executable: request.executable, folder: folder)
            }
        }
    }

    private func accompany(_ crew: WorkerCrew) -> Task<Void, Never> {
        Task {
            await crew.untilGone()
            happened.yield(.workersGone)
        }
    }

    private func submit(
        _ client: BatchConnection, _ first: [BatchOperation], _ operations: CommandOperations,
        _ values: ValueReader
    ) async {
        let batch = BatchRequest(
            id: id, label: request.label, actor: request.actor, interface: "cli", lane: id.description,
            retries: request.retries, onLost: .fail, attended: true)
        var first: [BatchOperation]? = first
        var operations = operations
        do {
            _ = try await client.enqueue(batch) {
                if let taken = first.take() { return taken }
                guard let found = try await values.next() else { return nil }
                return try operations.operations(for: found)
            }
        } catch is CancellationError {
            return
        } catch {
            happened.yield(.failed(error))
        }
    }

    /// Only what was begun by `tally run` is gone on with here: the rest is the fleet's.
    private func checkIsOurs(_ client: BatchConnection) async throws {
        let detail = try await client.batch(id).status()
        guard !detail.event.status.isEnd else {
            throw RunError("batch '\(id)' has ended (\(detail.event.status.rawValue)): nothing is left of it")
        }
        guard detail.lane == id.description else {
            throw RunError("batch '\(id)' is the fleet's; go on with it by: tally resume \(id)")
        }
    }

    private func resume(_ client: BatchConnection) async {
        do {
            try await client.batch(id).resume()
        } catch {
            happened.yield(.failed(error))
        }
    }
}

/// Why a run could not go on.
package struct RunError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
