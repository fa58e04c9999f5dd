import Glibc

/// Where the coordinator is found: the address of its control socket.
public struct CoordinatorAddress: Hashable, Sendable, CustomStringConvertible {
    /// `ipc:///FOLDER/control` or `tcp://HOST:PORT`.
    public let description: String
    /// For tcp: who we are, and who the coordinator is. Without them it has to be one that asks for no keys.
    public var keys: CoordinatorKeys?

    public init(_ endpoint: String, keys: CoordinatorKeys? = .environment()) {
        description = endpoint
        self.keys = keys
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
        return "\(homeFolder)/.local/state/tally"
    }

    /// `HOME` isn't set for everybody, such as in a unit of systemd's: the user's entry has it as well. Who has neither gets
    /// a folder that is nobody else's.
    private static var homeFolder: String {
        if let given = variable("HOME") { return given }
        guard let folder = getpwuid(geteuid())?.pointee.pw_dir else { return "/tmp/tally-\(geteuid())" }
        return String(cString: folder)
    }
}

/// The files with the keys of a connection over tcp, as `tally keygen` makes them.
public struct CoordinatorKeys: Hashable, Sendable {
    /// With this process's name, and both halves of its key.
    public var ownFile: String
    /// With the public half of the coordinator's key.
    public var coordinatorFile: String

    public init(ownFile: String, coordinatorFile: String) {
        self.ownFile = ownFile
        self.coordinatorFile = coordinatorFile
    }

    /// `TALLY_KEY` and `TALLY_COORDINATOR_KEY`; nil if neither is set.
    public static func environment() -> CoordinatorKeys? {
        let (own, coordinator) = (variable("TALLY_KEY"), variable("TALLY_COORDINATOR_KEY"))
        guard own != nil || coordinator != nil else { return nil }
        return CoordinatorKeys(ownFile: own ?? "", coordinatorFile: coordinator ?? "")
    }
}

/// A variable that is set to something.
private func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}
