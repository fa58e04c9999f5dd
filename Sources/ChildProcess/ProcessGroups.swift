import CChildProcess
import Glibc
import Synchronization

/// The groups that are alive, in the table that the keeper acts on after this process's end.
///
/// One lock covers starting, reaping and killing all: so nothing starts behind `killAll`, and it
/// never kills a group whose number is already another's.
final class ProcessGroups: Sendable {
    private struct State {
        let table: OpaquePointer
        var freeSlots: [UInt32]
        var isRefusing = false
    }

    /// The most commands that may run at once.
    private static let capacity: UInt32 = 16_384

    private let state: Mutex<State>

    init() throws(SystemFailure) {
        guard let table = cchild_table_create(Self.capacity) else {
            throw SystemFailure("make the table of process groups", code: errno)
        }
        state = Mutex(State(table: table, freeSlots: (0..<Self.capacity).reversed()))
    }

    deinit {
        state.withLock { cchild_table_destroy($0.table) }
    }

    /// Whether everything has been killed and nothing more may start.
    var isRefusing: Bool { state.withLock(\.isRefusing) }

    /// SIGKILL to every group, at once; nothing starts from here on.
    func killAll() {
        state.withLock { state in
            state.isRefusing = true
            cchild_table_kill(state.table)
        }
    }

    func startKeeper() throws(SystemFailure) -> Keeper {
        try state.withLock { state throws(SystemFailure) in
            var pid: pid_t = 0
            let descriptor = try Descriptor(
                checking: cchild_keeper_start(state.table, &pid), "start the keeper")
            return Keeper(pid: pid, descriptor: descriptor)
        }
    }

    /// - Returns: `nil` when everything has been killed.
    func spawn(
        _ plan: SpawnPlan, input: borrowing Descriptor, output: borrowing Descriptor,
        error: borrowing Descriptor
    ) throws(SpawnFailure) -> GroupLeader? {
        let (input, output, error) = (input.number, output.number, error.number)
        return try state.withLock { state throws(SpawnFailure) -> GroupLeader? in
            guard !state.isRefusing else { return nil }
            guard let slot = state.freeSlots.popLast() else {
                throw SpawnFailure(step: CCHILD_STEP_CLONE, code: EAGAIN)
            }
            let spawned = plan.withRequest { request in
                request.standard_input = input
                request.standard_output = output
                request.standard_error = error
                request.table = state.table
                request.slot = slot
                return cchild_spawn(&request)
            }
            guard spawned.failed_step == CCHILD_STEP_NONE else {
                state.freeSlots.append(slot)
                throw SpawnFailure(step: spawned.failed_step, code: spawned.error)
            }
            return GroupLeader(pid: spawned.pid, slot: slot, descriptor: Descriptor(spawned.pidfd))
        }
    }

    /// SIGKILL to what is left of the group; then takes the status of the leader, which must have
    /// ended, or be about to.
    func sweep(_ leader: borrowing GroupLeader) -> ReapedProcess {
        let (pid, slot) = (leader.pid, leader.slot)
        // While the leader isn't reaped its number can't be another's.
        kill(-pid, SIGKILL)
        return state.withLock { state in
            cchild_table_forget(state.table, slot)
            state.freeSlots.append(slot)
            return ReapedProcess(waitingFor: pid)
        }
    }
}

/// A command's first process, which gives its group the number.
struct GroupLeader: ~Copyable {
    let pid: pid_t
    let slot: UInt32
    /// Readable once the leader has ended.
    let descriptor: Descriptor

    func signalGroup(_ signal: Int32) {
        kill(-pid, signal)
    }
}

struct SpawnFailure: Error {
    var step: cchild_step
    var code: Int32
}
