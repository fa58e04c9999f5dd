import BatchEngine
import BatchProtocol
import BatchStore
import ZeroMQ

/// What a coordinator is started with.
package struct CoordinatorConfiguration: Sendable {
    package var addresses: CoordinatorAddresses
    package var storePath: String
    package var engine = BatchEngine.Configuration()
    package var retention = Retention()
    /// How often the state of the counter is published.
    package var beacon: Duration = .milliseconds(250)
    /// With this given, the coordinator ends when for so long no client and no worker was there, and no
    /// batch could move.
    package var idleLimit: Duration?
    /// On tcp: whose keys are let in; nil: whoever reaches the port.
    package var access: Access?
    /// What it tells of itself, such as `tally 0.1`.
    package var program: String

    package init(addresses: CoordinatorAddresses, storePath: String, program: String) {
        self.addresses = addresses
        self.storePath = storePath
        self.program = program
    }

    package struct Access: Sendable {
        package var keys: CurveKeyPair
        package var allowListPath: String

        package init(keys: CurveKeyPair, allowListPath: String) {
            self.keys = keys
            self.allowListPath = allowListPath
        }
    }
}
