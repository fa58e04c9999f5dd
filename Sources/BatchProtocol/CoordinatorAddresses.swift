import BatchProgress

/// Where a coordinator's four sockets are. One of them, control, is enough to find the others.
package struct CoordinatorAddresses: Hashable, Sendable {
    package var control: String
    package var events: String
    package var dispatch: String
    package var completions: String

    package init(control: String, events: String, dispatch: String, completions: String) {
        self.control = control
        self.events = events
        self.dispatch = dispatch
        self.completions = completions
    }

    /// Sockets in a folder of the user's own: `ipc://FOLDER/control` and its neighbours.
    package init(folder: String) {
        self.init(
            control: "ipc://\(folder)/control", events: "ipc://\(folder)/events",
            dispatch: "ipc://\(folder)/dispatch", completions: "ipc://\(folder)/completions")
    }

    /// The others follow from control: neighbours in its folder, or the next three ports.
    ///
    /// Throws what is wrong with the address.
    package init(control: String) throws(WireError) {
        if let path = control.dropPrefix("ipc://"), let slash = path.lastIndex(of: "/") {
            self.init(folder: String(path[..<slash]))
            self.control = control
        } else if let rest = control.dropPrefix("tcp://"), let colon = rest.lastIndex(of: ":"),
            colon != rest.startIndex, let port = Int(rest[colon...].dropFirst()), 1...65532 ~= port,
            rest[colon...].dropFirst().first != "+"
        {
            let host = rest[..<colon]
            self.init(
                control: control, events: "tcp://\(host):\(port + 1)", dispatch: "tcp://\(host):\(port + 2)",
                completions: "tcp://\(host):\(port + 3)")
        } else {
            throw WireError(
                .malformed,
                "'\(control)' is no coordinator's address: ipc:///FOLDER/control or tcp://HOST:PORT")
        }
    }

    package var isTCP: Bool { control.hasPrefix("tcp://") }

    /// Where one of a coordinator's sockets is reached from here: over tcp at the host by which control was. By which name
    /// that is the coordinator can't know where it listens on all interfaces, or behind what passes connections on.
    package static func reachable(_ endpoint: String, via control: String) -> String {
        guard endpoint.hasPrefix("tcp://"), let port = endpoint.lastIndex(of: ":"),
            let colon = control.lastIndex(of: ":")
        else { return endpoint }
        return String(control[..<colon] + endpoint[port...])
    }
}

extension String {
    fileprivate func dropPrefix(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}

extension CoordinatorAddress {
    /// Itself, if it is the address of a control socket.
    package func checked() throws(WireError) -> CoordinatorAddress {
        _ = try CoordinatorAddresses(control: description)
        return self
    }
}
