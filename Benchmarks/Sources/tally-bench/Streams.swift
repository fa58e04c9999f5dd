import BatchClient
import Foundation
import Glibc
import Synchronization

/// Many who follow one batch over HTTP, at its two events a second: what each delivery costs `tally mcp`, and how soon
/// it is there; for 5,000 of them beside nginx with nchan, which streams messages of the same size at the same rate.
struct Streams {
    struct Result {
        var subscribers: Int
        var events: Int
        var delivered: Int
        /// Milliseconds.
        var p50: Double
        var p99: Double
        /// Of the server, in microseconds.
        var processorTime: Double
        /// Bytes.
        var memory: Double

        var line: String {
            let all =
                delivered == events * subscribers
                ? "all delivered" : "\(delivered) DELIVERED OF \(events * subscribers)"
            return
                "\(subscribers) streams, \(events) events, \(all); p50 \(format(p50)), p99 \(format(p99)) ms; "
                + "\(format(processorTime)) µs CPU a delivery; \(format(memory / 1024)) KiB a subscriber"
        }
    }

    private static let window: Duration = .seconds(10)
    let tally: String

    func run() async throws {
        raiseFileLimit()
        let few = try await measureTally(2000)
        print("tally mcp, NDJSON:  \(few.line) (p99 at most 250 ms)")
        fflush(nil)
        let ours = try await measureTally(5000)
        print("tally mcp, NDJSON:  \(ours.line)")
        fflush(nil)
        let theirs = try await measureNchan(5000)
        print("nginx with nchan:   \(theirs.line)")
        print(
            String(
                format: "tally mcp over nchan: CPU a delivery %.2f, p99 %.2f, memory a subscriber %.2f",
                ours.processorTime / theirs.processorTime, ours.p99 / theirs.p99, ours.memory / theirs.memory)
        )
    }

    private func measureTally(_ count: Int) async throws -> Result {
        let fleet = try Fleet(tally: tally, workers: 1)
        defer { fleet.stop() }
        let port = try freePort()
        return try await BatchConnection.open(to: CoordinatorAddress(fleet.address), timeout: .seconds(20)) {
            client in
            let gateway = try fleet.launch(["mcp", "--listen", "127.0.0.1:\(port)"])
            defer { fleet.end(gateway) }
            try await untilListening(port)
            // Ten operations a second, for as long as it takes.
            let naps = (0..<3000).map { _ in BatchOperation(type: "sleep", data: 0.1) }
            let batch = try await client.enqueueBatch(label: "naps", operations: naps)
            let sent = Mutex<[Int: Double]>([:])
            let reference = Task {
                for try await event in batch.events {
                    sent.withLock { $0[Int(event.revision)] = Date().timeIntervalSince1970 }
                }
            }
            defer { reference.cancel() }
            return try measure(count, gateway, port, "/batches/\(batch.id)/events", sent)
        }
    }

    private func measureNchan(_ count: Int) async throws -> Result {
        let port = try freePort()
        let nginx = try Nchan(port: port)
        defer { nginx.stop() }
        try await untilListening(port)
        let sent = Mutex<[Int: Double]>([:])
        let isOver = Atomic(false)
        let publisher = Thread {
            var revision = 0
            while !isOver.load(ordering: .relaxed) {
                revision += 1
                sent.withLock { $0[revision] = Date().timeIntervalSince1970 }
                Nchan.publish(revision, port: port)
                Thread.sleep(forTimeInterval: 0.5)
            }
        }
        publisher.start()
        defer { isOver.store(true, ordering: .relaxed) }
        return try measure(
            count, nginx.worker, port, "/events", sent, headers: "Accept: */*\r\n")
    }

