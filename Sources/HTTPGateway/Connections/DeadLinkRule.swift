/// Finds a peer that is gone without a word, by what the kernel knows of the connection (tcp(7), TCP_INFO).
///
/// Keep-alive notices it only while nothing is on its way. A limit for data that isn't acknowledged
/// (TCP_USER_TIMEOUT) would also end a reader that is there and only reads nothing: its kernel acknowledges each
/// probe of the closed window, and that is what tells the two apart.
struct DeadLinkRule: Sendable {
    struct Sample: Hashable, Sendable {
        /// Segments that were sent, and not acknowledged.
        var unacknowledged = 0
        /// How often in a row the oldest of them was sent again since something was acknowledged.
        var retransmits = 0
        /// Probes of a closed window that weren't answered.
        var unansweredProbes = 0
        /// Since the peer's last acknowledgement of anything.
        var sinceAcknowledgement: Duration = .zero
    }

    static let interval: Duration = .seconds(5)
    private static let patience: Duration = .seconds(20)

    static func isDead(_ sample: Sample) -> Bool {
        guard sample.sinceAcknowledgement >= patience else { return false }
        if sample.unacknowledged > 0 { return sample.retransmits > 0 }
        // A single one may have been lost.
        return sample.unansweredProbes > 1
    }
}
