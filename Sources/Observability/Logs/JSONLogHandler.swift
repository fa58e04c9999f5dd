import FoundationEssentials
import Glibc
import Logging

/// Writes each line of the log to standard error as a JSON object, for programs that gather logs.
///
/// Its fields are `time`, `level`, `logger` and `message`, and whatever else the line is about, under the names that
/// all rooms share: `batch`, `operation`, `worker`, `error` and more.
package struct JSONLogHandler: LogHandler {
    private let label: String
    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    package init(label: String) {
        self.label = label
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = Self.line(
            at: Date.now, event.level, label, "\(event.message)",
            metadata.merging(event.metadata ?? [:]) { _, own in own })
        // In one piece, so that lines of several threads don't mix.
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// With the newline.
    static func line(
        at time: Date, _ level: Logger.Level, _ label: String, _ message: String, _ metadata: Logger.Metadata
    ) -> [UInt8] {
        var fields = metadata.mapValues { "\($0)" }
        fields["time"] = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        fields["level"] = level.rawValue
        fields["logger"] = label
        fields["message"] = message
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            return try [UInt8](encoder.encode(fields)) + [UInt8(ascii: "\n")]
        } catch {
            preconditionFailure("a dictionary of texts can be encoded: \(error)")
        }
    }
}
