import Glibc
import Testing
import ZeroMQ

@Suite struct MonitorTests {
    @Test func aConnectionIsSeenComingAndGoing() async throws {
        try await withLoop { loop in
            let router = try Peer(.router, on: loop)
            try await router.observe()
            let endpoint = try await router.bind()
            let dealer = try Peer(.dealer, on: loop)
            try await dealer.observe()
            try await dealer.connect(endpoint)
            #expect(try await dealer.events.next() == .connected(endpoint: endpoint))
            #expect(try await router.events.next() == .connected(endpoint: endpoint))
            await dealer.close()
            #expect(try await router.events.next() == .disconnected(endpoint: endpoint))
        }
    }

    @Test func nobodyThereMeansTryingAgain() async throws {
        try await withLoop { loop in
            try await withSocketFolder { folder in
                let endpoint = "ipc://\(folder)/socket"
                let dealer = try Peer(.dealer, on: loop)
                try await dealer.observe()
                try await dealer.connect(endpoint)
                guard case .retrying(endpoint, 1...) = try await dealer.events.next() else {
                    Issue.record("an attempt that failed was expected")
                    return
                }
                let router = try Peer(.router, on: loop)
                try await router.bind(endpoint)
                let connected = try await dealer.events.first {
                    if case .connected = $0 { true } else { false }
                }
                #expect(connected == .connected(endpoint: endpoint))
                await router.close()
            }
        }
    }

    @Test func aStrangerIsTurnedAway() async throws {
        try await withLoop { loop in
            let router = try Peer(.router, on: loop)
            try await router.observe()
            let endpoint = try await router.bind()
            // ZMTP 3.0 (RFC 23): signature, version, a mechanism that nobody has.
            let signature: [UInt8] = [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f]
            let greeting = signature + [3, 0] + bytes("NONSENSE") + Frame(repeating: 0, count: 44)
            let stranger = try connectedSocket(to: endpoint)
            defer { close(stranger) }
            #expect(write(stranger, greeting, greeting.count) == greeting.count)
            guard
                case .handshakeFailed(endpoint, .protocolViolation) = try await router.events.next()
            else {
                Issue.record("a failed handshake was expected")
                return
            }
            #expect(try await router.events.next() == .disconnected(endpoint: endpoint))
        }
    }

    @Test func aMonitoredSocketThatIsReleasedLeavesNothingOpen() async throws {
        await #expect(processExitsWith: .success) {
            alarm(10)
            let loop = try SocketLoop(name: "leaving")
            try await Self.comeAndGo(20, on: loop)
            // The loop ends the monitors a moment later.
            while !ZeroMQContext.finish() { await Task.yield() }
        }
    }

    private static func comeAndGo(_ times: Int, on loop: SocketLoop) async throws {
        let router = try Peer(.router, on: loop)
        try await router.observe()
        let endpoint = try await router.bind()
        for _ in 0..<times {
            let dealer = try Peer(.dealer, on: loop)
            try await dealer.observe()
            try await dealer.connect(endpoint)
            _ = try await dealer.events.next()
        }
        _ = try await router.events.next(2 * times)
    }

    private func connectedSocket(to endpoint: String) throws -> CInt {
        let port = try #require(endpoint.split(separator: ":").last.flatMap { UInt16($0) })
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }
}
