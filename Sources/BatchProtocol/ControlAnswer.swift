import BatchProgress

/// An answer over `control`: `ok` with what was asked for, or `error`.
package struct ControlAnswer<Body: Codable & Sendable>: Codable, Sendable {
    package var v = WireFormat.version
    /// The request's; absent if it had none that could be read.
    package var id: Int?
    package var ok: Body?
    package var error: WireError?

    package init(id: Int?, ok: Body) {
        self.id = id
        self.ok = ok
    }

    package init(id: Int?, error: WireError) {
        self.id = id
        self.error = error
    }

    package func value() throws(WireError) -> Body {
        if let ok { return ok }
        throw error ?? WireError(.malformed, "an answer holds 'ok' or 'error'")
    }
}

package struct NoBody: Codable, Sendable {
    package init() {}
}

/// Who the coordinator is, and where its other sockets are.
package struct HelloAnswer: Codable, Sendable {
    /// Changes with each start.
    package var epoch: Int64
    package var program: String
    package var events: String
    package var dispatch: String
    package var completions: String

    package init(epoch: Int64, program: String, events: String, dispatch: String, completions: String) {
        self.epoch = epoch
        self.program = program
        self.events = events
        self.dispatch = dispatch
        self.completions = completions
    }
}

/// How much of a batch is there.
package struct OpenAnswer: Codable, Sendable {
    package var total: Int
    package var digest: String
    package var sealed: Bool

    package init(total: Int, digest: String, sealed: Bool) {
        self.total = total
        self.digest = digest
        self.sealed = sealed
    }
}

package struct AddAnswer: Codable, Sendable {
    package var total: Int

    package init(total: Int) { self.total = total }
}

package struct ListAnswer: Codable, Sendable {
    package var batches: [BatchDetail]

    package init(batches: [BatchDetail]) { self.batches = batches }
}

/// Of the newest events of all batches, which follow in frames, each a JSON array of some. After `revision`,
/// events tell the rest.
package struct SnapshotAnswer: Codable, Sendable {
    package var epoch: Int64
    package var revision: Int64
    /// There are more that ended than one answer holds: ask again, with this as `since`.
    package var next: Int64?

    package init(epoch: Int64, revision: Int64, next: Int64?) {
        self.epoch = epoch
        self.revision = revision
        self.next = next
    }
}

package struct FailuresAnswer: Codable, Sendable {
    package var failures: [BatchFailure]

    package init(failures: [BatchFailure]) { self.failures = failures }
}

/// What became of one operation; what it printed follows in two frames, standard output and error.
package struct LogsAnswer: Codable, Sendable {
    /// `waiting`, `granted`, `running`, `completed`, `failed` or `cancelled`.
    package var state: String
    package var label: String?
    package var exitCode: Int?
    package var message: String?
    package var worker: String?
    package var attempt: Int?
    package var endedAt: Timestamp?
    /// How much it wrote; more than the frame holds if the middle was left out.
    package var standardOutputBytes: Int64?
    package var standardErrorBytes: Int64?

    package init(
        state: String, label: String? = nil, exitCode: Int? = nil, message: String? = nil,
        worker: String? = nil, attempt: Int? = nil, endedAt: Timestamp? = nil,
        standardOutputBytes: Int64? = nil, standardErrorBytes: Int64? = nil
    ) {
        self.state = state
        self.label = label
        self.exitCode = exitCode
        self.message = message
        self.worker = worker
        self.attempt = attempt
        self.endedAt = endedAt
        self.standardOutputBytes = standardOutputBytes
        self.standardErrorBytes = standardErrorBytes
    }
}

package struct OperationsAnswer: Codable, Sendable {
    package var operations: [ActiveOperation]

    package init(operations: [ActiveOperation]) { self.operations = operations }
}

package struct WorkersAnswer: Codable, Sendable {
    package var workers: [ActiveWorker]

    package init(workers: [ActiveWorker]) { self.workers = workers }
}
