import BatchProgress

extension BatchEngine {
    /// Does what has become due by the turn's time.
    package mutating func tick(in turn: inout Turn) {
        while let key = timers.popDue(at: turn.now) {
            switch key {
            case .event(let id): turn.due.append(id)
            case .lease(let session): leaseDue(session, in: &turn)
            case .retry(let id, let number): retryDue(number, of: id)
            case .cancelGrace(let id): cancelGraceDue(id, in: &turn)
            case .openTimeout(let id): openTimeoutDue(id, in: &turn)
            case .attendance(let id): attendanceDue(id, in: &turn)
            }
        }
    }
}
