import BatchProgress

/// One request to the Client-Server API, as a value.
package struct MatrixRequest: Hashable, Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case put = "PUT"
        case post = "POST"
    }

    package var method: Method
    /// What follows `/_matrix/client/`, not yet encoded: `["v3", "rooms", "!id", "leave"]`.
    package var path: [String]
    package var query: [(name: String, value: String)]
    package var body: JSONValue?
    /// Until the whole answer is there.
    package var timeout: Duration
    /// Of the answer's body, in bytes.
    package var answerLimit: Int

    package init(
        _ method: Method, _ path: [String], query: [(name: String, value: String)] = [],
        body: JSONValue? = nil, timeout: Duration = .seconds(30), answerLimit: Int = 2 << 20
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.timeout = timeout
        self.answerLimit = answerLimit
    }

    /// What is asked for, after the homeserver's address.
    var target: String {
        let parts = ["_matrix", "client"] + path.map(\.percentEncoded)
        let pairs = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }
        return "/" + parts.joined(separator: "/") + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.method == other.method && one.target == other.target && one.body == other.body
            && one.timeout == other.timeout && one.answerLimit == other.answerLimit
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(method)
        hasher.combine(target)
        hasher.combine(body)
    }
}

extension String {
    /// All but RFC 3986's unreserved characters encoded: a room's id has `!` and `:`, an alias `#`, and an event's id
    /// may have `/`.
    var percentEncoded: String {
        let digits = Array("0123456789ABCDEF")
        return utf8.reduce(into: "") { text, byte in
            switch Character(Unicode.Scalar(byte)) {
            case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "_", "~":
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }
}

extension JSONValue {
    /// Matrix knows integers of up to 53 bits, and no others numbers.
    ///
    /// https://spec.matrix.org/v1.19/appendices/#canonical-json
    var isCanonical: Bool {
        switch self {
        case .null, .bool, .string: true
        case .integer(let value): (-(1 << 53) + 1...(1 << 53) - 1).contains(value)
        case .number: false
        case .array(let values): values.allSatisfy(\.isCanonical)
        case .object(let members): members.values.allSatisfy(\.isCanonical)
        }
    }
}
