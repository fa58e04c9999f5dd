import BatchProgress
import BatchProtocol
import ZeroMQ

/// Why the coordinator could not be asked, or did not do what it was asked.
public struct BatchClientError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// None answers at the address.
        case noCoordinator
        /// It speaks another version of the protocol.
        case wrongVersion
        case unknownBatch
        /// The batch ended so long ago that it is not kept any more.
        case forgotten
        case unknownOperation
        /// The id is taken by a batch with other content.
        case conflict
        /// It can't be done to a batch in its present state.
        case wrongState
        /// This process's key doesn't allow it, or isn't known to the coordinator.
        case forbidden
        /// The files that `CoordinatorKeys` names can't be used.
        case keys
        /// Something is larger than allowed.
        case tooLarge
        /// More requests or batches at once than the coordinator takes; later it may do it.
        case tooMany
        /// The coordinator could not make it durable; nothing has changed.
        case storage
        /// A request or an answer was not understood.
        case malformed
        /// The connection was closed.
        case closed
    }

    public var code: Code
    /// What is wrong and, where there is something, what to do.
    public var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: WireError) {
        let code: Code =
            switch error.code {
            case .malformed, .unknownVerb: .malformed
            case .wrongVersion: .wrongVersion
            case .tooLarge: .tooLarge
            case .unknownBatch: .unknownBatch
            case .forgotten: .forgotten
            case .unknownOperation: .unknownOperation
            case .conflict: .conflict
            case .wrongState: .wrongState
            case .tooMany: .tooMany
            case .storage: .storage
            case .forbidden: .forbidden
            }
        // Of versions the coordinator speaks of its own.
        let isOfVersions = error.code == .wrongVersion
        self.init(
            code,
            isOfVersions
                ? "the coordinator refuses: \(error.message); update whichever is older" : error.message)
    }

    /// - Parameter name: ours, if we showed a key.
    init(refusedBy address: CoordinatorAddress, _ name: String?, _ failure: HandshakeFailure) {
        let reason =
            switch (failure, name) {
            case (.authentication, let name?):
                "refuses the key of '\(name)': it is not on its allow-list, or not with the role watch or submit"
            case (_, let name?):
                "can't be talked to with the key of '\(name)': it asks for none, or is not the one whose key "
                    + "TALLY_COORDINATOR_KEY names"
            case (_, nil):
                "asks for keys, or is none: set TALLY_KEY and TALLY_COORDINATOR_KEY (see tally keygen)"
            }
        self.init(.forbidden, "the coordinator at \(address) \(reason)")
    }

    static let connectionClosed = BatchClientError(.closed, "the connection was closed")

    static func noCoordinator(_ address: CoordinatorAddress) -> BatchClientError {
        BatchClientError(.noCoordinator, "no coordinator answers at \(address)")
    }
}
