import BatchProgress

/// The sign in front of a batch, and the colour that goes with where it stands.
struct BatchMark: Hashable {
    var sign: String
    var role: ViewRole

    private static let spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    private static let plainSpinner = ["|", "/", "-", "\\"]

    /// - Parameter now: turns the spinner, a tenth of a second a step; nil while nothing is heard of the batch.
    init(of event: BatchProgressEvent, at now: Timestamp?, _ style: ViewStyle) {
        switch event.status {
        case .pending: self = Self.choose("○", ".", .faint, style)
        case .processing:
            role = event.cancelling == true ? .warning : .running
            let steps = style.unicode ? Self.spinner : Self.plainSpinner
            if let now {
                sign = steps[Int((now.microseconds / 100_000).magnitude % UInt64(steps.count))]
            } else {
                self = Self.choose("·", "?", .faint, style)
            }
        case .paused: self = Self.choose("‖", "=", .warning, style)
        case .completed: self = Self.choose("✓", "+", .good, style)
        case .failed: self = Self.choose("✗", "x", .bad, style)
        case .cancelled: self = Self.choose("⊘", "-", .warning, style)
        }
    }

    private init(sign: String, role: ViewRole) {
        self.sign = sign
        self.role = role
    }

    private static func choose(_ sign: String, _ plain: String, _ role: ViewRole, _ style: ViewStyle)
        -> BatchMark
    {
        BatchMark(sign: style.unicode ? sign : plain, role: role)
    }
}
