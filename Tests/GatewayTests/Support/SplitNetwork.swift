import Foundation
import ProcessTesting

/// Two machines and the wire between them: network namespaces of this test's own, which end with its processes.
struct SplitNetwork {
    static let gateway = "10.255.255.1"
    private static let client = "10.255.255.2"

    private let home: Home
    private let gatewaySide: TestProcess
    private let clientSide: TestProcess

    init(_ home: Home) async throws {
        self.home = home
        gatewaySide = try await Self.namespace(home)
        clientSide = try await Self.namespace(home)
        try await onGatewaySide("ip link add wire type veth peer name wire netns \(clientSide.pid)")
        try await onGatewaySide("ip address add \(Self.gateway)/30 dev wire")
        try await onClientSide("ip address add \(Self.client)/30 dev wire")
        for side in [amongGateways, amongClients] {
            for name in ["lo", "wire"] { _ = try await run(side, "ip link set \(name) up") }
        }
    }

    /// A process in a namespace that is there as long as it is.
    private static func namespace(_ home: Home) async throws -> TestProcess {
        let process = try home.start(
            words: ["/usr/bin/unshare", "--net", "/bin/sleep", "infinity"].map { bytes($0) })
        try await eventually("a namespace") {
            guard process.isRunning else {
                throw Overdue("no network namespace can be made, which takes root: \(process.errorText)")
            }
            return link(of: "\(process.pid)").map { $0 != link(of: "self") } ?? false
        }
        return process
    }

    private static func link(of process: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/net")
    }

    /// What a command begins with that is to be on a side.
    var amongGateways: [String] { Self.entry(gatewaySide) }
    var amongClients: [String] { Self.entry(clientSide) }

    private static func entry(_ side: TestProcess) -> [String] {
        ["/usr/bin/nsenter", "--net=/proc/\(side.pid)/ns/net"]
    }

    /// What the command prints.
    @discardableResult
    func onGatewaySide(_ command: String) async throws -> String { try await run(amongGateways, command) }

    @discardableResult
    private func onClientSide(_ command: String) async throws -> String {
        try await run(amongClients, command)
    }

    private func run(_ side: [String], _ command: String) async throws -> String {
        let words = side.joined(separator: " ")
        let finished = try await home.bash("PATH=$PATH:/usr/sbin:/sbin; \(words) \(command)", in: home.work)
        guard finished.ending == .exited(0) else { throw Overdue("\(command): \(finished.error)") }
        return finished.output
    }

    /// From now on nothing of what clients send arrives: no answer, and no end either.
    func cut() async throws { try await onClientSide("ip route add blackhole \(Self.gateway)/32") }
}
