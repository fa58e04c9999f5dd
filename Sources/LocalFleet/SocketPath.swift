/// The longest of the paths that the user's own coordinator has for its sockets.
package struct SocketPath: Sendable {
    /// What `sockaddr_un.sun_path` takes without its closing NUL.
    private static let mostBytes = 107

    /// What helps against `fault`.
    package static let remedy = "set XDG_RUNTIME_DIR or TALLY_STATE to a shorter path"

    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package init(in folder: String) {
        self.init("\(folder)/completions")
    }

    /// Why no socket can be there; nil if one can.
    package var fault: String? {
        let count = path.utf8.count
        guard count > Self.mostBytes else { return nil }
        return "\(path) has \(count) bytes; a socket's path has at most \(Self.mostBytes)"
    }
}
