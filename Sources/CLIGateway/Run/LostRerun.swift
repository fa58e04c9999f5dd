import BatchClient
import BatchProgress
import LocalFleet

/// `tally run --resume ID --rerun-lost`: goes on with a batch to its end, and then runs what was lost with its
/// worker once more, as a batch of its own.
package struct LostRerun: Sendable {
    private let request: RunRequest
    private let id: BatchID
    private let environment: [String: String]

    package init(_ request: RunRequest, of id: BatchID, environment: [String: String]) {
        self.request = request
        self.id = id
        self.environment = environment
    }

    /// - Throws: as `BatchRun` does.
    package func run(coordinator given: CoordinatorAddress?) async throws -> ExitCode {
        var end: RunEnd?
        var detail = try await ask(given) { client in try await client.batch(id).status() }
        if !detail.event.status.isEnd {
            end = try await run(the: id, given)
            detail = try await ask(given) { client in try await client.batch(id).status() }
        }
        guard detail.lane == id.description else { throw RunError.isFleets(id) }
        // It was stopped, and waits.
        if let end, !detail.event.status.isEnd { return end.code }
        guard let lost = detail.lostOperations, lost > 0 else {
            guard let end else { throw RunError.nothingLost(detail) }
            return end.code
        }
        // Nothing more is started, though the batch came to its end.
        if let reason = end?.interruption { return reason }
        let rerun = try await ask(given) { client in
            try await client.batch(id).retry(lostOnly: true, actor: request.actor, interface: "cli").id
        }
        let code = try await run(the: rerun, given).code
        let othersFailed = detail.event.failedOperations > lost
        return code == .allCompleted && othersFailed ? .someFailed : code
    }

    private func run(the batch: BatchID, _ given: CoordinatorAddress?) async throws -> RunEnd {
        var request = request
        request.work = .rest(of: batch)
        return try await BatchRun(request, environment: environment).run(coordinator: given)
    }

    private func ask<Answer: Sendable>(
        _ given: CoordinatorAddress?, _ body: (BatchConnection) async throws -> Answer
    ) async throws -> Answer {
        if let given { return try await BatchConnection.open(to: given, body) }
        let own = try await LocalCoordinator.ensure(executable: request.executable, folder: try StateFolder())
        return try await BatchConnection.open(to: own, body)
    }
}
