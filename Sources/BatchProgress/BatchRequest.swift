/// What whoever submits a batch asks for.
package struct BatchRequest: Hashable, Sendable {
    package var id: BatchID
    package var label: String?
    /// Who asked, and through which interface: shown, never used to decide.
    package var actor: String?
    package var interface: String?
    /// Only workers of the same lane are given its operations; nil is the fleet's.
    package var lane: String?
    /// How often an operation that was reported as failed is tried again.
    package var retries: Int
    package var onLost: LossPolicy
    /// Whether somebody has to be there: left alone, the batch is paused.
    package var attended: Bool
    /// Only counts are told of it: of its labels and of what its operations say, nothing is kept.
    package var isPrivate: Bool
    package var onEnd: EndAction?

    package init(
        id: BatchID, label: String? = nil, actor: String? = nil, interface: String? = nil,
        lane: String? = nil,
        retries: Int = 0, onLost: LossPolicy = .retry, attended: Bool = false, isPrivate: Bool = false,
        onEnd: EndAction? = nil
    ) {
        self.id = id
        self.label = label
        self.actor = actor
        self.interface = interface
        self.lane = lane
        self.retries = retries
        self.onLost = onLost
        self.attended = attended
        self.isPrivate = isPrivate
        self.onEnd = onEnd
    }
}

/// What becomes of operations whose worker was lost.
public enum LossPolicy: String, Codable, Sendable {
    /// They go to others, up to the limit of losses.
    case retry
    /// They fail as "worker lost", since they may have run: at most once.
    case fail
}

extension BatchRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case id = "batch"
        case label, actor, interface, lane, retries, onLost, attended, onEnd
        case isPrivate = "private"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(BatchID.self, forKey: .id),
            label: try container.decodeIfPresent(String.self, forKey: .label),
            actor: try container.decodeIfPresent(String.self, forKey: .actor),
            interface: try container.decodeIfPresent(String.self, forKey: .interface),
            lane: try container.decodeIfPresent(String.self, forKey: .lane),
            retries: try container.decodeIfPresent(Int.self, forKey: .retries) ?? 0,
            onLost: try container.decodeIfPresent(LossPolicy.self, forKey: .onLost) ?? .retry,
            attended: try container.decodeIfPresent(Bool.self, forKey: .attended) ?? false,
            isPrivate: try container.decodeIfPresent(Bool.self, forKey: .isPrivate) ?? false,
            onEnd: try container.decodeIfPresent(EndAction.self, forKey: .onEnd))
    }
}
