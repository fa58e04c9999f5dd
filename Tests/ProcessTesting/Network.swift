import Foundation

/// Machines, each with a wire to one router: network namespaces of this test's own, which end with its processes.
package struct Network {
    private let home: Home
    private let router: Namespace
    private var count = 0

    package init(_ home: Home) async throws {
        self.home = home
        router = try await Namespace(home)
        // Without the last two it would drop what comes from a machine to which nothing gets through.
        for setting in ["ip_forward=1", "conf.all.rp_filter=0", "conf.default.rp_filter=0"] {
            try await router.run("sysctl -w net.ipv4.\(setting)")
        }
    }

    /// Another machine, by a name of at most fifteen letters.
    package mutating func add(_ name: String) async throws -> Machine {
        count += 1
        let (address, next) = ("10.255.\(count).2", "10.255.\(count).1")
        let machine = try await Namespace(home)
        try await router.run(
            "ip link add \(name) type veth peer name wire netns \(machine.keeper.pid)",
            "ip address add \(next)/30 dev \(name)", "ip link set \(name) up")
        try await machine.run(
            "ip link set lo up", "ip address add \(address)/30 dev wire", "ip link set wire up",
            "ip route add default via \(next)")
        return Machine(name: name, address: address, namespace: machine, router: router)
    }
}

package struct Machine {
    /// The wire's name at the router.
    private let name: String
    package let address: String
    private let namespace: Namespace
    private let router: Namespace

    fileprivate init(name: String, address: String, namespace: Namespace, router: Namespace) {
        self.name = name
        self.address = address
        self.namespace = namespace
        self.router = router
    }

    /// What a command begins with that is to be on this machine.
    package var entry: [String] { namespace.entry }

    /// What the command prints.
    @discardableResult
    package func run(_ command: String) async throws -> String { try await namespace.run(command) }

    package enum Direction: CaseIterable, Sendable { case sent, received }

    /// From now on nothing of what it sends arrives, or of what is sent to it: no answer, and no end either.
    package func cut(_ direction: Direction) async throws {
        try await router.run("ip rule add \(rule(direction))")
    }

    /// Both ways are open again.
    package func mend() async throws {
        for direction in Direction.allCases { try await router.run("ip rule delete \(rule(direction))") }
    }

    /// At the router, so that the machine itself sees nothing of it.
    private func rule(_ direction: Direction) -> String {
        switch direction {
        case .sent: "iif \(name) blackhole"
        case .received: "to \(address) blackhole"
        }
    }
}

/// A network namespace, which is there as long as a process that sleeps in it.
private struct Namespace {
    let home: Home
    let keeper: TestProcess

    init(_ home: Home) async throws {
        self.home = home
        let keeper = try home.start(
            words: ["/usr/bin/unshare", "--net", "/bin/sleep", "infinity"].map { bytes($0) })
        self.keeper = keeper
        try await eventually("a namespace") {
            guard keeper.isRunning else {
                throw Overdue("no network namespace can be made, which takes root: \(keeper.errorText)")
            }
            return Self.link(of: "\(keeper.pid)").map { $0 != Self.link(of: "self") } ?? false
        }
    }

    private static func link(of process: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/net")
    }

    var entry: [String] { ["/usr/bin/nsenter", "--net=/proc/\(keeper.pid)/ns/net"] }

    /// One command after another.
    @discardableResult
    func run(_ commands: String...) async throws -> String {
        let lines = commands.map { "\(entry.joined(separator: " ")) \($0)" }
        let script = (["PATH=$PATH:/usr/sbin:/sbin"] + lines).joined(separator: "\n")
        let finished = try await home.bash(script, in: home.work)
        guard finished.ending == .exited(0) else {
            throw Overdue("\(commands.joined(separator: "; ")): \(finished.error)")
        }
        return finished.output
    }
}
