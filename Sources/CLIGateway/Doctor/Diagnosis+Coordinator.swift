import BatchProgress

extension Examination {
    private static let slow: Duration = .seconds(1)
    /// What `tally worker` handles, where it may run commands, and in any case.
    private static let needPermission: Set = ["command", "post"]
    private static let builtIn: Set = ["no-op", "sleep"]

    var coordinatorFindings: [Finding] {
        switch coordinator {
        case .notAsked: []
        case .silent(let reason): [silence(reason)]
        case .refuses(let reason):
            [.problem(reason, "add to its allow-list the line that 'tally keygen' printed for this key")]
        case .answers(let answer): [greeting(answer)] + workers(answer) + waiting(answer)
        }
    }

    private func silence(_ reason: String) -> Finding {
        if isNamed {
            let keys = address.hasPrefix("tcp:") ? " --allow FILE, with its key in TALLY_KEY" : ""
            return .problem(
                reason,
                "start it there: tally coordinator --bind \(address)\(keys); or unset TALLY_COORDINATOR")
        }
        if let storeHolder {
            return .problem(
                "\(reason), but process \(storeHolder) has the store",
                "if it listens elsewhere set TALLY_COORDINATOR to its address; if it hangs: kill \(storeHolder)"
            )
        }
        return .note("no coordinator runs at \(address)", "'tally run' starts one; with workers: tally up")
    }

    private func greeting(_ answer: Answer) -> Finding {
        let milliseconds = Int(answer.took / .milliseconds(1))
        let text =
            "coordinator at \(address): \(answer.program), epoch \(answer.epoch), answered in \(milliseconds) ms"
        if answer.took > Self.slow {
            return .problem(
                text, "it is busy, or its disk is slow: look at its log, and at the machine's load")
        }
        if answer.program != program {
            return .note(text, "it is another version than this one; start it anew when it is idle")
        }
        return .good(text)
    }

    private func workers(_ answer: Answer) -> [Finding] {
        let slots = answer.workers.reduce(0) { $0 + $1.slots }
        let running = answer.workers.reduce(0) { $0 + $1.running }
        switch answer.workers.count {
        case 0:
            return [
                .note("no workers", "for work that is submitted, start one: tally worker --allow-commands")
            ]
        case 1: return [.good("1 worker, \(running) of \(slots) slots in use")]
        case let count: return [.good("\(count) workers, \(running) of \(slots) slots in use")]
        }
    }

    private static func remedy(_ type: String) -> String {
        if needPermission.contains(type) { return "start one: tally worker --allow-commands" }
        return builtIn.contains(type) ? "start one: tally worker" : "start a worker that handles '\(type)'"
    }

    /// Operations that nobody takes.
    private func waiting(_ answer: Answer) -> [Finding] {
        answer.batches.flatMap { batch -> [Finding] in
            let id = batch.event.batchId
            guard let types = batch.typesWithoutWorker, !types.isEmpty else { return [] }
            if batch.lane == id.description {
                return [
                    .note("batch \(id) of a 'tally run' waits", "go on with it: tally run --resume \(id)")
                ]
            }
            return types.map { type in
                .problem(
                    "batch \(id): no worker takes operations of type '\(type)'",
                    Self.remedy(type))
            }
        }
    }
}
