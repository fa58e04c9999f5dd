import Testing

/// Keys in a home's folder: of a coordinator on tcp, and of those whom it lets in, or doesn't.
package struct Keys {
    package let home: Home
    package let host: String
    package static let port = 5550

    /// - Parameters:
    ///   - host: where the coordinator listens.
    ///   - roles: of each holder, as on the allow-list; nil: not on it.
    package init(_ home: Home, host: String, roles: KeyValuePairs<String, String?>) async throws {
        self.home = home
        self.host = host
        let make = roles.map { name, roles in
            "tally keygen " + (roles.map { "--may \($0) \(name) >>allowed" } ?? name)
        }
        let made = try await home.bash(
            (make + ["tally keygen coordinator"]).joined(separator: "\n"), in: home.work)
        try #require(made.ending == .exited(0), "\(made.error)")
    }

    /// What a process is given that is `who`; nil: somebody without a key.
    package func settings(as who: String?) -> [String] {
        let address = "TALLY_COORDINATOR=tcp://\(host):\(Self.port)"
        guard let who else { return [address] }
        return [
            address, "TALLY_KEY=\(home.work)/\(who).key",
            "TALLY_COORDINATOR_KEY=\(home.work)/coordinator.pub",
        ]
    }

    /// The coordinator, when it listens.
    package func coordinator(under wrapper: [String] = []) async throws -> TestProcess {
        let process = try home.start(
            "coordinator", "--bind", "tcp://\(host):\(Self.port)", "--allow", "\(home.work)/allowed",
            environment: ["TALLY_KEY=\(home.work)/coordinator.key"], under: wrapper)
        try await eventually("the coordinator listens") {
            guard process.isRunning else { throw Overdue(process.errorText) }
            return process.errorText.contains("listening")
        }
        return process
    }
}
