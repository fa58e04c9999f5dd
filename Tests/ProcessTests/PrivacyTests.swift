import BatchClient
import Foundation
import Glibc
import ProcessTesting
import Testing
import ZeroMQ

extension Processes {
    /// A private batch, through real processes: whatever is asked and whatever is published, in bytes.
    @Suite struct Privacy {
        private static let secret = "kNapweed"

        @Test func noAnswerAndNoEventTellsASecret() async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 1)
                try await Probe.open(.subscribe, "ipc://\(home.state)/run/events") { events in
                    try await events.subscribe([])
                    try await Probe.open(.dealer, "ipc://\(home.state)/run/control") { control in
                        let told = try await converse(control, home)
                        let text = String(decoding: told.joined(), as: UTF8.self)
                        #expect(!text.contains(Self.secret), "\(text)")
                        #expect(text.contains(#""exitCode":7"#), "what is asked for is there")
                    }
                    let published = try await untilTheEnd(of: "again", events)
                    let text = String(decoding: published.joined(), as: UTF8.self)
                    #expect(!text.contains(Self.secret), "\(text)")
                    #expect(text.contains("batch-progress.hidden."))
                }
                // The commands did say it; the store keeps it only where workers need it.
                #expect(Files.text("\(home.work)/said").contains(Self.secret))
            }
        }

        /// Whoever may submit commands doesn't learn by them what lets others in.
        @Test func theTokenOfTheGatewayIsNotForCommands() async throws {
            try await withCoordinator { home, _ in
                _ = try home.start(
                    "worker", "--allow-commands", "--slots", "1",
                    environment: [
                        "TALLY_MCP_TOKEN=0123456789abcdef", "TALLY_MCP_TOKEN_FILE=/t", "TALLY_MATRIX_TOKEN=t",
                        "TALLY_MATRIX_PASSWORD=p", "OTHER=seen",
                    ])
                try await home.submit("b", [#"{"type":"command","data":{"shell":"env >said"}}"#])
                _ = try await home.end(of: "b")
                let settings = Files.lines("\(home.work)/said")
                #expect(settings.contains("OTHER=seen") && settings.contains("TALLY_MCP_TOKEN_FILE=/t"))
                let secrets = ["TALLY_MCP_TOKEN=", "TALLY_MATRIX_TOKEN=", "TALLY_MATRIX_PASSWORD="]
                #expect(!settings.contains { setting in secrets.contains { setting.hasPrefix($0) } })
            }
        }

        /// A batch of one command that tells its secret wherever it can, then a retry of it; all that is answered.
        private func converse(_ control: Probe, _ home: Home) async throws -> [Frame] {
            let script = """
                echo \(Self.secret) | tee said; echo \(Self.secret) >&2; echo "0.5 \(Self.secret)" > "$TALLY_PROGRESS"
                while [ ! -e go ]; do sleep 0.05; done; exit 7
                """
            let data = try JSONEncoder().encode(["shell": script])
            var answers: [Frame] = []
            func ask(_ request: String, _ frames: [Frame] = []) async throws -> String {
                let answer = try await control.answer(to: #"{"v":1,"id":1,\#(request)}"#, frames)
                answers += answer
                return String(decoding: answer.joined(), as: UTF8.self)
            }
            _ = try await ask(
                #""verb":"open","batch":"hidden","private":true,"label":"\#(Self.secret)","actor":"ada""#)
            _ = try await ask(
                #""verb":"add","batch":"hidden","first":0,"types":[["command",1]],"labels":["\#(Self.secret)"]"#,
                [Array(data)])
            _ = try await ask(#""verb":"seal","batch":"hidden","total":1"#)
            try await eventually("it tells how far it is") {
                try await ask(#""verb":"operations","batch":"hidden""#).contains(#""progress":0.5"#)
            }
            func askEverything(_ id: String) async throws {
                for verb in ["status", "operations", "failures"] {
                    _ = try await ask(#""verb":"\#(verb)","batch":"\#(id)""#)
                }
                _ = try await ask(#""verb":"logs","batch":"\#(id)","operation":0"#)
                for request in [#""list","ended":true"#, #""snapshot","since":0"#, #""workers""#] {
                    _ = try await ask(#""verb":"# + request)
                }
            }
            try await askEverything("hidden")
            try Files.write([], to: "\(home.work)/go")
            for (id, next) in [("hidden", "again"), ("again", "")] {
                try await eventually("\(id) has failed") {
                    try await ask(#""verb":"status","batch":"\#(id)""#).contains(#""status":"failed""#)
                }
                try await askEverything(id)
                if !next.isEmpty { _ = try await ask(#""verb":"retry","batch":"\#(id)","as":"\#(next)""#) }
            }
            return answers
        }

        private func untilTheEnd(of id: String, _ events: Probe) async throws -> [Frame] {
            var frames: [Frame] = []
            while true {
                let message = try await events.next()
                frames += message
                if message[0] == bytes("batch-progress.\(id)."),
                    String(decoding: message[1], as: UTF8.self).contains(#""status":"failed""#)
                {
                    return frames
                }
            }
        }
    }
}
