import BatchProgress

/// What we say, as JSON.
package enum OutgoingMessage: Hashable, Sendable {
    case result(RPCID, JSONValue)
    /// Nil: the id could not be read.
    case error(RPCID?, RPCError)
    case notification(String, JSONValue)

    package init(_ fault: RPCFault) {
        self = .error(fault.id, fault.error)
    }

    package var json: JSONValue {
        switch self {
        case .result(let id, let result): ["jsonrpc": "2.0", "id": id.json, "result": result]
        case .error(let id, let error): ["jsonrpc": "2.0", "id": id?.json ?? .null, "error": error.json]
        case .notification(let method, let parameters):
            ["jsonrpc": "2.0", "method": .string(method), "params": parameters]
        }
    }

    /// One line, without the end of it.
    package var bytes: [UInt8] { json.bytes }
}
