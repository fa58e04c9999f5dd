import BatchProgress
import BatchProtocol

/// Who may say what: every verb on control has a role, and each socket those that it is for.
package enum AccessRules {
    /// Any of these lets a key in.
    package static func roles(for socket: CoordinatorSocket) -> Set<Role> {
        switch socket {
        case .control, .events: [.watch, .submit]
        case .dispatch, .completions: [.work]
        }
    }

    /// Nil: whoever was let in.
    package static func role(for verb: ControlRequest.Verb) -> Role? {
        switch verb {
        case .hello, .goodbye, .status, .list, .snapshot, .operations, .failures, .logs, .workers: nil
        case .open, .add, .seal, .cancel, .pause, .resume, .retry, .attend: .submit
        }
    }

    /// Lets a request pass. Who doesn't say who asks is called by its key's name.
    ///
    /// - Throws: `forbidden`, with what is missing.
    package static func admit(
        _ verb: inout ControlRequest.Verb, by holder: AllowList.Holder
    ) throws(WireError) {
        if let role = role(for: verb), !holder.roles.contains(role) {
            throw WireError(
                .forbidden, "'\(holder.name)' may not \(verb.name): its key lacks the role '\(role.rawValue)'"
            )
        }
        switch verb {
        case .cancel(var request):
            try admit(&request.actor, by: holder)
            verb = .cancel(request)
        case .pause(var request):
            try admit(&request.actor, by: holder)
            verb = .pause(request)
        case .resume(var request):
            try admit(&request.actor, by: holder)
            verb = .resume(request)
        case .open(var request):
            try admit(&request.actor, by: holder)
            verb = .open(request)
        case .retry(var request):
            try admit(&request.actor, by: holder)
            verb = .retry(request)
        default: break
        }
    }

    private static func admit(_ actor: inout String?, by holder: AllowList.Holder) throws(WireError) {
        if let actor { try check(claim: actor, of: "actor", by: holder) }
        actor = actor ?? holder.name.description
    }

    /// - Throws: `forbidden` if the name is another's.
    package static func check(
        claim: String, of what: String, by holder: AllowList.Holder
    ) throws(WireError) {
        guard !holder.name.covers(claim) else { return }
        throw WireError(
            .forbidden,
            "the \(what) '\(claim.cut(toScalars: 100))' is not '\(holder.name)', whose key this is, nor begins "
                + "with '\(holder.name)/'")
    }
}

extension AllowList.Holder {
    package func mayUse(_ socket: CoordinatorSocket) -> Bool {
        !AccessRules.roles(for: socket).isDisjoint(with: roles)
    }
}

/// The four that a coordinator has.
package enum CoordinatorSocket: String, CaseIterable, Sendable {
    case control, events, dispatch, completions
}
