import MCPProtocol

extension MCPDesk {
    /// Tells a client of the newer era what it wants to hear of, until it leaves or we do.
    ///
    /// - Returns: the last message; nil if it was the client who left.
    func listen(
        _ filter: ListenFilter, _ call: MCPCall, tell: @escaping @Sendable (OutgoingMessage) -> Void
    ) async -> OutgoingMessage? {
        let uris = filter.uris.compactMap(BatchURI.init)
        tell(ListenFilter(uris: uris.map(\.text)).acknowledgement(of: call.id))
        let watch = ResourceWatch(uris, client) { uri in
            tell(.resourceUpdated(uri.text, subscription: call.id))
        }
        await watch.run()
        return Task.isCancelled ? nil : ListenFilter.end(of: call)
    }
}
