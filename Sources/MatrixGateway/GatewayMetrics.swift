import CoreMetrics
import MatrixRoom

/// What the gateway counts of its messages, for whatever backend of swift-metrics its process has.
struct GatewayMetrics {
    private let originals = Self.messages("original")
    private let edits = Self.messages("edit")
    private let mentions = Self.messages("mention")
    private let answers = Self.messages("answer")

    /// The homeserver took it.
    func sent(_ content: Sending.Content) {
        switch content {
        case .original: originals.increment()
        case .edit: edits.increment()
        case .mention: mentions.increment()
        case .answer: answers.increment()
        }
    }

    private static func messages(_ kind: String) -> Counter {
        Counter(label: "tally_matrix_messages_total", dimensions: [("kind", kind)])
    }
}
