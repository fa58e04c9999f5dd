extension BatchConnection {
    /// As a service connects, which may be started before its coordinator, or before it is on its allow-list: waits
    /// for ever. What `body` throws is thrown on.
    ///
    /// - Parameter told: takes what is being waited for, once for each reason: a coordinator that answers, and one that
    ///   lets us in. It may still be called when `body` has begun.
    package static func openOnceThere<Result: Sendable>(
        to address: CoordinatorAddress, told: @escaping @Sendable (String) -> Void,
        _ body: (BatchConnection) async throws -> Result
    ) async throws -> Result {
        let impatience = Task {
            try await Task.sleep(for: .seconds(2))
            told("no coordinator answers at \(address); waiting for it")
        }
        defer { impatience.cancel() }
        var isRefused = false
        while true {
            var isOpen = false
            do {
                return try await open(to: address, timeout: nil) { client in
                    impatience.cancel()
                    isOpen = true
                    return try await body(client)
                }
            } catch let error as BatchClientError where error.code == .forbidden && !isOpen {
                impatience.cancel()
                if !isRefused { told("\(error); trying again until it lets us in") }
                isRefused = true
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
