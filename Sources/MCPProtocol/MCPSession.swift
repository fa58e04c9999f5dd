import BatchProgress

/// A client of the older era: its handshake, and then its requests in the revision they agreed on.
package struct MCPSession: Sendable {
    /// What was agreed on; nil before the handshake.
    package private(set) var revision: ProtocolRevision?

    package init() {}

    package mutating func receive(_ request: RPCRequest, _ rules: MCPRules) -> MCPRules.Answer {
        switch (request.method, revision) {
        case ("initialize", nil): return greet(request, rules)
        case ("initialize", _): return .refusal(.invalidRequest("it is initialized already"))
        case ("ping", _): return rules.answer(request, in: revision ?? .newestWithHandshake)
        case (_, nil): return .refusal(.invalidRequest("'initialize' comes first"))
        case (_, .some(let revision)): return rules.answer(request, in: revision)
        }
    }

    /// A revision that isn't known is answered with the newest that is: the client may leave then.
    private mutating func greet(_ request: RPCRequest, _ rules: MCPRules) -> MCPRules.Answer {
        guard let asked = request.parameters["protocolVersion"]?.string else {
            return .refusal(.invalidParams("'protocolVersion' is missing, or no string"))
        }
        let known = ProtocolRevision(rawValue: asked).flatMap { $0.isModern ? nil : $0 }
        let agreed = known ?? .newestWithHandshake
        revision = agreed
        return .result(rules.greeting(in: agreed))
    }
}
