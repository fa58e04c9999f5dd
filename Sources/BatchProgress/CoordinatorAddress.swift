import Glibc

/// Where the coordinator is found: the address of its control socket.
public struct CoordinatorAddress: Hashable, Sendable, CustomStringConvertible {
    /// `ipc:///FOLDER/control` or `tcp://HOST:PORT`.
    public let description: String

    public init(_ endpoint: String) {
        description = endpoint
    }

    /// `TALLY_COORDINATOR`, or else the user's own coordinator on this machine.
    public static func environment() -> CoordinatorAddress {
        if let given = variable("TALLY_COORDINATOR") { return CoordinatorAddress(given) }
        return CoordinatorAddress("ipc://\(runtimeFolder)/control")
    }

    /// Where the user's own coordinator has its sockets: `$XDG_RUNTIME_DIR/tally`, else in the state folder.
    public static var runtimeFolder: String {
        variable("XDG_RUNTIME_DIR").map { "\($0)/tally" } ?? "\(stateFolder)/run"
    }

    /// What has to survive, of this user: `$TALLY_STATE`, else `$XDG_STATE_HOME/tally`, else
    /// `~/.local/state/tally`.
    public static var stateFolder: String {
        if let given = variable("TALLY_STATE") { return given }
        if let given = variable("XDG_STATE_HOME") { return "\(given)/tally" }
        return "\(variable("HOME") ?? "/tmp")/.local/state/tally"
    }

    /// A variable that is set to something.
    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
