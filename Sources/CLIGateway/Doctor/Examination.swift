import BatchProgress

/// What was found out about a set-up, for `Diagnosis` to judge.
package struct Examination: Sendable {
    /// A folder that Tally needs, or makes.
    package enum Folder: Hashable, Sendable {
        case usable(mode: UInt32)
        /// It isn't there; whether it could be made.
        case missing(fault: String?)
        case othersMayWrite
        case unusable(String)
    }

    package enum Store: Hashable, Sendable {
        case missing
        case readable(version: Int)
        /// Why, and what to do.
        case refused(String)
    }

    package enum Coordinator: Sendable {
        case answers(Answer)
        /// Why not.
        case silent(String)
        /// It is there, and doesn't let us in: why.
        case refuses(String)
        /// Its address or our keys are wrong, which is told elsewhere.
        case notAsked
    }

    /// What we show to a coordinator on tcp.
    package enum Keys: Hashable, Sendable {
        /// On ipc, where there are none.
        case notAsked
        case missing
        case usable(name: String)
        /// What is wrong with the files.
        case faulty(String)
    }

    package struct Answer: Sendable {
        package var program: String
        package var epoch: Int64
        package var took: Duration
        package var workers: [ActiveWorker]
        package var batches: [BatchDetail]

        package init(
            program: String, epoch: Int64, took: Duration, workers: [ActiveWorker], batches: [BatchDetail]
        ) {
            self.program = program
            self.epoch = epoch
            self.took = took
            self.workers = workers
            self.batches = batches
        }
    }

    /// A log with errors in it.
    package struct Log: Hashable, Sendable {
        package var path: String
        package var errors: Int
        package var last: String

        package init(path: String, errors: Int, last: String) {
            self.path = path
            self.errors = errors
            self.last = last
        }
    }

    /// This program, such as "tally 0.1.0".
    package var program: String
    package var zeroMQ: String
    package var settings: ResolvedSettings
    package var settingsPath: String?
    package var statePath: String
    package var state: Folder
    /// On the disk of the state folder; nil if that isn't known.
    package var freeBytes: Int64?
    package var runtimePath: String
    package var runtime: Folder
    /// The socket of the user's own coordinator with the longest path.
    package var longestSocketPath: String
    package var storePath: String
    package var store: Store
    /// The process that has the store open.
    package var storeHolder: Int32?
    package var logs: [Log]
    package var address: String
    /// Whether a setting names the coordinator; else it is the user's own.
    package var isNamed: Bool
    package var keys: Keys
    package var coordinator: Coordinator
    package var hasShell: Bool
    /// How many files a process may have open: as it is, and as it may raise it.
    package var fileLimit: (soft: UInt64, hard: UInt64)

    package init(
        program: String, zeroMQ: String, settings: ResolvedSettings, settingsPath: String?, statePath: String,
        state: Folder, freeBytes: Int64?, runtimePath: String, runtime: Folder, longestSocketPath: String,
        storePath: String, store: Store, storeHolder: Int32?, logs: [Log], address: String, isNamed: Bool,
        keys: Keys, coordinator: Coordinator, hasShell: Bool, fileLimit: (soft: UInt64, hard: UInt64)
    ) {
        self.program = program
        self.zeroMQ = zeroMQ
        self.settings = settings
        self.settingsPath = settingsPath
        self.statePath = statePath
        self.state = state
        self.freeBytes = freeBytes
        self.runtimePath = runtimePath
        self.runtime = runtime
        self.longestSocketPath = longestSocketPath
        self.storePath = storePath
        self.store = store
        self.storeHolder = storeHolder
        self.logs = logs
        self.address = address
        self.isNamed = isNamed
        self.keys = keys
        self.coordinator = coordinator
        self.hasShell = hasShell
        self.fileLimit = fileLimit
    }
}
