import ArgumentParser
import BatchClient
import BatchProgress
import BatchProtocol
import CLIGateway
import Foundation
import Glibc
import HTTPGateway
import LocalFleet
import Logging
import Observability

/// Settings that come from variables and from the settings file, checked before anything is done.
enum Settings {
    static let known =
        [
            Setting("TALLY_COORDINATOR") { address in
                do {
                    _ = try CoordinatorAddress(address).checked()
                    return nil
                } catch {
                    return "TALLY_COORDINATOR: \(error)"
                }
            },
            Setting("TALLY_STATE") { path in
                path.hasPrefix("/")
                    ? nil : "TALLY_STATE: '\(path)' is no absolute path, such as /var/tmp/tally"
            },
            Setting("TALLY_LOG") { level in
                let levels = Logger.Level.allCases.map(\.rawValue)
                return levels.contains(level)
                    ? nil : "TALLY_LOG is one of \(levels.joined(separator: ", ")), not '\(level)'"
            },
            Setting("TALLY_LOG_FORMAT") { format in
                let formats = LogFormat.allCases.map(\.rawValue).joined(separator: " or ")
                return LogFormat(rawValue: format) == nil
                    ? "TALLY_LOG_FORMAT is \(formats), not '\(format)'" : nil
            },
            Setting("TALLY_MCP_TOKEN") { token in
                AccessToken(token) == nil ? "TALLY_MCP_TOKEN is \(AccessToken.requirement)" : nil
            },
            .path("TALLY_MCP_TOKEN_FILE"), .path("TALLY_KEY"), .path("TALLY_COORDINATOR_KEY"),
        ] + MatrixSettings.known

    /// Variables that commands of ours are given: no settings, and not to be taken for misspelt ones.
    private static let given: Set<String> = [
        "TALLY_BATCH", "TALLY_OPERATION", "TALLY_ATTEMPT", "TALLY_PROGRESS", "TALLY_EVENT",
    ]

    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// As they were when the program began.
    static let resolved = {
        let environment = Settings.environment
        return ResolvedSettings(
            known, given: given, environment: environment,
            file: SettingsFile.path(environment: environment).flatMap(SettingsFile.read))
    }()

    /// Makes variables of what the file says, for this process and those that it starts. To be called before
    /// there is a second thread.
    static func export() {
        for entry in resolved.entries where entry.origin != .variable { setenv(entry.name, entry.value, 1) }
    }

    static func check(address: String, from name: String) throws {
        do {
            _ = try CoordinatorAddress(address).checked()
        } catch {
            throw UsageError("\(name): \(error)")
        }
    }

    /// A log on standard error.
    static func logger(_ label: String) -> Logger {
        let level = environment["TALLY_LOG"].flatMap { Logger.Level(rawValue: $0) } ?? .info
        let format = environment["TALLY_LOG_FORMAT"].flatMap { LogFormat(rawValue: $0) } ?? .usual
        return format.logger(label, level: level)
    }

    /// The one that is named by `TALLY_COORDINATOR`.
    static var coordinator: CoordinatorAddress? {
        environment["TALLY_COORDINATOR"].flatMap { $0.isEmpty ? nil : CoordinatorAddress($0) }
    }

    /// The path of this program.
    static var executable: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Who is asking, for others to see.
    static var actor: String? { environment["USER"] ?? environment["LOGNAME"] }

    static var processorCount: Int { ProcessInfo.processInfo.activeProcessorCount }
}

/// The coordinator's address, as every command takes it.
struct CoordinatorOption: ParsableArguments {
    @Option(
        name: .customLong("coordinator"),
        help: ArgumentHelp(
            "Where the coordinator is. (default: TALLY_COORDINATOR, else the user's own)",
            valueName: "address"))
    var given: String?

    /// What was named, by flag or setting; nil: the user's own.
    var named: CoordinatorAddress? {
        get throws {
            if let given {
                try Settings.check(address: given, from: "--coordinator")
                return CoordinatorAddress(given)
            }
            return Settings.coordinator
        }
    }

    var address: CoordinatorAddress {
        get throws { try named ?? .environment() }
    }

    /// - Parameter startingOwn: whether the user's own coordinator is started if it is gone, so that batches it
    ///   knew can still be asked for.
    /// - Throws: `UsageError`; `NoCoordinator` if none answers within two seconds.
    func connect<Result: Sendable>(
        startingOwn: Bool = true, _ body: (BatchConnection) async throws -> Result
    ) async throws -> Result {
        if startingOwn { try await startOwnIfItLeft() }
        return try await Self.advising(try nextStep) {
            try await BatchConnection.open(to: try address, timeout: .seconds(2), body)
        }
    }

    /// What helps against a coordinator that doesn't answer, though it should.
    static let doctor = "see what is wrong with: tally doctor"

    /// Where no coordinator answers, says what to do about it.
    ///
    /// - Throws: `NoCoordinator`; whatever else `body` does.
    static func advising<Result: Sendable>(
        _ advice: @autoclosure () throws -> String, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as BatchClientError where error.code == .noCoordinator {
            throw NoCoordinator(description: "\(error); \(try advice())")
        }
    }

    /// As a service does: waits for ever, and says so.
    ///
    /// - Parameter waiting: called when it was said, which may be more than once.
    func connectOnceThere<Result: Sendable>(
        log: Logger, waiting: @escaping @Sendable () -> Void,
        _ body: (BatchConnection) async throws -> Result
    ) async throws -> Result {
        try await startOwnIfItLeft()
        let told: @Sendable (String) -> Void = { what in
            log.warning("\(what)")
            waiting()
        }
        return try await BatchConnection.openOnceThere(to: try address, told: told, body)
    }

    private var nextStep: String {
        get throws {
            if try named != nil { return Self.doctor }
            // It has left its batches, and isn't ours to start.
            return StateFolder.wasLeftByHand
                ? "the last one was started by hand; start it again with: tally coordinator, or with a worker: tally up"
                : "start one with: tally up"
        }
    }

    /// One that was started on demand has left no socket behind, but its batches. Where there is a socket, one
    /// is there, or was killed and is about to be started again by whoever looks after it.
    private func startOwnIfItLeft() async throws {
        guard try named == nil, StateFolder.wasLeftByOnDemand,
            access("\(CoordinatorAddress.runtimeFolder)/control", F_OK) != 0
        else { return }
        _ = try await LocalCoordinator.ensure(executable: Settings.executable, folder: try StateFolder())
    }
}

/// A length of time such as `500ms`, `1.5s`, `10m`, `2h`, `7d`; a bare number is seconds.
struct DurationArgument: ExpressibleByArgument {
    var duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
        let unit = units.first { argument.hasSuffix($0.0) } ?? ("", 1)
        guard let value = Double(argument.dropLast(unit.0.count)), value > 0, value * unit.1 < 1e9 else {
            return nil
        }
        duration = .seconds(value * unit.1)
    }

    /// As help shows it.
    var defaultValueDescription: String { "\(duration.components.seconds)s" }
}

extension Setting {
    /// One that names a file.
    fileprivate static func path(_ name: String) -> Setting {
        Setting(name) { $0.hasPrefix("/") ? nil : "\(name): '\($0)' is no absolute path" }
    }
}
