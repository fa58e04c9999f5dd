/// Where a batch stands. The first four are the plan's; ends are final.
public enum BatchStatus: String, Codable, Sendable, CaseIterable {
    /// Accepted, and nothing has been started.
    case pending
    case processing
    /// Nothing more is handed to workers until it is resumed; what runs may end.
    case paused
    /// All operations finished, none failed.
    case completed
    /// All operations finished, some failed.
    case failed
    case cancelled

    /// Whether nothing can change any more.
    public var isEnd: Bool {
        switch self {
        case .completed, .failed, .cancelled: true
        case .pending, .processing, .paused: false
        }
    }
}
