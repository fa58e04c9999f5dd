import HTTPGateway
import HTTPTypes
import Hummingbird
import MCPProtocol
import NIOCore

/// The older era: what a client asks for belongs to its session, not to its connection.
extension MCPEndpoint {
    static let unknownSession = Problem(
        .notFound, "there is no such session, or it has ended: begin with 'initialize'")

    func handshake(_ request: RPCRequest) -> Response {
        guard let (id, session) = sessions.begin() else {
            let detail = "there are too many sessions in use"
            return Problem(.serviceUnavailable, detail, headers: [.retryAfter: "60"]).response
        }
        switch session.answer(to: request) {
        case .result(let result):
            var response = Response.message(.result(request.id, result))
            response.headers[.mcpSessionID] = id
            return response
        case .refusal(let error):
            _ = sessions.end(id)
            return .message(.error(request.id, error))
        case .call: preconditionFailure("a handshake is answered at once")
        }
    }

    func legacy(_ message: RPCMessage, _ session: ClientSession, _ context: HTTPContext) async -> Response {
        switch message {
        case .response: return Response(status: .accepted)
        case .notification(let notification):
            session.receive(notification)
            return Response(status: .accepted)
        case .request(let request):
            switch session.answer(to: request) {
            case .result(let result): return .message(.result(request.id, result))
            // To these clients a status of 404 would say that their session has ended.
            case .refusal(let error): return .message(.error(request.id, error))
            case .call(let call): return await legacy(call, session, context)
            }
        }
    }

    private func legacy(_ call: MCPCall, _ session: ClientSession, _ context: HTTPContext) async -> Response {
        switch call.work {
        case .subscribe(let uri): return .message(await session.subscribe(call, uri))
        case .unsubscribe(let uri): return .message(session.unsubscribe(call, uri))
        case _ where call.takesLong:
            let (name, log) = session.start(call)
            return read(log, StreamPosition(stream: name, number: 0), context)
        default:
            let answer = await desk.perform(call, tell: { _ in })
            return answer.map { .message($0) } ?? Response(status: .serviceUnavailable)
        }
    }

    /// A client may leave and come back; what it asked for goes on.
    private func read(_ log: ReplayLog, _ start: StreamPosition, _ context: HTTPContext) -> Response {
        let reader = log.attach()
        let closing = ByteBuffer(string: "retry: 2000\n\n")
        return streams.response(.serverSentEvents, in: context, lastWord: { _ in closing }) { sink in
            try await sink.write(start.opening)
            var position = start
            while let entry = await log.next(after: position.number, for: reader) {
                position.number = entry.number
                try await sink.write(ServerSentEvent(entry.message, id: position).buffer)
            }
            try Task.checkCancellation()
        }
    }

    func get(_ request: Request, _ context: HTTPContext) throws -> Response {
        let session = try session(of: request)
        guard request.accepts("text/event-stream") else {
            throw Problem(.notAcceptable, "this is told as text/event-stream")
        }
        let last = request.headers[.lastEventID]
        let start = last.map(StreamPosition.init) ?? StreamPosition(stream: 0, number: 0)
        guard let start, let log = session.stream(start.stream) else {
            throw Problem(.badRequest, "Last-Event-ID is of no stream of this session")
        }
        return read(log, start, context)
    }

    func delete(_ request: Request) throws -> Response {
        _ = try session(of: request)
        guard sessions.end(request.headers[.mcpSessionID] ?? "") else { throw Self.unknownSession }
        return Response(status: .noContent)
    }

    private func session(of request: Request) throws(Problem) -> ClientSession {
        if let version = request.headers[.mcpProtocolVersion] {
            guard let revision = ProtocolRevision(rawValue: version) else {
                throw Problem(.badRequest, "MCP-Protocol-Version is none that is spoken here")
            }
            guard !revision.isModern else {
                throw Problem(
                    .methodNotAllowed, "in this revision there is only POST", headers: [.allow: "POST"])
            }
        }
        guard let id = request.headers[.mcpSessionID] else {
            throw Problem(.badRequest, "MCP-Session-Id is missing: 'initialize' gives one")
        }
        guard let session = sessions[id] else { throw Self.unknownSession }
        return session
    }
}
