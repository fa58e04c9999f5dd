import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Gateways {
    /// Clients that are gone, with or without a word.
    @Suite struct Departures {
        /// No worker takes these.
        private static let waiting = #"{"type":"nobody"}"#
        private static let moving = [String](repeating: #"{"type":"sleep","data":0.05}"#, count: 4_000)

        @Test func whoIsKilledIsNoticedAtOnce() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                try await home.submit("b", [Self.waiting])
                let clients = try ["/batches/b/events", "/events"].map { path in
                    try (0..<2).map { _ in
                        try Followers().start(250, at: path, port: gateway.port, in: home)
                    }
                }
                try await eventually("all listen") { try await gateway.streams == 1_000 }
                for pair in clients { pair[0].signal(SIGKILL) }
                try await eventually("half of them", within: .seconds(2)) { try await gateway.streams == 500 }
                for pair in clients { pair[1].signal(SIGKILL) }
                try await eventually("none", within: .seconds(2)) { try await gateway.streams == 0 }
            }
        }

        /// In silence (where keep-alive finds it), with data on its way, and with a closed window, for so long that it
        /// is seldom probed. Whoever is there and only doesn't read stays.
        @Test func whosePacketsAreDroppedIsNoticedWithinHalfAMinute() async throws {
            try await withCoordinator { home, _ in
                var network = try await Network(home)
                let gateways = try await network.add("gateways")
                let clients = try await network.add("clients")
                let gateway = try await home.gateway(
                    at: gateways.address, token: Gateway.token, under: gateways.entry)
                try await home.submit("silent", [Self.waiting])
                try await home.submit("moving", Self.moving)
                _ = try home.worker(slots: 1)

                func follow(_ id: String, buffer: Int? = nil, under wrapper: [String]) throws {
                    _ = try Followers(
                        receiveBuffer: buffer, headers: ["Authorization: Bearer \(Gateway.token)"]
                    ).start(
                        20, at: "/batches/\(id)/events", host: gateways.address, port: gateway.port,
                        in: home, under: wrapper)
                }
                try follow("silent", under: clients.entry)
                try follow("moving", under: clients.entry)
                try follow("moving", buffer: 1, under: clients.entry)
                try follow("moving", buffer: 1, under: gateways.entry)
                try await eventually("all listen") { try await gateway.streams(on: gateways) == 80 }
                try await eventually("windows are closed for long") {
                    let sockets = try await gateways.run("ss -Htino state established")
                    return sockets.matches(of: /backoff:([6-9]|1\d)/).count == 40
                }
                try await clients.cut(.sent)
                try await eventually("whoever is there is left", within: .seconds(30)) {
                    try await gateway.streams(on: gateways) == 20
                }
                #expect(try await !home.event(of: "moving").status.isEnd)
            }
        }

        /// Ten thousand connections in twenty rounds. What a round now and then takes for its own and keeps isn't a
        /// leak; what every other one takes is. The allocator moves by a few hundred kilobytes from one round to the
        /// next, so less than a kilobyte a connection can't be told from that.
        @Test func whoeverHasLeftLeavesNothingBehind() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                try await home.submit("b", [Self.waiting])
                var memory: [Int] = []
                for _ in 0..<20 {
                    let clients = try Followers().start(
                        500, at: "/batches/b/events", port: gateway.port, in: home)
                    try await eventually("all listen") { try await gateway.streams == 500 }
                    try await clients.destroy()
                    try await eventually("none") { try await gateway.streams == 0 }
                    memory.append(ProcessTable.memory(of: gateway.process.pid))
                }
                let growths = zip(memory, memory.dropFirst()).map { $1 - $0 }.sorted()
                #expect(growths[growths.count / 2] < 500 * 1_024, "\(memory)")
            }
        }
    }
}

extension Gateway {
    fileprivate func streams(on machine: Machine) async throws -> Int {
        let text = try await machine.run("curl -s http://\(machine.address):\(port)/healthz")
        return try #require(Self.streams(toldBy: text))
    }
}
