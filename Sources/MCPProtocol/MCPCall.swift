import BatchProgress

/// A request that needs somebody to look at batches, or to change them: the rules have nothing more to say to it.
package struct MCPCall: Hashable, Sendable {
    package enum Work: Hashable, Sendable {
        case tool(String, arguments: [String: JSONValue])
        /// A tool that follows a batch, as a task.
        case follow(batchID: String)
        case task(id: String, TaskAction)
        case listResources(cursor: String?)
        case readResource(uri: String)
        /// Which batches' ids begin so.
        case complete(prefix: String)
        /// The older era's way: told on the session's own stream.
        case subscribe(uri: String)
        case unsubscribe(uri: String)
        /// The newer era's: told on this request's own stream, until the client leaves.
        case listen(ListenFilter)
    }

    package var id: RPCID
    package var work: Work
    /// What the client calls this request's progress; nil: it doesn't want any.
    package var progressToken: JSONValue?
    package var dialect: Dialect
}

/// What a client of the newer era wants to be told of, as far as we tell it.
package struct ListenFilter: Hashable, Sendable {
    package var uris: [String]

    package init(uris: [String]) {
        self.uris = uris
    }

    package func acknowledgement(of id: RPCID) -> OutgoingMessage {
        .notification(
            "notifications/subscriptions/acknowledged",
            [
                "_meta": [MetaKey.subscriptionID: id.json],
                "notifications": ["resourceSubscriptions": .array(uris.map { .string($0) })],
            ])
    }

    /// The last message: it was we who ended it.
    package static func end(of call: MCPCall) -> OutgoingMessage {
        guard let meta = call.dialect.result()["_meta"] else {
            preconditionFailure("only the newer era listens, and its results have '_meta'")
        }
        return .result(
            call.id,
            call.dialect.result().merging(["_meta": meta.merging([MetaKey.subscriptionID: call.id.json])]))
    }
}

extension OutgoingMessage {
    /// - Parameter subscription: the request that asked for it; nil in the older era.
    package static func resourceUpdated(_ uri: String, subscription: RPCID?) -> OutgoingMessage {
        var parameters: [String: JSONValue] = ["uri": .string(uri)]
        if let subscription { parameters["_meta"] = [MetaKey.subscriptionID: subscription.json] }
        return .notification("notifications/resources/updated", .object(parameters))
    }
}
