import BatchProgress

extension MatrixClient {
    /// Waits for news.
    /// - Parameters:
    ///   - since: an earlier answer's `nextBatch`; nil begins with how things are.
    ///   - user: whose token this is.
    ///   - filter: what is wanted of all that happens: JSON, https://spec.matrix.org/v1.19/client-server-api/#filtering
    ///   - timeout: for how long the homeserver waits for something to tell.
    package func sync(since: String?, user: String, filter: JSONValue, timeout: Duration) async throws
        -> SyncAnswer
    {
        let milliseconds = timeout.components.seconds * 1000
        var query = [
            (name: "filter", value: String(decoding: filter.bytes, as: UTF8.self)),
            (name: "timeout", value: "\(milliseconds)"), (name: "set_presence", value: "offline"),
        ]
        if let since { query.append((name: "since", value: since)) }
        let request = MatrixRequest(
            .get, ["v3", "sync"], query: query, timeout: timeout + .seconds(30), answerLimit: 8 << 20)
        return try SyncAnswer(try await ask(request), user: user)
    }
}
