import BatchClient
import BatchProtocol
import Foundation
import Glibc
import ProcessTesting
import Testing
import ZeroMQ

extension Processes {
    /// Persist, then publish, then acknowledge.
    @Suite struct Durability {
        // MARK: The order of system calls

        /// What strace saw of the coordinator, in order.
        private enum Seen: Equatable {
            case write
            case sync
            /// Something was said that rests on what was written, named by a part of it.
            case said(String)
        }

        private static let watched = [
            #"\"sealed\":false"#, #"\"ok\":{\"total\":"#, #"\"sealed\":true"#, #"\"verb\":\"grant\""#,
            #"\"verb\":\"acknowledge\""#, #"\"status\":\"completed\""#,
        ]

        private static func seen(_ line: Substring) -> Seen? {
            if line.contains("sync("), line.contains("-wal>") { return .sync }
            if line.contains("write"), line.contains("-wal>") { return .write }
            guard line.contains("sendto(") else { return nil }
            return watched.first { line.contains($0) }.map { .said($0) }
        }

        static let straceWorks: Bool = {
            let strace = Process()
            strace.executableURL = URL(filePath: "/usr/bin/strace")
            strace.arguments = ["-o", "/dev/null", "/bin/true"]
            guard (try? strace.run()) != nil else { return false }
            strace.waitUntilExit()
            return strace.terminationStatus == 0
        }()

