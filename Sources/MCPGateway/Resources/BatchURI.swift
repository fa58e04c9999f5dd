import BatchProgress

/// The URI under which a batch is a resource: `batch://thumbnails-1`.
struct BatchURI: Hashable, Sendable {
    static let template = "batch://{id}"
    private static let scheme = "batch://"

    let id: BatchID

    init(_ id: BatchID) {
        self.id = id
    }

    /// Nil for any other.
    init?(_ text: String) {
        guard text.hasPrefix(Self.scheme), let id = BatchID(text.dropFirst(Self.scheme.count)) else {
            return nil
        }
        self.id = id
    }

    var text: String { Self.scheme + id.description }
}
