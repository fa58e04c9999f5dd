import AccessControl
import BatchEngine
import BatchProgress
import BatchProtocol
import Logging
import ZeroMQ

extension SocketOptions {
    /// - Parameter access: nil: no keys are asked for.
    func secured(by access: CoordinatorConfiguration.Access?, as socket: CoordinatorSocket) -> SocketOptions {
        guard let access else { return self }
        var options = self
        options.security = .server(access.keys, domain: socket.rawValue)
        return options
    }
}

extension Coordinator {
    /// Who sent the message that a socket received last; nil where anybody may: no keys are asked for.
    ///
    /// A key that was taken off the list, or lost the roles that the socket is for, keeps its connection, but nothing
    /// it says counts any more.
    ///
    /// - Throws: `forbidden`.
    func holder(on socket: Socket, as kind: CoordinatorSocket) throws(WireError) -> AllowList.Holder? {
        guard let allowed else { return nil }
        guard let key = socket.sender, let holder = allowed.list[key] else {
            throw WireError(.forbidden, "this key is not on the coordinator's allow-list")
        }
        guard holder.mayUse(kind) else {
            throw WireError(.forbidden, "the key of '\(holder.name)' is not for \(kind.rawValue) any more")
        }
        return holder
    }

    func makeAuthenticator() throws(ZeroMQError) -> Authenticator {
        try Authenticator(loop: loop) { [weak self] key, domain in
            self?.assumeIsolated { $0.letsIn(key, domain) } ?? false
        }
    }

    private func letsIn(_ key: CurveKey, _ domain: String) -> Bool {
        guard let socket = CoordinatorSocket(rawValue: domain) else { return false }
        if allowed?.list[key]?.mayUse(socket) ?? false { return true }
        let name = allowed?.list[key].map { "'\($0.name)'" } ?? "unknown"
        metrics.refusedKey(on: domain)
        log(rejected: domain, WireError(.forbidden, "\(key), \(name)"), as: "keys were refused")
        return false
    }

    /// A subscription lasts as long as its connection, which is let in once. So all are ended: those who may come
    /// back do so at once, and mend what they missed.
    private func endSubscriptions() {
        events.close()
        do {
            events = try Socket(.publish, options: eventsOptions, loop: loop)
        } catch {
            return finish(.failure(error))
        }
        listenForSubscribers()
    }

    /// libzmq lets go of the address a moment after the former socket is closed.
    func listenForSubscribers() {
        guard !isStopping else { return }
        do {
            try events.bind(eventsAddress)
            lacksEventsAddress = false
        } catch {
            lacksEventsAddress = true
            log(rejected: "events", WireError(.malformed, "\(error)"), as: "can't listen yet")
            timers?.rebind.set(at: ContinuousClock.now + .milliseconds(20))
        }
    }

    /// What they hold is theirs until their leases are over; nothing is added to it.
    private func grantNothingToWhomIsOut() {
        for (session, route) in routes {
            guard let key = route.key, !(allowed?.list[key]?.mayUse(.dispatch) ?? false) else { continue }
            _ = engine.heard(from: session, capacity: 0, at: clock.now)
        }
    }

    /// Whoever is taken off the list is out from now on.
    func refreshAllowList() {
        let before = allowed?.list
        do {
            guard try allowed?.refresh() == true, let allowed else { return }
            log.info("allow-list read again", metadata: ["keys": "\(allowed.list.count)"])
            if before?.takesAway(AccessRules.roles(for: .events), in: allowed.list) ?? false {
                endSubscriptions()
            }
            grantNothingToWhomIsOut()
        } catch {
            log.error("the allow-list stays as it was", metadata: ["error": "\(error)"])
        }
    }
}
