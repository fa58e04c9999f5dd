import BatchProgress

/// The data of a `post` operation: what is sent where by HTTP.
package struct PostOperation: Codable, Hashable, Sendable {
    package var url: String
    /// The last event of the batch on whose end this is done: what is sent.
    package var event: BatchProgressEvent

    package init(url: String, event: BatchProgressEvent) {
        self.url = url
        self.event = event
    }

    /// The type that such operations have.
    package static let type = "post"

    /// What is wrong with it; nil if it can be sent. The address itself isn't told: it may hold a secret.
    package var fault: String? {
        let isClean = url.utf8.allSatisfy { 0x21...0x7e ~= $0 && !Array("\"\\".utf8).contains($0) }
        guard isClean, url.hasPrefix("https://") || url.hasPrefix("http://") else {
            return "'url' begins with https:// or http://, and has no character that needs escaping"
        }
        return nil
    }
}
