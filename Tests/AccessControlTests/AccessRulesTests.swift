import AccessControl
import BatchProgress
import BatchProtocol
import Testing
import ZeroMQ

/// Every verb and every socket, and who may.
@Suite struct AccessRulesTests {
    private static let batch = BatchReference(batch: "b")
    private static let steering = SteeringRequest(batch: "b")

    static let verbs: [(verb: ControlRequest.Verb, watch: Bool, submit: Bool)] = [
        (.hello, true, true),
        (.open(BatchRequest(id: "b")), false, true),
        (.add(ChunkHeader(batch: "b", first: 0, types: [], labels: nil, digest: "")), false, true),
        (.seal(SealRequest(batch: "b", total: 0, digest: nil)), false, true),
        (.status(batch), true, true),
        (.list(ListRequest(ended: nil)), true, true),
        (.snapshot(SnapshotRequest(since: nil)), true, true),
        (.operations(OptionalBatchReference(batch: nil)), true, true),
        (.failures(FailuresRequest(batch: "b", after: nil, limit: 1)), true, true),
        (.logs(OperationReference(batch: "b", operation: 0)), true, true),
        (.workers, true, true),
        (.cancel(steering), false, true),
        (.pause(steering), false, true),
        (.resume(steering), false, true),
        (.retry(RetryRequest(batch: "b", as: "c", lost: nil, actor: nil, interface: nil)), false, true),
        (.attend(AttendRequest(batches: [])), false, true),
        (.goodbye, true, true),
    ]

    @Test func everyVerbHasARow() {
        #expect(Set(Self.verbs.map(\.verb.name)).count == Self.verbs.count)
        #expect(Self.verbs.count == 17, "as many as docs/protocol.md lists")
    }

    @Test(arguments: verbs.indices)
    func whoMaySayIt(row: Int) throws {
        let (verb, watch, submit) = Self.verbs[row]
        let cases: [(Set<Role>, Bool)] = [
            ([.watch], watch), ([.submit], submit), ([.watch, .submit], submit),
        ]
        for (roles, may) in cases {
            #expect(admits(verb, roles) == may, "\(verb.name) by \(roles)")
        }
    }

    @Test func eachSocketIsForItsRoles() {
        #expect(AccessRules.roles(for: .control) == [.watch, .submit])
        #expect(AccessRules.roles(for: .events) == [.watch, .submit])
        #expect(AccessRules.roles(for: .dispatch) == [.work])
        #expect(AccessRules.roles(for: .completions) == [.work])
    }

    static let claims: [(claimed: String?, becomes: String?)] = [
        (nil, "ann"), ("ann", "ann"), ("ann/phone", "ann/phone"), ("bob", nil), ("anna", nil), ("", nil),
    ]

    @Test(arguments: claims)
    func whoAsksIsWhoseKeyItIs(claimed: String?, becomes: String?) throws {
        var open = ControlRequest.Verb.open(BatchRequest(id: "b", actor: claimed))
        var retry = ControlRequest.Verb.retry(
            RetryRequest(batch: "b", as: "c", lost: nil, actor: claimed, interface: nil))
        var cancel = ControlRequest.Verb.cancel(SteeringRequest(batch: "b", actor: claimed))
        guard let becomes else {
            #expect(throws: WireError.self) { try AccessRules.admit(&cancel, by: holder([.submit])) }
            #expect(throws: WireError.self) { try AccessRules.admit(&open, by: holder([.submit])) }
            #expect(throws: WireError.self) { try AccessRules.admit(&retry, by: holder([.submit])) }
            return
        }
        try AccessRules.admit(&open, by: holder([.submit]))
        try AccessRules.admit(&retry, by: holder([.submit]))
        try AccessRules.admit(&cancel, by: holder([.submit]))
        guard case .open(let request) = open, case .retry(let again) = retry, case .cancel(let end) = cancel
        else { return }
        #expect(request.actor == becomes && again.actor == becomes && end.actor == becomes)
    }

    private func admits(_ verb: ControlRequest.Verb, _ roles: Set<Role>) -> Bool {
        var verb = verb
        do {
            try AccessRules.admit(&verb, by: holder(roles))
            return true
        } catch {
            #expect(error.code == .forbidden && error.message.contains("'ann' may not \(verb.name)"))
            return false
        }
    }

    private func holder(_ roles: Set<Role>) -> AllowList.Holder {
        guard let name = KeyName("ann") else { preconditionFailure("it is a name") }
        return AllowList.Holder(name: name, roles: roles)
    }
}

extension BatchID: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        guard let id = BatchID(text) else { preconditionFailure("'\(text)' is no id") }
        self = id
    }
}
