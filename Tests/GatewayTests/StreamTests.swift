import BatchClient
import Foundation
import Glibc
import ProcessTesting
import Testing

extension Gateways {
    /// `GET /batches/{id}/events` and `GET /events`, as a client reads them.
    @Suite struct Streams {
        private static let operation = #"{"type":"no-op"}"#
        /// Waits for the file `go`.
        private static let waiting =
            #"{"type":"command","data":{"shell":"while [ ! -e go ]; do sleep 0.02; done"}}"#

        private func events(_ lines: [String]) throws -> [BatchProgressEvent] {
            try lines.map { try JSONDecoder().decode(BatchProgressEvent.self, from: Data($0.utf8)) }
        }

        @Test func linesComeAsTheyHappenFromTheStateNowToTheEnd() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                try await home.submit("b", [Self.operation, Self.waiting])
                let stream = try gateway.open("/batches/b/events")
                try await eventually("the state now") { stream.lines.count == 1 }
                #expect(try events(stream.lines)[0].status == .pending)
                _ = try home.worker(slots: 2)
                try await eventually("the first is done, the second runs") {
                    try events(stream.lines).last?.completedOperations == 1
                }
                #expect(!stream.isAtEnd)
                try Files.write([], to: "\(home.work)/go")
                try await eventually("it closes by itself") { stream.read().isAtEnd }
                let all = try events(stream.lines)
                #expect(all.last?.status == .completed && all.filter(\.status.isEnd).count == 1)
                #expect(all.map(\.revision) == all.map(\.revision).sorted())
                let answer = stream.answer
                #expect(answer.status == 200 && answer.isWhole)
                #expect(answer.headers["transfer-encoding"] == "chunked")
                #expect(answer.headers["content-type"] == "application/x-ndjson")
                #expect(answer.headers["cache-control"] == "no-cache")
                #expect(answer.headers["x-accel-buffering"] == "no")
                try await eventually("nobody follows") { try await gateway.streams == 0 }
            }
        }

        @Test func serverSentEventsGoOnAfterTheLastOneThatIsKnown() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                try await home.submit("b", [Self.waiting])
                let accept = "Accept: text/event-stream"
                let stream = try gateway.open("/batches/b/events", headers: [accept])
                try await eventually("the state now") { stream.lines.contains { $0.hasPrefix("data: ") } }
                #expect(stream.answer.headers["content-type"] == "text/event-stream")
                #expect(Array(stream.lines.prefix(1)) == ["retry: 2000"])
                let id = try #require(stream.lines.first { $0.hasPrefix("id: ") }).dropFirst(4)
                stream.close()

                let next = try gateway.open("/batches/b/events", headers: [accept, "Last-Event-ID: \(id)"])
                try await eventually("it is answered") { !next.lines.isEmpty }
                #expect(next.lines == ["retry: 2000"])
                try Files.write([], to: "\(home.work)/go")
                _ = try home.worker(slots: 1)
                try await eventually("it closes") { next.read().isAtEnd }
                #expect(!next.lines.contains("id: \(id)"))
                #expect(next.lines.last?.contains(#""status":"completed""#) == true)

                // That it ended is told again to whoever asks again.
                let last = try #require(next.lines.last { $0.hasPrefix("id: ") })
                let again = try await gateway.ask(
                    "/batches/b/events", headers: [accept, "Last-Event-\(last.replacing("id", with: "ID"))"])
                #expect(again.isWhole && again.body.contains("\(last)\nevent: progress\ndata: {"))
            }
        }

        @Test func whoComesAfterTheEndIsToldTheEnd() async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 1)
                try await home.submit("b", [Self.operation])
                let end = try await home.end(of: "b")
                let gateway = try await home.gateway()
                let answer = try await gateway.ask("/batches/b/events")
                #expect(answer.isWhole)
                #expect(try events(answer.body.split(separator: "\n").map(String.init)) == [end])
            }
        }

        @Test func allBatchesAreToldOfAndWhatEndedMeanwhile() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                try await home.submit("a", [Self.operation])
                let stream = try gateway.open("/events")
                try await eventually("one") { stream.lines.count == 1 }
                try await home.submit("b", [Self.operation])
                try await eventually("another") {
                    try events(stream.lines).contains { $0.batchId.description == "b" }
                }
                let known = try #require(try events(stream.lines).map(\.revision).max())
                stream.close()

                _ = try home.worker(slots: 2)
                for id in ["a", "b"] { _ = try await home.end(of: id) }
                let back = try gateway.open("/events", headers: ["Last-Event-ID: \(known)"])
                try await eventually("both ends") { back.lines.count >= 2 }
                let ends = try events(back.lines)
                #expect(
                    Set(ends.map(\.batchId.description)) == ["a", "b"] && ends.allSatisfy(\.status.isEnd))
                #expect(ends.map(\.revision) == ends.map(\.revision).sorted())
                #expect(!back.isAtEnd)

                // Whoever knows the newest may lack one that was overtaken by it.
                let newest = try #require(ends.map(\.revision).max())
                let again = try gateway.open("/events", headers: ["Last-Event-ID: \(newest)"])
                try await eventually("both ends again") { again.lines.count == 2 }
            }
        }

        @Test func aStreamOutlivesItsCoordinator() async throws {
            try await withCoordinator { home, coordinator in
                let gateway = try await home.gateway()
                _ = try home.worker(slots: 2)
                try await home.submit("b", [Self.operation, Self.waiting])
                let stream = try gateway.open("/batches/b/events")
                try await eventually("one is done") {
                    try events(stream.lines).last?.completedOperations == 1
                }
                try await coordinator.destroy()
                try await eventually("the gateway says so") {
                    try await gateway.ask("/readyz").status == 503
                }
                for path in ["/batches", "/batches/b", "/batches/b/events", "/events"] {
                    let answer = try await gateway.ask(path)
                    #expect(answer.status == 503 && answer.headers["retry-after"] == "2", "\(path)")
                }
                #expect(!stream.read().isAtEnd)
                _ = try await home.coordinator()
                try Files.write([], to: "\(home.work)/go")
                try await eventually("it closes") { stream.read().isAtEnd }
                let all = try events(stream.lines)
                #expect(stream.answer.isWhole && all.last?.status == .completed)
                #expect(all.last?.completedOperations == 2)
                #expect(all.map(\.revision) == all.map(\.revision).sorted())
                #expect(try await gateway.ask("/readyz").status == 200)
            }
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func streamsAreGivenALastWord(signal: Int32) async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                try await home.submit("b", [Self.operation])
                let lines = try gateway.open("/batches/b/events")
                let messages = try gateway.open("/events", headers: ["Accept: text/event-stream"])
                try await eventually("both listen") { !lines.lines.isEmpty && messages.lines.count > 1 }
                gateway.process.signal(signal)
                try await eventually("both end") { lines.read().isAtEnd && messages.read().isAtEnd }
                let word = #"{"closing":"the gateway is shutting down"}"#
                #expect(lines.answer.isWhole && lines.lines.last == word)
                #expect(messages.answer.isWhole)
                #expect(Array(messages.lines.suffix(2)) == ["event: closing", "data: \(word)"])
                #expect(try await gateway.process.end(within: .seconds(10)) == .exited(0))
            }
        }

        @Test func whoDoesNotReadDoesNotHoldUpTheEnd() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                let label = String(repeating: "x", count: 900)
                for index in 0..<100 {
                    try await home.submit("b\(index)", [Self.operation], arguments: ["--label", label])
                }
                let request = "GET /events HTTP/1.1\r\nHost: 127.0.0.1:\(gateway.port)\r\n\r\n"
                let stalled = try HTTPConnection(port: gateway.port, receiveBuffer: 1)
                stalled.send(request)
                try await eventually("it is there") { try await gateway.streams == 1 }
                _ = try home.worker(slots: 2)
                for index in 0..<100 { _ = try await home.end(of: "b\(index)") }
                // Reading again, it is told all ends, and nothing twice.
                var ends: [BatchProgressEvent] = []
                try await eventually("all ends") {
                    ends = try events(stalled.lines).filter(\.status.isEnd)
                    return ends.count >= 100
                }
                #expect(Set(ends.map(\.batchId)).count == 100 && ends.count == 100)
                let again = try HTTPConnection(port: gateway.port, receiveBuffer: 1)
                again.send(request)
                gateway.process.signal(SIGTERM)
                #expect(try await gateway.process.end(within: .seconds(10)) == .exited(0))
            }
        }
    }
}
