import BatchClient
import Foundation

/// `tally run` beside xargs, start-up included, and how long it takes until its first operation runs. Medians of
/// five, taken in turns; each run has a state folder of its own, and so starts a coordinator, unless it says warm.
struct Run {
    private static let times = 5
    let tally: String

    func run() async throws {
        try compare(
            "2,000 × true, two at once", limit: 1.3, values: 2000, ours: ["--jobs", "2", "true"],
            theirs: ["-P2", "-n1", "true"])
        try compare(
            "200 × sleep 0.05, eight at once", limit: 1.1, values: 200,
            ours: ["--jobs", "8", "sh", "-c", "sleep 0.05"],
            theirs: ["-P8", "-n1", "sh", "-c", "sleep 0.05"])
        try await startUp()
    }

    private func compare(
        _ what: String, limit: Double, values: Int, ours: [String], theirs: [String]
    ) throws {
        try withFolder { folder in
            let input = "\(folder)/values"
            try (1...values).map { "\($0)\n" }.joined().write(
                toFile: input, atomically: true, encoding: .utf8)
            var (own, other): ([Double], [Double]) = ([], [])
            for round in 0..<Self.times {
                own.append(try time(tally, ["run"] + ours, input, state: "\(folder)/state\(round)"))
                other.append(try time("/usr/bin/xargs", theirs, input, state: folder))
            }
            let ratio = median(own) / median(other)
            print("\(what):")
            print(
                String(
                    format: "  tally run %.0f ms, xargs %.0f ms: %.2f times (at most %.1f)",
                    median(own) * 1000,
                    median(other) * 1000, ratio, limit))
        }
    }

    /// From the command until what it runs has written the time.
    private func startUp() async throws {
        try withFolder { folder in
            for (name, isWarm, limit) in [("cold", false, 150), ("warm", true, 50)] {
                let delays = try (0..<Self.times).map { round in
                    let state = "\(folder)/\(isWarm ? "warm" : "cold\(round)")"
                    if isWarm, round == 0 {
                        _ = try time(tally, ["run", "true", ":::", "1"], nil, state: state)
                    }
                    let mark = "\(folder)/mark"
                    let began = Date().timeIntervalSince1970
                    _ = try time(
                        tally, ["run", "date +%s.%N > \(mark); : {}", ":::", "1"], nil, state: state)
                    let written = try String(contentsOfFile: mark, encoding: .utf8)
                    guard let then = Double(written.trimmingCharacters(in: .newlines)) else {
                        throw Failure("date wrote '\(written)'")
                    }
                    return (then - began) * 1000
                }
                print(
                    "until the first operation runs, \(name): \(format(median(delays))) ms (at most \(limit))"
                )
            }
        }
    }

    private func time(_ program: String, _ arguments: [String], _ input: String?, state: String) throws
        -> Double
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": NSHomeDirectory(), "TALLY_STATE": state]
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) }
            ?? FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let began = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("\(program) \(arguments.joined(separator: " ")): \(process.terminationStatus)")
        }
        return (ContinuousClock.now - began).inSeconds
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Short, since a socket's path has at most 107 bytes.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/tb-\(getpid())-\(UInt16.random(in: 0...UInt16.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}
