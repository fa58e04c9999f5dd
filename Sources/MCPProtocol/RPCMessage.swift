import BatchProgress

/// What one side of JSON-RPC 2.0 says to the other, as MCP narrows it: ids are strings or integers, and each
/// message travels alone.
package enum RPCMessage: Hashable, Sendable {
    case request(RPCRequest)
    case notification(RPCNotification)
    /// The answer to a request of ours. We never make one, so what it says doesn't matter.
    case response

    /// - Throws: the error to answer with, and the id to answer to where one could be read.
    package init(_ bytes: [UInt8]) throws(RPCFault) {
        guard let value = try? JSONValue(reading: bytes) else {
            throw RPCFault(nil, .parseError)
        }
        try self.init(value)
    }

    init(_ value: JSONValue) throws(RPCFault) {
        guard let members = value.object else {
            throw RPCFault(nil, .invalidRequest("a message is one JSON object; batches are not taken"))
        }
        let id = try Self.id(of: members)
        guard members["jsonrpc"] == "2.0" else {
            throw RPCFault(id, .invalidRequest("'jsonrpc' is \"2.0\""))
        }
        guard let method = members["method"] else {
            guard members["result"] != nil || members["error"] != nil else {
                throw RPCFault(id, .invalidRequest("'method' is missing"))
            }
            self = .response
            return
        }
        guard let method = method.string else { throw RPCFault(id, .invalidRequest("'method' is a string")) }
        guard let parameters = (members["params"] ?? [:]).object else {
            throw RPCFault(id, .invalidParams("'params' is an object"))
        }
        if let id {
            self = .request(RPCRequest(id: id, method: method, parameters: parameters))
        } else {
            self = .notification(RPCNotification(method: method, parameters: parameters))
        }
    }

    private static func id(of members: [String: JSONValue]) throws(RPCFault) -> RPCID? {
        guard let value = members["id"] else { return nil }
        guard let id = RPCID(value) else {
            throw RPCFault(nil, .invalidRequest("'id' is a string or an integer"))
        }
        return id
    }
}

package enum RPCID: Hashable, Sendable {
    case string(String)
    case integer(Int64)

    package init?(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .integer(number)
        default: return nil
        }
    }

    package var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        }
    }
}

package struct RPCRequest: Hashable, Sendable {
    package var id: RPCID
    package var method: String
    package var parameters: [String: JSONValue]

    var meta: JSONValue? { parameters["_meta"] }
}

package struct RPCNotification: Hashable, Sendable {
    package var method: String
    package var parameters: [String: JSONValue]
}

/// A message that was not understood.
package struct RPCFault: Error, Hashable, Sendable {
    package var id: RPCID?
    package var error: RPCError

    init(_ id: RPCID?, _ error: RPCError) {
        self.id = id
        self.error = error
    }
}
