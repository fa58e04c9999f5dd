import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct DiagnosisTests {
    /// A set-up in which all is well, changed by a row.
    static var sound: Examination {
        Examination(
            program: "tally 1", zeroMQ: "4.3.4",
            settings: ResolvedSettings([], given: [], environment: [:], file: nil),
            settingsPath: "/h/settings",
            statePath: "/s", state: .usable(mode: 0o700), freeBytes: 1 << 40, runtimePath: "/r",
            runtime: .usable(mode: 0o700), longestSocketPath: "/r/completions", storePath: "/s/store",
            store: .readable(version: 1), storeHolder: 7, logs: [], address: "ipc:///r/control",
            isNamed: false,
            keys: .notAsked, coordinator: .answers(answer), hasShell: true, fileLimit: (1024, 4096))
    }

    static var answer: Examination.Answer {
        Examination.Answer(
            program: "tally 1", epoch: 5, took: .milliseconds(3),
            workers: [
                ActiveWorker(
                    name: "w", session: "s", types: ["command"], slots: 4, running: 1, held: 2,
                    lastHeardAt: noon)
            ], batches: [])
    }

    @Test func whereAllIsWellNothingIsWrong() {
        let diagnosis = Diagnosis(Self.sound)
        #expect(diagnosis.isHealthy)
        #expect(
            lines(diagnosis) == """
                ok tally 1, libzmq 4.3.4
                -- nothing is set; a file of settings would be /h/settings
                ok /bin/sh is there
                ok open files: 1024, may be raised to 4096
                ok state folder /s
                ok 1048576 MB are free there
                ok sockets' folder /r
                ok store /s/store: version 1, in use by process 7
                ok coordinator at ipc:///r/control: tally 1, epoch 5, answered in 3 ms
                ok 1 worker, 1 of 4 slots in use
                """)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var change: @Sendable (inout Examination) -> Void
        var line: String
        var advice: String?

        init(
            _ line: String, _ advice: String? = nil, _ change: @escaping @Sendable (inout Examination) -> Void
        ) {
            self.line = line
            self.advice = advice
            self.change = change
        }

        var testDescription: String { line }
        var expected: String { line + (advice.map { "\n    \($0)" } ?? "") }
    }

    static let rows: [Row] = [
        Row("!! /f, line 2: TALLY_LOG: 'loud' is no level", "mend it, or take it out") {
            $0.settings = ResolvedSettings(
                [Setting("TALLY_LOG") { "TALLY_LOG: '\($0)' is no level" }], given: [], environment: [:],
                file: SettingsFile(path: "/f", text: "\nTALLY_LOG=loud"))
        },
        Row("ok TALLY_LOG=debug, /f, line 1") {
            $0.settings = ResolvedSettings(
                [Setting("TALLY_LOG") { _ in nil }], given: [], environment: [:],
                file: SettingsFile(path: "/f", text: "TALLY_LOG=debug"))
        },
        Row("ok TALLY_LOG=debug, a variable of the environment") {
            $0.settings = ResolvedSettings(
                [Setting("TALLY_LOG") { _ in nil }], given: [], environment: ["TALLY_LOG": "debug"], file: nil
            )
        },
        Row(
            "!! there is no /bin/sh",
            "commands that are one word for the shell can't run; install dash"
        ) { $0.hasShell = false },
        Row(
            "!! only 256 files may be open at once",
            "raise the hard limit to 1024 or more: ulimit -Hn, or LimitNOFILE= of a service"
        ) { $0.fileLimit = (256, 256) },
        Row("-- state folder /s: not there yet; made when it is needed") { $0.state = .missing(fault: nil) },
        Row(
            "!! state folder /s: not there, and can't be made: / can't be written",
            "set TALLY_STATE to another place"
        ) { $0.state = .missing(fault: "/ can't be written") },
        Row("!! state folder /s: others may write to it", "chmod 700 /s") { $0.state = .othersMayWrite },
        Row("-- state folder /s: others may look into it", "chmod 700 /s") {
            $0.state = .usable(mode: 0o755)
        },
        Row("!! state folder /s: it is no folder", "mend that, or set TALLY_STATE to another place") {
            $0.state = .unusable("it is no folder")
        },
        Row(
            "!! only 99 MB are free for the state folder",
            "free some space on its disk, or set TALLY_STATE to a folder on another"
        ) { $0.freeBytes = 100 << 20 - 1 },
        Row("!! sockets' folder /r: others may write to it", "chmod 700 /r") { $0.runtime = .othersMayWrite },
        Row(
            "!! /\(String(repeating: "r", count: 107)) has 108 bytes; a socket's path has at most 107",
            "set XDG_RUNTIME_DIR or TALLY_STATE to a shorter path"
        ) { $0.longestSocketPath = "/" + String(repeating: "r", count: 107) },
        Row("-- store /s/store: not there yet; the first coordinator makes it") { $0.store = .missing },
        Row("ok store /s/store: version 1") { $0.storeHolder = nil },
        Row("!! '/s/store' is damaged", "move it away to begin with an empty one") {
            $0.store = .refused("'/s/store' is damaged: move it away to begin with an empty one")
        },
        Row("-- no coordinator runs at ipc:///r/control", "'tally run' starts one; with workers: tally up") {
            $0.coordinator = .silent("no coordinator answers at ipc:///r/control")
            $0.storeHolder = nil
        },
        Row(
            "!! no coordinator answers at ipc:///r/control, but process 7 has the store",
            "if it listens elsewhere set TALLY_COORDINATOR to its address; if it hangs: kill 7"
        ) { $0.coordinator = .silent("no coordinator answers at ipc:///r/control") },
        Row(
            "-- no key: a coordinator on tcp asks for one, unless it was started with --insecure",
            "tally keygen NAME"
        ) { $0.keys = .missing },
        Row("ok the key of 'ann', and the coordinator's") { $0.keys = .usable(name: "ann") },
        Row(
            "!! the key file /k can't be read",
            "'tally keygen' makes keys; docs/security.md says where they belong"
        ) { $0.keys = .faulty("the key file /k can't be read") },
        Row(
            "!! the coordinator refuses the key of 'ann'",
            "add to its allow-list the line that 'tally keygen' printed for this key"
        ) { $0.coordinator = .refuses("the coordinator refuses the key of 'ann'") },
        Row(
            "!! no coordinator answers at tcp://h:1",
            "start it there: tally coordinator --bind tcp://h:1 --allow FILE, with its key in TALLY_KEY; "
                + "or unset TALLY_COORDINATOR"
        ) {
            $0.coordinator = .silent("no coordinator answers at tcp://h:1")
            $0.address = "tcp://h:1"
            $0.isNamed = true
        },
        Row(
            "!! coordinator at ipc:///r/control: tally 1, epoch 5, answered in 1500 ms",
            "it is busy, or its disk is slow: look at its log, and at the machine's load"
        ) { $0.coordinator = .answers(changed { $0.took = .milliseconds(1500) }) },
        Row(
            "-- coordinator at ipc:///r/control: tally 0, epoch 5, answered in 3 ms",
            "it is another version than this one; start it anew when it is idle"
        ) { $0.coordinator = .answers(changed { $0.program = "tally 0" }) },
        Row("-- no workers", "for work that is submitted, start one: tally worker --allow-commands") {
            $0.coordinator = .answers(changed { $0.workers = [] })
        },
        Row("ok 2 workers, 2 of 8 slots in use") {
            $0.coordinator = .answers(changed { $0.workers += $0.workers })
        },
        Row(
            "!! batch b: no worker takes operations of type 'command'",
            "start one: tally worker --allow-commands"
        ) { $0.coordinator = .answers(changed { $0.batches = [batch("b", types: ["command"])] }) },
        Row("!! batch b: no worker takes operations of type 'sleep'", "start one: tally worker") {
            $0.coordinator = .answers(changed { $0.batches = [batch("b", types: ["sleep"])] })
        },
        Row("!! batch b: no worker takes operations of type 'thumb'", "start a worker that handles 'thumb'") {
            $0.coordinator = .answers(changed { $0.batches = [batch("b", types: ["thumb"])] })
        },
        Row("-- batch b of a 'tally run' waits", "go on with it: tally run --resume b") {
            $0.coordinator = .answers(changed { $0.batches = [batch("b", lane: "b", types: ["command"])] })
        },
        Row("-- /s/worker.log: 2 errors, the last: 2026 error tally.worker: x") {
            $0.logs = [.init(path: "/s/worker.log", errors: 2, last: "2026 error tally.worker: x")]
        },
    ]

    @Test(arguments: rows) func eachThingThatIsFoundHasItsLineAndItsAdvice(_ row: Row) {
        var examination = Self.sound
        row.change(&examination)
        let diagnosis = Diagnosis(examination)
        #expect("\(lines(diagnosis))\n".contains(row.expected + "\n"), "\(lines(diagnosis))")
        #expect(diagnosis.isHealthy == !row.line.hasPrefix("!!"))
    }

    @Test func ofANamedCoordinatorTheOwnSocketsDontMatter() {
        var examination = Self.sound
        examination.isNamed = true
        examination.runtime = .othersMayWrite
        #expect(Diagnosis(examination).isHealthy)
    }

    @Test(arguments: [
        ("", 0, ""),
        ("2026-11-22T13:54:18+0000 info tally.worker: an error is told here", 0, ""),
        (
            "2026 error tally.worker: a\n2026 info x: y\n2026 critical tally.worker: b\n", 2,
            "2026 critical tally.worker: b"
        ),
        ("tally/X.swift:3: Fatal error: no", 1, "tally/X.swift:3: Fatal error: no"),
        (
            #"{"error":"x","level":"error","logger":"tally.worker","message":"a","time":"2026"}"#, 1,
            "2026 error tally.worker: a: x"
        ),
        (
            #"{"level":"info","logger":"tally.worker","message":"an error: Fatal error:","time":"2026"}"#, 0,
            ""
        ),
    ])
    func errorsInALogAreCounted(_ text: String, count: Int, last: String) {
        let errors = LogErrors(path: "/l", text: text)?.finding
        #expect(errors?.errors ?? 0 == count)
        #expect(errors?.last ?? "" == last)
    }

    private func lines(_ diagnosis: Diagnosis) -> String {
        let style = ViewStyle(colour: false, unicode: false)
        return diagnosis.findings.flatMap { $0.lines(style) }.map(\.text).joined(separator: "\n")
    }

    private static func changed(_ change: (inout Examination.Answer) -> Void) -> Examination.Answer {
        var answer = answer
        change(&answer)
        return answer
    }

    private static func batch(_ id: String, lane: String? = nil, types: [String]) -> BatchDetail {
        BatchDetail(
            event: CLIGatewayTests.batch(nil, 0, of: 1, id: id), actor: nil, interface: nil, lane: lane,
            retryOf: nil, lostOperations: nil, onEnd: nil, createdAt: noon, endedAt: nil, sealed: true,
            typesWithoutWorker: types)
    }
}
