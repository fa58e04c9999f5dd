import BatchProgress
import FoundationEssentials

/// The data of a `command` operation: what is executed, and where.
package struct CommandOperation: Codable, Hashable, Sendable {
    /// Executed as they are, without a shell. Either these or `shell`.
    package var arguments: [ByteText]?
    /// A line for `/bin/sh -c`.
    package var shell: ByteText?
    package var folder: ByteText?
    /// `NAME=value`, over the worker's own environment.
    package var environment: [ByteText]?
    /// Per attempt.
    package var timeoutSeconds: Double?
    /// The last event of the batch on whose end this is done.
    package var event: BatchProgressEvent?

    package init(
        arguments: [ByteText]? = nil, shell: ByteText? = nil, folder: ByteText? = nil,
        environment: [ByteText]? = nil, timeoutSeconds: Double? = nil, event: BatchProgressEvent? = nil
    ) {
        self.arguments = arguments
        self.shell = shell
        self.folder = folder
        self.environment = environment
        self.timeoutSeconds = timeoutSeconds
        self.event = event
    }

    /// The type that such operations have.
    package static let type = "command"

    /// What is wrong with it; nil if it can be executed.
    package var fault: String? {
        switch (arguments?.first, shell) {
        case (nil, nil): "a command needs 'arguments' or 'shell'"
        case (.some, .some): "a command has either 'arguments' or 'shell'"
        case _ where !(timeoutSeconds.map { $0 > 0 && $0 < 1e9 } ?? true): "'timeoutSeconds' is more than 0"
        default: nil
        }
    }
}

/// Bytes that are text most of the time: a JSON string, or `{"base64": "…"}` where they aren't UTF-8.
package struct ByteText: Codable, Hashable, Sendable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    private enum CodingKeys: String, CodingKey {
        case base64
    }

    package init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(text)
        } else {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init([UInt8](try container.decode(Data.self, forKey: .base64)))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        if let text = String(validating: bytes, as: UTF8.self) {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        } else {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(Data(bytes), forKey: .base64)
        }
    }
}
