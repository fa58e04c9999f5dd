import BatchProgress

/// An answer as it came over HTTP.
struct RawAnswer {
    var status: Int
    var retryAfter: String?
    var location: String?
    var body: [UInt8]
}

extension RawAnswer {
    /// The JSON object that it holds, if it is what was asked for.
    ///
    /// https://spec.matrix.org/v1.19/client-server-api/#standard-error-response
    func object() throws(MatrixError) -> JSONValue {
        // Whatever proxy sent these, its text is of no use.
        switch status {
        case 300..<400: throw .unusable("\(status), a redirection to \((location ?? "nowhere").shown)")
        case 500...: throw .unusable("status \(status)\(reason.map { ", " + $0 } ?? "")")
        case 429: throw .limited(retryAfter: waitingTime)
        case 413: throw .tooLarge
        default: break
        }
        guard let json, json.object != nil else { throw .unusable("status \(status), and no JSON object") }
        if status == 200 { return json }
        throw refusal(json)
    }

    private func refusal(_ json: JSONValue) -> MatrixError {
        guard let code = json["errcode"]?.string else {
            return .unusable("status \(status), and no error code")
        }
        let message = (json["error"]?.string ?? code).shown
        switch (status, code) {
        case (401, "M_UNKNOWN_TOKEN"): return .unknownToken(softLogout: json["soft_logout"]?.bool ?? false)
        case (401, "M_MISSING_TOKEN"): return .unknownToken(softLogout: false)
        case (_, "M_TOO_LARGE"): return .tooLarge
        case (403, _): return .forbidden(message)
        case (404, "M_NOT_FOUND"): return .notFound(message)
        default: return .refused(status: status, code: code.shown, message: message)
        }
    }

    /// Anybody in a room can send what is nested too deep: the rest of the answer is read all the same.
    private var json: JSONValue? { try? JSONValue(reading: body, tooDeep: .null) }

    private var reason: String? { json?["error"]?.string?.shown }

    /// What the header says, or else the body. Never more than an hour: who is told more asks again.
    private var waitingTime: Duration? {
        if let seconds = retryAfter.flatMap({ UInt32($0) }) { return .seconds(min(seconds, 3600)) }
        guard let milliseconds = json?["retry_after_ms"]?.integer, milliseconds >= 0 else { return nil }
        return .milliseconds(min(milliseconds, 3_600_000))
    }
}

extension JSONValue {
    /// What an answer must have.
    func text(_ key: String) throws(MatrixError) -> String {
        guard let text = self[key]?.string else { throw .unusable("its '\(key)' is missing, or no text") }
        return text
    }

    func list(_ key: String) throws(MatrixError) -> [JSONValue] {
        guard let values = self[key]?.array else { throw .unusable("its '\(key)' is missing, or no list") }
        return values
    }
}
