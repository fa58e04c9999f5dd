import BatchProgress
import HTTPGateway
import HTTPTypes
import Hummingbird
import MCPProtocol
import NIOCore

/// `/mcp`: the Streamable HTTP transport, in both eras.
package struct MCPEndpoint: Sendable {
    let desk: MCPDesk
    let streams: OpenStreams
    let sessions: SessionStore
    private let limits: HTTPServerConfiguration.Limits

    package init(_ desk: MCPDesk, streams: OpenStreams, limits: HTTPServerConfiguration.Limits) {
        self.desk = desk
        self.streams = streams
        self.limits = limits
        sessions = SessionStore(desk)
    }

    package func addRoutes(to router: Router<HTTPContext>) {
        router.post("/mcp") { request, context in try await post(request, context) }
        router.get("/mcp") { request, context in try get(request, context) }
        router.delete("/mcp") { request, _ in try delete(request) }
    }

    private func post(_ request: Request, _ context: HTTPContext) async throws -> Response {
        var request = request
        let body = try await request.collectBody(within: limits)
        switch MCPPost(request.mcpHead, body: Array(body.readableBytesView)) {
        case .reject(let status, let fault): return .message(OutgoingMessage(fault), status: status)
        case .accepted: return Response(status: .accepted)
        case .modern(let request, let revision):
            return await modern(request, desk.rules.answer(request, in: revision), context)
        case .handshake(let request): return handshake(request)
        case .within(let id, let message):
            guard let session = sessions[id] else { return Self.unknownSession.response }
            return await legacy(message, session, context)
        }
    }

    // MARK: The newer era: one request, one answer, and the connection is all that holds them together

    private func modern(
        _ request: RPCRequest, _ answer: MCPRules.Answer, _ context: HTTPContext
    ) async -> Response {
        switch answer {
        case .result(let result): return .message(.result(request.id, result))
        case .refusal(let error): return .message(.error(request.id, error), status: error.httpStatus)
        case .call(let call) where call.takesLong: return stream(call, context)
        case .call(let call):
            guard let answer = await desk.perform(call, tell: { _ in }) else {
                return Response(status: .serviceUnavailable)
            }
            guard case .error(_, let error) = answer else { return .message(answer) }
            return .message(answer, status: error.httpStatus)
        }
    }

    /// When the client leaves, the call is cancelled.
    private func stream(_ call: MCPCall, _ context: HTTPContext) -> Response {
        streams.response(
            .serverSentEvents, in: context, lastWord: { ServerSentEvent(call.lastWord($0)).buffer }
        ) { sink in
            let outbox = Outbox()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    if let answer = await perform(call, tell: { outbox.put($0) }) { outbox.put(answer) }
                    outbox.finish()
                }
                while let message = await outbox.next() {
                    guard (try? await sink.write(ServerSentEvent(message).buffer)) != nil else { break }
                }
                group.cancelAll()
            }
            try Task.checkCancellation()
        }
    }

    private func perform(
        _ call: MCPCall, tell: @escaping @Sendable (OutgoingMessage) -> Void
    ) async -> OutgoingMessage? {
        guard case .listen(let filter) = call.work else { return await desk.perform(call, tell: tell) }
        return await desk.listen(filter, call, tell: tell)
    }
}

extension MCPCall {
    /// Whether its answer may be long in coming, so that it is worth a stream.
    var takesLong: Bool {
        switch work {
        case .tool(_, let arguments): progressToken != nil || arguments["stream"] == true
        case .listen, .task(_, .result): true
        default: false
        }
    }

    /// The answer of a server that has to go before the work is done.
    fileprivate func lastWord(_ reason: String) -> OutgoingMessage {
        if case .listen = work { return ListenFilter.end(of: self) }
        return .error(id, .internalError(reason))
    }
}
