import BatchProgress
import ZeroMQ

/// Who this process is to a coordinator on tcp.
package struct ClientKeys: Sendable {
    package var name: KeyName
    package var security: SocketSecurity
}

extension CoordinatorAddress {
    /// Nil: on ipc, where folders decide who may, and where there are no keys.
    ///
    /// - Throws: what is wrong with the files, or which of the two is missing.
    package func clientKeys() throws(KeyFile.Fault) -> ClientKeys? {
        guard description.hasPrefix("tcp://"), let keys else { return nil }
        guard !keys.ownFile.isEmpty else {
            throw KeyFile.Fault(
                description: "TALLY_COORDINATOR_KEY is set, but not TALLY_KEY, our own key's file")
        }
        guard !keys.coordinatorFile.isEmpty else {
            throw KeyFile.Fault(
                description:
                    "TALLY_KEY is set, but not TALLY_COORDINATOR_KEY, the file with the coordinator's key")
        }
        let own = try KeyFile(path: keys.ownFile, secret: true)
        guard let pair = own.keys else { preconditionFailure("a secret file has both halves") }
        let coordinator = try KeyFile(path: keys.coordinatorFile, secret: false)
        return ClientKeys(name: own.name, security: .client(pair, server: coordinator.publicKey))
    }
}