        /// One request at a time, so that each answer rests on what was written since the one before it.
        @Test(.enabled(if: straceWorks, "strace is missing, or not allowed to trace"))
        func theLogIsSyncedBeforeAnythingIsToldOfIt() async throws {
            try await withHome { home in
                let trace = "\(home.path)/trace"
                let calls = "trace=fsync,fdatasync,write,writev,pwrite64,pwritev,sendto"
                let strace = try await home.coordinator(
                    under: ["/usr/bin/strace", "-f", "-y", "-s", "400", "-e", calls, "-o", trace])
                try await Probe.open(.subscribe, "ipc://\(home.state)/run/events") { events in
                    try await events.subscribe([])
                    _ = try await events.next()
                    try await speak(home)
                }
                let coordinator = try #require(home.coordinators.first { $0 != strace.pid })
                kill(coordinator, SIGTERM)
                #expect(try await strace.end() == .exited(0))

                var said: [String] = []
                var (written, synced) = (false, false)
                for event in Files.text(trace).split(separator: "\n").compactMap(Self.seen) {
                    switch event {
                    case .write: (written, synced) = (true, false)
                    case .sync: synced = true
                    case .said(let what):
                        // The end of a batch is told with the same commit as the acknowledgement.
                        if !(what.contains("completed") || said.last?.contains("completed") == true) {
                            #expect(written, "nothing was written before: \(what)")
                        }
                        #expect(synced, "not synced before: \(what)")
                        written = false
                        said.append(what)
                    }
                }
                for what in Self.watched { #expect(said.contains(what), "never said: \(what)") }
            }
        }

        /// As a client submits a batch, and as a worker does its only operation.
        private func speak(_ home: Home) async throws {
            try await Probe.open(.dealer, home.address.description) { client in
                for request in [
                    #""open", "batch": "b""#, #""add", "batch": "b", "first": 0, "types": [["no-op", 1]]"#,
                    #""seal", "batch": "b", "total": 1"#,
                ] {
                    let answer = try await client.answer(
                        to: #"{"v": 1, "id": 1, "verb": \#(request)}"#,
                        request.contains("add") ? [bytes("data")] : [])
                    #expect(String(decoding: answer[0], as: UTF8.self).contains(#""ok""#))
                }
            }
            try await Probe.open(.dealer, "ipc://\(home.state)/run/dispatch") { dispatch in
                try await Probe.open(.push, "ipc://\(home.state)/run/completions") { completions in
                    try await dispatch.send(
                        #"{"v": 1, "verb": "ready", "session": "s", "worker": "w", "slots": 1, "capacity": 1, "types": ["no-op"], "holds": []}"#
                    )
                    while try await !Self.says("grant", dispatch.next()) {}
                    try await completions.send(
                        #"{"v": 1, "verb": "report", "session": "s", "report": 1, "batch": "b", "attempt": 1, "completed": [0]}"#
                    )
                    while try await !Self.says("acknowledge", dispatch.next()) {}
                }
            }
        }

        private static func says(_ verb: String, _ frames: [Frame]) -> Bool {
            String(decoding: frames[0], as: UTF8.self).contains(#""verb":"\#(verb)""#)
        }

        // MARK: A refused commit

        /// What is asked last meets an engine in which the batch was cancelled, by a turn whose commit is refused like the one
        /// before it: its refusal would be of what never happened.
        @Test func aRefusalThatRestsOnALostChangeIsNotTold() async throws {
            try await withHome { home in
                try await home.limitFiles(of: try await home.coordinator(), toBytes: 300 << 10)
                try await Probe.open(.dealer, home.address.description) { client in
                    for id in ["b", "c"] {
                        let answer = try await client.answer(
                            to: #"{"v": 1, "id": 1, "verb": "open", "batch": "\#(id)"}"#)
                        #expect(try Self.code(answer) == nil)
                    }
                    try await client.send(
                        #"{"v": 1, "id": 2, "verb": "add", "batch": "c", "first": 0, "types": [["x", 1]]}"#,
                        [Self.noise(1_000_000)])
                    try await client.send(#"{"v": 1, "id": 3, "verb": "cancel", "batch": "b"}"#)
                    try await client.send(#"{"v": 1, "id": 4, "verb": "seal", "batch": "b", "total": 0}"#)
                    for _ in 0..<3 { #expect(try Self.code(await client.next()) == .storage) }
                }
            }
        }

        private static func code(_ answer: [Frame]) throws -> WireError.Code? {
            try JSONDecoder().decode(ControlAnswer<JSONValue>.self, from: Data(answer[0])).error?.code
        }

        /// Bytes that can't be made smaller.
        private static func noise(_ count: Int) -> Frame {
            (0..<count).map { _ in .random(in: .min ... .max) }
        }

        // MARK: A full disk

        @Test(.enabled(if: geteuid() == 0, "only root may make a small disk"))
        func aFullDiskTakesNothingNewAndLosesNothing() async throws {
            try await withHome { home in
                try await withSmallDisk(home) { disk in
                    let coordinator = try await home.coordinator("--store", "\(disk)/store.sqlite")
                    let trace = Trace(in: home.work)
                    let worker = try home.worker(slots: 4)
                    try await home.submit("runs", try (0..<40).map { _ in try Line.gated() })
                    try await eventually("four run") { trace.starts.count == 4 }
                    let accepted = try await submitUntilFull(home)

                    let refused = try await home.run(
                        "submit", "--id", "late",
                        try home.operations([String](repeating: Self.bulky, count: 15)))
                    #expect(refused.ending == .exited(1))
                    #expect(refused.error.contains("no room for the store"), "\(refused.error)")
                    #expect(refused.output.isEmpty)
                    try trace.open()
                    try await eventually("what ran has ended") { trace.ended.count >= 4 }
                    #expect(coordinator.isRunning && worker.isRunning)

                    Files.remove(bytes("\(disk)/ballast"))
                    try await eventually("it answers again") { (try? await home.event(of: "runs")) != nil }
                    let event = try await home.end(of: "runs")
                    #expect(event.completedOperations == 40 && event.retriedOperations == 0)
                    #expect(trace.runs == Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, 1) }))
                    for id in accepted {
                        let event = try await home.end(of: id)
                        #expect(event.completedOperations == 15 && event.totalOperations == 15)
                    }
                    try await home.submit("new", [Line.noOp])
                    #expect(try await home.end(of: "new").completedOperations == 1)
                }
            }
        }

        /// An operation of 50 kB, for a worker that has to have it whole.
        private static let bulky = #"{"type": "no-op", "data": "\#(String(repeating: "x", count: 50_000))"}"#

        /// Fills the disk with batches, and what little is left with a file.
        ///
        /// - Returns: the batches that were accepted.
        private func submitUntilFull(_ home: Home) async throws -> [String] {
            var accepted: [String] = []
            let operations = try home.operations([String](repeating: Self.bulky, count: 15))
            while true {
                let id = "bulk\(accepted.count)"
                let finished = try await home.run("submit", "--id", id, operations)
                guard finished.ending == .exited(0) else {
                    #expect(finished.error.contains("no room for the store"), "\(finished.error)")
                    return accepted
                }
                accepted.append(id)
                try #require(accepted.count < 50)
            }
        }

        private func withSmallDisk(_ home: Home, _ body: (String) async throws -> Void) async throws {
            let disk = "\(home.path)/disk"
            mkdir(disk, 0o700)
            guard mount("tally-test", disk, "tmpfs", 0, "size=10m,mode=700") == 0 else {
                throw SystemError("mount \(disk)")
            }
            defer { umount2(disk, Int32(MNT_DETACH)) }
            try Files.write([UInt8](repeating: 0, count: 5 << 20), to: "\(disk)/ballast")
            try await body(disk)
        }
    }
}
