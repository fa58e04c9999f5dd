import BatchProgress

/// What a server says to requests, in any revision, as far as it can without looking at a batch.
package struct MCPRules: Sendable {
    package enum Answer: Hashable, Sendable {
        case result(JSONValue)
        case refusal(RPCError)
        /// Somebody has to do it.
        case call(MCPCall)
    }

    package let server: ServerIdentity
    let instructions: String
    let tools: [ToolDescription]
    /// Other names under which tools may be called.
    let aliases: [String: String]
    let resourceTemplate: JSONValue

    package init(
        server: ServerIdentity, instructions: String, tools: [ToolDescription], aliases: [String: String],
        resourceTemplate: JSONValue
    ) {
        self.server = server
        self.instructions = instructions
        self.tools = tools
        self.aliases = aliases
        self.resourceTemplate = resourceTemplate
    }

    /// To a request that is to be answered in this revision.
    package func answer(_ request: RPCRequest, in revision: ProtocolRevision) -> Answer {
        let dialect = Dialect(revision: revision, server: server)
        do throws(RPCError) {
            if let result = try result(of: request, dialect) { return .result(result) }
            let work = try work(of: request, revision)
            let token = try progressToken(of: request)
            return .call(MCPCall(id: request.id, work: work, progressToken: token, dialect: dialect))
        } catch {
            return .refusal(error)
        }
    }

    /// What is the same every time; nil: it isn't.
    private func result(of request: RPCRequest, _ dialect: Dialect) throws(RPCError) -> JSONValue? {
        let revision = dialect.revision
        switch request.method {
        case "ping" where !revision.isModern: return dialect.result()
        case "server/discover" where revision.isModern: return dialect.result(discovery, freshFor: .lasting)
        case "tools/list":
            try refuseCursor(request)
            let list = tools.map { $0.json(in: revision) }
            return dialect.result(["tools": .array(list)], freshFor: .lasting)
        case "resources/templates/list":
            try refuseCursor(request)
            return dialect.result(["resourceTemplates": [resourceTemplate]], freshFor: .lasting)
        default: return nil
        }
    }

    private func work(
        of request: RPCRequest, _ revision: ProtocolRevision
    ) throws(RPCError) -> MCPCall.Work {
        switch request.method {
        case "tools/call": return try toolCall(request, revision)
        case _ where request.method.hasPrefix("tasks/"):
            guard let action = TaskAction(method: request.method, in: revision) else {
                throw .methodNotFound(request.method)
            }
            return .task(id: try text("taskId", request), action)
        case "resources/list": return .listResources(cursor: try optionalText("cursor", request))
        case "resources/read": return .readResource(uri: try text("uri", request))
        case "completion/complete": return .complete(prefix: try completionPrefix(request))
        case "resources/subscribe" where !revision.isModern:
            return .subscribe(uri: try text("uri", request))
        case "resources/unsubscribe" where !revision.isModern:
            return .unsubscribe(uri: try text("uri", request))
        case "subscriptions/listen" where revision.isModern: return .listen(try filter(request))
        default: throw .methodNotFound(request.method)
        }
    }

    private func toolCall(
        _ request: RPCRequest, _ revision: ProtocolRevision
    ) throws(RPCError) -> MCPCall.Work {
        let asked = try text("name", request)
        let name = aliases[asked] ?? asked
        guard let tool = tools.first(where: { $0.name == name }) else {
            throw .invalidParams("Unknown tool: \(asked)")
        }
        guard let arguments = (request.parameters["arguments"] ?? [:]).object else {
            throw .invalidParams("'arguments' is an object")
        }
        if let batch = try BatchTask.batch(of: request, to: tool, arguments, in: revision) {
            return .follow(batchID: batch)
        }
        return .tool(name, arguments: arguments)
    }

    private func filter(_ request: RPCRequest) throws(RPCError) -> ListenFilter {
        guard let filter = request.parameters["notifications"], filter.object != nil else {
            throw .invalidParams("'notifications' is an object")
        }
        guard let uris = (filter["resourceSubscriptions"] ?? []).array else {
            throw .invalidParams("'resourceSubscriptions' is a list of URIs")
        }
        let texts = uris.compactMap(\.string)
        guard texts.count == uris.count, texts.count <= 1000 else {
            throw .invalidParams("'resourceSubscriptions' is a list of at most 1000 URIs")
        }
        return ListenFilter(uris: texts)
    }

    private func completionPrefix(_ request: RPCRequest) throws(RPCError) -> String {
        guard let reference = request.parameters["ref"], reference["type"] == "ref/resource",
            reference["uri"] == resourceTemplate["uriTemplate"]
        else { throw .invalidParams("only the resource template's argument can be completed") }
        guard let argument = request.parameters["argument"], argument["name"] == "id",
            let value = argument["value"]?.string
        else { throw .invalidParams("'argument' is {\"name\": \"id\", \"value\": …}") }
        return value
    }
}

// MARK: - What it says of itself

extension MCPRules {
    func capabilities(in revision: ProtocolRevision) -> JSONValue {
        var capabilities: [String: JSONValue] = [
            "tools": [:], "resources": ["subscribe": true], "completions": [:],
        ]
        if revision.hasTaskParameter { capabilities["tasks"] = ["requests": ["tools": ["call": [:]]]] }
        if revision.isModern { capabilities["extensions"] = [BatchTask.extensionName: [:]] }
        return .object(capabilities)
    }

    private var discovery: [String: JSONValue] {
        [
            "supportedVersions": .array(ProtocolRevision.allCases.reversed().map { .string($0.rawValue) }),
            "capabilities": capabilities(in: .july2026), "instructions": .string(instructions),
        ]
    }

    /// The answer to the handshake of the older era.
    func greeting(in revision: ProtocolRevision) -> JSONValue {
        [
            "protocolVersion": .string(revision.rawValue), "capabilities": capabilities(in: revision),
            "serverInfo": server.json, "instructions": .string(instructions),
        ]
    }
}

// MARK: - Parameters

extension MCPRules {
    private func text(_ name: String, _ request: RPCRequest) throws(RPCError) -> String {
        guard let value = request.parameters[name]?.string else {
            throw .invalidParams("'\(name)' is missing, or no string")
        }
        return value
    }

    private func optionalText(_ name: String, _ request: RPCRequest) throws(RPCError) -> String? {
        request.parameters[name] == nil ? nil : try text(name, request)
    }

    /// Lists of one page have no cursor that could come from us.
    private func refuseCursor(_ request: RPCRequest) throws(RPCError) {
        guard request.parameters["cursor"] == nil else { throw .invalidParams("Invalid cursor") }
    }

    /// A string or an integer; 0 is one.
    private func progressToken(of request: RPCRequest) throws(RPCError) -> JSONValue? {
        guard let token = request.meta?["progressToken"] else { return nil }
        guard let id = RPCID(token) else {
            throw .invalidParams("'progressToken' is a string or an integer")
        }
        return id.json
    }
}
