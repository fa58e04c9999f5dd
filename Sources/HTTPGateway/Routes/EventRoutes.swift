import BatchClient
import HTTPTypes
import Hummingbird

/// `GET /batches/{id}/events` and `GET /events`: what happens, as it happens.
package struct EventRoutes: Sendable {
    let client: BatchConnection
    let streams: OpenStreams
    private let encoded = EncodedEvents()

    package init(client: BatchConnection, streams: OpenStreams) {
        self.client = client
        self.streams = streams
    }

    package func addRoutes(to router: Router<HTTPContext>) {
        router.get("/batches/:id/events") { request, context in try await one(request, context) }
        router.get("/events") { request, context in try await all(request, context) }
    }

    /// The first event is here before the answer is decided on, so that an error has its status.
    private func one(_ request: Request, _ context: HTTPContext) async throws -> Response {
        let id = try context.batchID
        let form = try request.streamForm
        let known = request.lastEventID
        try await client.needCoordinator()
        var events = client.batch(id).events.makeAsyncIterator()
        guard let first = try await events.next() else {
            throw Problem(.serviceUnavailable, "the gateway is shutting down", headers: [.retryAfter: "2"])
        }
        return streams.response(form, in: context, lastWord: form.closing) { [events] sink in
            var events = events
            var next: BatchProgressEvent? = first
            if let opening = form.opening { try await sink.write(opening) }
            while let event = next {
                // What the client has it isn't told again; that it ended, always.
                if event.revision > known || event.status.isEnd {
                    try await sink.write(encoded.bytes(of: event, as: form))
                }
                next = try await events.next()
            }
        }
    }

    private func all(_ request: Request, _ context: HTTPContext) async throws -> Response {
        let form = try request.streamForm
        let known = request.lastEventID
        try await client.needCoordinator()
        return streams.response(form, in: context, lastWord: form.closing) { sink in
            if let opening = form.opening { try await sink.write(opening) }
            var updates = await client.updates.listening()
            var told: [BatchID: Int64] = [:]
            for event in known > 0 ? try await ended(after: known - Self.overtaking) : [] {
                told[event.batchId] = event.revision
                try await sink.write(encoded.bytes(of: event, as: form))
            }
            while let update = await updates.next() {
                if case .event(let event) = update, event.revision > told[event.batchId] ?? known {
                    try await sink.write(encoded.bytes(of: event, as: form))
                }
            }
        }
    }

    /// Of several batches what is newer may be told before what is older, where it took the place of what waited. So
    /// ends of so many revisions before the newest that a client knows are told again: it may lack one.
    private static let overtaking: Int64 = 1000

    /// Ends that a client missed while it was away.
    private func ended(after revision: Int64) async throws -> [BatchProgressEvent] {
        try await client.recentBatches().map(\.event).filter { $0.status.isEnd && $0.revision > revision }
            .sorted { $0.revision < $1.revision }
    }
}

extension Request {
    fileprivate var streamForm: StreamForm {
        get throws(Problem) {
            let accept = headers[values: .accept].joined(separator: ",")
            guard let form = StreamForm(accept: accept) else {
                let types = StreamForm.allCases.map(\.mediaType).joined(separator: " or ")
                throw Problem(.notAcceptable, "this is told as \(types)")
            }
            return form
        }
    }

    /// The revision of the newest event that the client has; -1 if it has none.
    fileprivate var lastEventID: Int64 {
        guard let name = HTTPField.Name("Last-Event-ID") else { return -1 }
        return headers[name].flatMap { Int64($0) } ?? -1
    }
}
