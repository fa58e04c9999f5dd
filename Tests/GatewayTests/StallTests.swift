import BatchClient
import Foundation
import ProcessTesting
import Testing

extension Gateways {
    /// Readers that stall while what they follow goes on.
    @Suite struct Stalls {
        /// Its events are of four kilobytes, so that a few fill what the kernel keeps for a reader.
        private static let label = String(repeating: "\u{1F350}", count: 1_000)
        private static let waiting =
            #"{"type":"command","data":{"shell":"while [ ! -e go ]; do sleep 0.02; done"}}"#
        private static let operations =
            [waiting] + [String](repeating: #"{"type":"sleep","data":0.05}"#, count: 160)

        @Test func aReaderThatStallsIsToldTheNewestAndTheEnd() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                _ = try home.worker(slots: 2)
                try await home.submit("b", Self.operations, arguments: ["--label", Self.label])
                let awake = try gateway.open("/batches/b/events")
                let stalled = try (0..<10).map { _ in
                    try gateway.open("/batches/b/events", receiveBuffer: 1)
                }
                let (headers, body) = MCPRequest.follow("b")
                let assistants = try (0..<10).map { _ in
                    try gateway.open("POST", "/mcp", headers: headers, body: body, receiveBuffer: 1)
                }
                try await eventually("all are there") { try await gateway.streams == 21 }
                try await eventually("it has moved on") { awake.lines.count >= 14 }
                let newest = try #require(try events(awake).last)
                for reader in stalled {
                    try await eventually("the newest") {
                        try events(reader).last.map { $0.revision >= newest.revision } ?? false
                    }
                    #expect(try !#require(events(reader).last).status.isEnd)
                    #expect(reader.lines.count < awake.lines.count)
                }
                try Files.write([], to: "\(home.work)/go")
                for reader in stalled {
                    try await eventually("it closes") { reader.read().isAtEnd }
                    let told = try events(reader)
                    #expect(reader.answer.isWhole && told.last?.status == .completed)
                    #expect(told.map(\.revision) == told.map(\.revision).sorted())
                }
                for reader in assistants {
                    try await eventually("it closes") { reader.read().isAtEnd }
                    let messages = try messages(reader)
                    #expect(reader.answer.isWhole && messages.last?["result"] != nil)
                    let told = messages.dropLast().compactMap {
                        ($0["params"] as? [String: Any])?["progress"] as? Double
                    }
                    #expect(told.count == messages.count - 1 && told.count >= 3)
                    #expect(zip(told, told.dropFirst()).allSatisfy { $0 < $1 })
                }
            }
        }

        private func events(_ reader: HTTPConnection) throws -> [BatchProgressEvent] {
            try reader.lines.map { try JSONDecoder().decode(BatchProgressEvent.self, from: Data($0.utf8)) }
        }

        private func messages(_ reader: HTTPConnection) throws -> [[String: Any]] {
            try reader.lines.filter { $0.hasPrefix("data: ") }.map { line in
                let message = try JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8))
                return try #require(message as? [String: Any])
            }
        }
    }
}