    private func measure(
        _ count: Int, _ server: pid_t, _ port: Int, _ path: String, _ sent: borrowing Mutex<[Int: Double]>,
        headers: String = ""
    ) throws -> Result {
        let before = Server(server)
        let readers = try LineReaders(count: count, port: port, path: path, headers: headers)
        readers.read(for: .seconds(3))
        let began = Server(server)
        readers.begin()
        readers.read(for: Self.window)
        let ended = Server(server)
        guard readers.openCount == count else {
            throw Failure("\(count - readers.openCount) streams have ended")
        }
        let times = sent.withLock { $0 }
        // Those at the window's edges reached some before it or after it.
        let counts = Dictionary(readers.arrivals.map { ($0.revision, 1) }, uniquingKeysWith: +)
        let whole = Set(counts.keys.sorted().dropFirst().dropLast())
        let latencies = readers.arrivals.filter { whole.contains($0.revision) }
            .compactMap { arrival in times[arrival.revision].map { max(0, arrival.at - $0) * 1000 } }.sorted()
        guard !latencies.isEmpty else { throw Failure("nothing came") }
        return Result(
            subscribers: count, events: whole.count, delivered: latencies.count,
            p50: latencies[latencies.count / 2], p99: latencies[latencies.count * 99 / 100],
            processorTime: (ended.seconds - began.seconds) * 1e6 / Double(readers.arrivals.count),
            memory: (ended.memory - before.memory) / Double(count))
    }

    private func untilListening(_ port: Int) async throws {
        for _ in 0..<200 {
            if (try? LineReaders(count: 1, port: port, path: "/")) != nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure("nothing listens on port \(port)")
    }
}

/// What a process has used so far.
private struct Server {
    var seconds: Double
    /// Bytes.
    var memory: Double

    init(_ process: pid_t) {
        let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        seconds =
            [11, 12].compactMap { fields.count > $0 ? Double(fields[$0]) : nil }.reduce(0, +)
            / Double(sysconf(Int32(_SC_CLK_TCK)))
        let pages = (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8))?
            .split(separator: " ").dropFirst().first
        memory = (pages.flatMap { Double($0) } ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// nginx as a hub of streams, in a folder of its own.
private final class Nchan {
    private let process = Process()
    private let folder: String
    let worker: pid_t

    init(port: Int) throws {
        folder = FileManager.default.temporaryDirectory.path + "/nchan-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let configuration = """
            load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
            user root; daemon off; pid \(folder)/pid; error_log \(folder)/error; worker_processes 1; worker_rlimit_nofile 20000;
            events { worker_connections 12000; }
            http { access_log off; nchan_message_buffer_length 10; server { listen 127.0.0.1:\(port) backlog=4096;
            location /publish { nchan_publisher; nchan_channel_id naps; }
            location /events { nchan_subscriber http-raw-stream; nchan_channel_id naps; } } }
            """
        try configuration.write(toFile: folder + "/conf", atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/nginx")
        process.arguments = ["-c", folder + "/conf", "-p", folder]
        process.standardError = FileHandle.nullDevice
        try process.run()
        usleep(500_000)
        let master = try String(contentsOfFile: folder + "/pid", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let children = try String(contentsOfFile: "/proc/\(master)/task/\(master)/children", encoding: .utf8)
        guard let first = children.split(separator: " ").first.flatMap({ pid_t($0) }) else {
            throw Failure("nginx has no worker; \(folder)/error says why")
        }
        worker = first
    }

    /// As long as an event of ours.
    static func publish(_ revision: Int, port: Int) {
        let fill = String(repeating: "x", count: 330)
        let body = "{\"revision\":\(revision),\"fill\":\"\(fill)\"}\n"
        var request = URLRequest.post("/publish", body)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        _ = write(descriptor, request, request.count)
        _ = read(descriptor, &request, request.count)
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

private enum URLRequest {
    static func post(_ path: String, _ body: String) -> [UInt8] {
        Array(
            "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                .utf8)
    }
}

private func raiseFileLimit() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

private func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
        }
    }
    guard isBound else { throw Failure("no port is free") }
    return Int(in_port_t(bigEndian: address.sin_port))
}
