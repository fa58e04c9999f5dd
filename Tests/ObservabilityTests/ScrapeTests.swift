import BatchClient
import BatchProgress
import Foundation
import Glibc
import ProcessTesting
import Testing

extension Observed {
    /// All four kinds of processes, with batches that end in every way, and what is told of that.
    @Suite struct Scrapes {
        private static let sleeper = #"{"type":"sleep","data":0.01}"#
        private static let command = #"{"type":"command","data":{"shell":"exit 3"}}"#

        @Test func batchesAreCountedToTheLastOne() async throws {
            try await withHome { home in
                let homeserver = try await home.homeserver()
                let coordinator = try await home.probed("coordinator")
                let worker = try await home.probed(
                    "worker", "--allow-commands", "--slots", "2", "--name", "w")
                let mcp = try await home.probed("mcp", option: "--listen")
                let matrix = try await home.probedMatrix(homeserver.port)
                let processes = [coordinator, worker, mcp, matrix]
                for process in processes { try await process.becomes(200, saying: "ready") }

                let ended = try await batches(home)
                try await agree(coordinator, worker, ended)
                try await tellOfThemselves(home, processes, mcp: mcp, matrix: matrix)
                try await areScraped(home, processes, ended)
            }
        }

        /// One that completed, one of which some failed after a second try, one that was cancelled.
        private func batches(_ home: Home) async throws -> [BatchProgressEvent] {
            try await home.submit("all-well", [String](repeating: Self.sleeper, count: 137))
            try await home.submit(
                "bad",
                [String](repeating: Self.sleeper, count: 40) + [Self.command, Self.command, Self.command],
                arguments: ["--retries", "1"])
            try await home.submit(
                "long",
                [#"{"type":"sleep","data":60}"#] + [String](repeating: #"{"type":"nobody"}"#, count: 9))
            try await eventually("the long one runs") { try await home.runningOperations(of: "long") == 1 }
            #expect(try await home.run("cancel", "long").ending == .exited(0))
            var ended: [BatchProgressEvent] = []
            for id in ["all-well", "bad", "long"] { ended.append(try await home.end(of: id)) }
            #expect(ended.map(\.status) == [.completed, .failed, .cancelled])
            return ended
        }

        private func agree(_ coordinator: Probed, _ worker: Probed, _ ended: [BatchProgressEvent])
            async throws
        {
            func sum(_ count: (BatchProgressEvent) -> Int) -> Double {
                Double(ended.reduce(0) { $0 + count($1) })
            }
            let told = try await coordinator.metrics
            let expected = [
                "tally_operations_added_total": sum(\.totalOperations),
                #"tally_operations_ended_total{outcome="completed"}"#: sum(\.completedOperations),
                #"tally_operations_ended_total{outcome="failed"}"#: sum(\.failedOperations),
                #"tally_operations_ended_total{outcome="cancelled"}"#: sum(\.cancelledOperations),
                "tally_operations_retried_total": sum(\.retriedOperations),
                "tally_operations_lost_total": 0, "tally_operations_waiting": 0,
                "tally_operations_granted": 0,
                "tally_batches_accepted_total": 3,
                #"tally_batches_ended_total{status="completed"}"#: 1,
                #"tally_batches_ended_total{status="failed"}"#: 1,
                #"tally_batches_ended_total{status="cancelled"}"#: 1,
                #"tally_batches_active{status="processing"}"#: 0,
                "tally_workers": 1, "tally_worker_slots": 2, "tally_commits_refused_total": 0,
                #"tally_messages_rejected_total{socket="completions"}"#: 0,
            ]
            for (series, value) in expected { #expect(told[series] == value, "\(series)") }
            #expect(sum(\.completedOperations) == 177 && sum(\.failedOperations) == 3)
            #expect(sum(\.cancelledOperations) == 10 && sum(\.retriedOperations) == 3)
            for series in [
                "tally_events_published_total", "tally_events_coalesced_total", "tally_commit_seconds_count",
                "tally_turn_seconds_count", "tally_store_bytes", "tally_clients",
            ] {
                #expect(try #require(told[series]) > 0, "\(series)")
            }
            let ran = try await worker.metrics
            #expect(ran[#"tally_worker_operations_total{outcome="completed"}"#] == 177)
            // Each of the failures twice.
            #expect(ran[#"tally_worker_operations_total{outcome="failed"}"#] == 6)
            #expect(ran[#"tally_worker_operations_total{outcome="cancelled"}"#] == 1)
            #expect(ran["tally_worker_operation_seconds_count"] == 184)
            #expect(ran["tally_worker_operations_running"] == 0)
        }

        private func tellOfThemselves(
            _ home: Home, _ processes: [Probed], mcp: Probed, matrix: Probed
        ) async throws {
            var told: Set<String> = []
            for process in processes {
                let metrics = try await process.metrics
                told.formUnion(metrics.names)
                let complaints = try await home.call(
                    "/usr/bin/promtool", "check", "metrics", input: metrics.text)
                #expect(complaints == "", "\(process.process.name)")
                #expect(metrics["tally_build_info{version=\"0.1.0\",protocol=\"1\"}"] == 1)
                #expect(try #require(metrics["process_resident_memory_bytes"]) > 1e6)
                let age = Date.now.timeIntervalSince1970 - (metrics["process_start_time_seconds"] ?? 0)
                #expect(-2...120 ~= age, "\(process.process.name) is \(age) seconds old")
                #expect(!metrics.text.contains("all-well"), "a batch's id is no label")
            }
            #expect(told == Set(try Table.metrics()))

            let stream = try HTTPConnection(port: mcp.port)
            stream.send("GET /events HTTP/1.1\r\nHost: 127.0.0.1:\(mcp.port)\r\n\r\n")
            try await eventually("a stream is counted") {
                try await mcp.metrics["tally_http_streams"] == 1
            }
            #expect(try await mcp.metrics["tally_mirror_readers"] == 1)
            stream.close()
            try await eventually("it is gone") { try await mcp.metrics["tally_http_streams"] == 0 }
            let posted = try await matrix.metrics
            #expect(try #require(posted[#"tally_matrix_messages_total{kind="original"}"#]) >= 3)
            #expect(try #require(posted[#"tally_matrix_requests_total{result="limited"}"#]) >= 1)
            #expect(posted["tally_matrix_connected"] == 1 && posted["tally_coordinator_connected"] == 1)
        }

        /// By a real Prometheus.
        private func areScraped(
            _ home: Home, _ processes: [Probed], _ ended: [BatchProgressEvent]
        ) async throws {
            let targets = processes.map { "'127.0.0.1:\($0.port)'" }.joined(separator: ", ")
            let config = """
                scrape_configs:
                  - job_name: tally
                    scrape_interval: 500ms
                    scrape_timeout: 500ms
                    static_configs: [{targets: [\(targets)]}]
                """
            try Files.write(bytes(config), to: "\(home.path)/prometheus.yml")
            let port = try FreePort.find()
            let prometheus = try home.start(
                words: [
                    "/usr/bin/prometheus", "--config.file=\(home.path)/prometheus.yml",
                    "--storage.tsdb.path=\(home.path)/tsdb", "--web.listen-address=127.0.0.1:\(port)",
                ].map { bytes($0) })
            func value(_ query: String) async throws -> String? {
                let answer = try? await Probed(process: prometheus, port: port).ask(
                    "/api/v1/query?query=\(query)")
                return answer?.body.firstMatch(of: /"value":\[[0-9.]+,"([^"]+)"\]/).map { String($0.1) }
            }
            try await eventually("each is scraped") {
                guard prometheus.isRunning else { throw Overdue(prometheus.errorText) }
                return try await value("sum(up)") == "4"
            }
            let count = ended.reduce(0) { $0 + $1.totalOperations }
            #expect(try await value("sum(tally_operations_ended_total)") == "\(count)")
        }
    }
}
