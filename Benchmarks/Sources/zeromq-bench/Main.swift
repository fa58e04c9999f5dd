import Glibc
import ZeroMQ

/// What ZeroMQ gives here, by itself: the figure that everything built on it is measured against.
@main
struct Main {
    private static let runs = 3

    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 3 {
            try await play(arguments[1], endpoint: arguments[2])
        } else {
            try await measureAll()
        }
    }

    private static func measureAll() async throws {
        print("ZeroMQ \(ZeroMQContext.version), \(body.count)-byte messages, medians of \(runs) runs")
        for transport in ["ipc", "tcp"] {
            let pushed = try await rate(.pull, from: "push", over: transport, count: 1_000_000)
            print("PUSH→PULL  \(transport)  \(pushed)")
            let published = try await rate(.subscribe, from: "publish", over: transport, count: 500_000)
            print("PUB→SUB    \(transport)  \(published)")
            let single = try await echoes(over: transport, count: 20_000, window: 1)
            print("round trip \(transport)  \(single.p50.inMicroseconds) µs p50")
            let many = try await echoes(over: transport, count: 300_000, window: 64)
            print("DEALER↔ROUTER, window 64  \(transport)  \(many.perSecond) requests/s")
        }
    }

    // MARK: This side

    private static func rate(
        _ type: SocketType, from role: String, over transport: String, count: Int
    ) async throws -> Rate {
        let loop = try SocketLoop(name: "count")
        defer { loop.stop() }
        let counter = try Count(type, on: loop)
        if type == .subscribe { try await counter.subscribeToAll() }
        let endpoint = try await counter.bind(address(over: transport, for: role))
        defer { removeSocket(endpoint) }
        let child = try ChildProcess(role: role, endpoint: endpoint)
        defer { child.end() }
        await counter.take(count / 10)
        var rates: [Rate] = []
        for _ in 0..<runs {
            let before = processorTime()
            let time = await ContinuousClock().measure { await counter.take(count) }
            rates.append(Rate(count: count, time: time, processorTime: processorTime() - before))
        }
        await counter.close()
        return rates.sorted { $0.perSecond < $1.perSecond }[runs / 2]
    }

    private static func echoes(
        over transport: String, count: Int, window: Int
    ) async throws -> (p50: Duration, perSecond: Int) {
        let loop = try SocketLoop(name: "ping")
        defer { loop.stop() }
        let pinger = try Pinger(on: loop)
        let endpoint = try await pinger.bind(address(over: transport, for: "echo-\(window)"))
        defer { removeSocket(endpoint) }
        let child = try ChildProcess(role: "echo", endpoint: endpoint)
        defer { child.end() }
        _ = await pinger.run(count / 10, window: window)
        var results: [(p50: Duration, perSecond: Int)] = []
        for _ in 0..<runs {
            let times = await pinger.run(count, window: window)
            let total = times.reduce(.zero, +)
            results.append((times.sorted()[count / 2], Int(Double(count) / total.inSeconds)))
        }
        await pinger.close()
        return results.sorted { $0.perSecond < $1.perSecond }[runs / 2]
    }

    /// Another one each time: libzmq lets go of an address only some time after the close.
    private static func address(over transport: String, for use: String) -> String {
        transport == "ipc" ? "ipc:///tmp/zeromq-bench-\(getpid())-\(use)" : "tcp://127.0.0.1:*"
    }

    private static func removeSocket(_ endpoint: String) {
        if endpoint.hasPrefix("ipc://") { unlink(String(endpoint.dropFirst("ipc://".count))) }
    }

    // MARK: The other side

    private static func play(_ role: String, endpoint: String) async throws {
        let loop = try SocketLoop(name: role)
        switch role {
        case "push": try await Flood(.push, on: loop).start(connectingTo: endpoint)
        case "publish": try await Flood(.publish, on: loop).start(connectingTo: endpoint)
        case "echo": try await Echo(on: loop).start(connectingTo: endpoint)
        default: preconditionFailure("roles come from this program alone: \(role)")
        }
        // It is killed when it has served; this is for when nobody is left to do that.
        try await Task.sleep(for: .seconds(120))
    }
}

struct Rate: CustomStringConvertible {
    let perSecond: Int
    let processorNanoseconds: Int

    init(count: Int, time: Duration, processorTime: Duration) {
        perSecond = Int(Double(count) / time.inSeconds)
        processorNanoseconds = Int(processorTime / .nanoseconds(1)) / count
    }

    /// The second figure hardly depends on what else the machine does.
    var description: String { "\(perSecond) messages/s received, \(processorNanoseconds) ns of CPU each" }
}

/// What this process has used, in all its threads.
private func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

extension Duration {
    fileprivate var inSeconds: Double { self / .seconds(1) }
    fileprivate var inMicroseconds: Int { Int(self / .microseconds(1)) }
}
