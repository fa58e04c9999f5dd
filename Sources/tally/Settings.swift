import ArgumentParser
import BatchClient
import BatchProgress
import BatchProtocol
import CLIGateway
import Foundation
import Glibc
import Logging

/// Settings that come from variables, checked before anything is done.
enum Settings {
    /// Variables that are read, or that commands of ours are given.
    private static let known: Set<String> = [
        "TALLY_COORDINATOR", "TALLY_STATE", "TALLY_LOG", "TALLY_BATCH", "TALLY_OPERATION", "TALLY_ATTEMPT",
        "TALLY_PROGRESS",
    ]

    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// - Throws: `UsageError` that names a variable that isn't one of ours, or that is wrong.
    static func checkEnvironment() throws {
        for name in environment.keys.sorted() where name.hasPrefix("TALLY_") && !known.contains(name) {
            throw UsageError("there is no setting \(name); known: \(known.sorted().joined(separator: ", "))")
        }
        if let level = environment["TALLY_LOG"], Logger.Level(rawValue: level) == nil {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("TALLY_LOG is one of \(levels), not '\(level)'")
        }
        if let address = environment["TALLY_COORDINATOR"], !address.isEmpty {
            try check(address: address, from: "TALLY_COORDINATOR")
        }
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
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
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
        help: "Where the coordinator is. (default: TALLY_COORDINATOR, else the user's own)")
    var given: String?

    /// What was named, by flag or variable; nil: the user's own.
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

    /// - Throws: `UsageError`; `NoCoordinator` if none answers within two seconds.
    func connect<Result: Sendable>(
        _ body: (BatchConnection) async throws -> Result
    ) async throws -> Result {
        do {
            return try await BatchConnection.open(to: try address, timeout: .seconds(2), body)
        } catch let error as BatchClientError where error.code == .noCoordinator {
            throw NoCoordinator(description: "\(error); start one with: tally up")
        }
    }
}

/// A length of time such as `500ms`, `1.5s`, `10m`, `2h`, `7d`; a bare number is seconds.
struct DurationArgument: ExpressibleByArgument {
    var duration: Duration

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
        let unit = units.first { argument.hasSuffix($0.0) } ?? ("", 1)
        guard let value = Double(argument.dropLast(unit.0.count)), value > 0, value * unit.1 < 1e9 else {
            return nil
        }
        duration = .seconds(value * unit.1)
    }
}

extension BatchID: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}
