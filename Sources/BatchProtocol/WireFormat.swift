import BatchProgress
import FoundationEssentials

/// How messages look on the wire: a frame of JSON that says what it is, then frames of bytes.
///
/// docs/protocol.md describes every message; the tests hold the examples there against this code.
package enum WireFormat {
    /// Of all messages. A peer that speaks another version is told so, and nothing else is done with it.
    package static let version = 1

    package static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            return try [UInt8](encoder.encode(value))
        } catch {
            preconditionFailure("our own messages can be encoded: \(error)")
        }
    }

    package static func decode<Value: Decodable>(
        _ type: Value.Type, from frame: [UInt8]
    ) throws(WireError) -> Value {
        guard frame.count <= WireLimits.headerBytes else {
            throw WireError(
                .tooLarge, "the JSON frame has \(frame.count) bytes; at most \(WireLimits.headerBytes)")
        }
        do {
            let decoder = JSONDecoder()
            decoder.userInfo[JSONValue.textKey] = frame
            return try decoder.decode(type, from: Data(frame))
        } catch let error as WireError {
            throw error
        } catch let error as JSONValue.ReadingFault {
            throw WireError(.malformed, error.description)
        } catch let error as DecodingError {
            throw WireError(.malformed, error.summary)
        } catch {
            throw WireError(.malformed, "not JSON that can be read")
        }
    }
}

/// What one message may hold. Beyond it, an error names the limit.
package enum WireLimits {
    package static let headerBytes = 1 << 20
    /// Of one operation.
    package static let dataBytes = 1 << 20
    /// Of one chunk of operations, all data together.
    package static let chunkBytes = 4 << 20
    package static let operationsPerChunk = 1000
    /// Far above what a batch may hold, and far below where numbers overflow.
    package static let highestOperation = Int(Int32.max)
    /// Unicode scalars, as with all characters here.
    package static let labelCharacters = 1000
    package static let operationsPerReport = 10_000
    /// Of what is to be done on a batch's end, as JSON.
    package static let onEndBytes = 64 << 10
    package static let listedOperations = 1000
    package static let listedBatches = 1000
    package static let workerSlots = 10_000
    package static let workerCapacity = 100_000
    package static let workerTypes = 64
    package static let nameCharacters = 200
    /// Of one connection to control or dispatch.
    package static let messagesPerSecond = 2000
    /// What one connection may send at once, after a pause.
    package static let messageBurst = 10_000
    /// Sessions of workers at a time, all together.
    package static let sessions = 10_000
    /// A socket takes nothing larger than this in a frame; its peer is cut off.
    package static let frameBytes = 16 << 20
    package static let frames = operationsPerChunk + 24
}

/// Why a message was not understood, or a request refused: what an `error` answer holds.
package struct WireError: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Codable, Sendable, CaseIterable {
        /// Not JSON, or not of this message's form.
        case malformed
        case wrongVersion = "wrong-version"
        case unknownVerb = "unknown-verb"
        case tooLarge = "too-large"
        case unknownBatch = "unknown-batch"
        /// The batch ended, and what was kept of it is gone.
        case forgotten
        case unknownOperation = "unknown-operation"
        case conflict
        /// It can't be done to a batch in this state.
        case wrongState = "wrong-state"
        /// Whoever asks may not do that, or says that it is somebody else.
        case forbidden
        /// Too much at once; nothing has changed.
        case tooMany = "too-many"
        /// It could not be made durable; nothing has changed.
        case storage
    }

    package var code: Code
    package var message: String
    /// With a conflicting chunk: the number the next one begins with.
    package var expected: Int?

    package init(_ code: Code, _ message: String, expected: Int? = nil) {
        self.code = code
        self.message = message
        self.expected = expected
    }

    package var description: String { message }
}

extension DecodingError {
    /// The field and the fault in a line, without Foundation's internals.
    fileprivate var summary: String {
        switch self {
        case .keyNotFound(let key, let context):
            "'\(path(context, key))' is missing"
        case .typeMismatch(_, let context):
            "'\(path(context))' has the wrong type"
        case .valueNotFound(_, let context):
            "'\(path(context))' must not be null"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            // The decoder tells the second without saying where.
            "not valid JSON, or a number in it doesn't fit"
        case .dataCorrupted(let context):
            "'\(path(context))': \(context.debugDescription)"
        @unknown default:
            "not of the right form"
        }
    }

    private func path(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
        let keys = context.codingPath + [last].compactMap(\.self)
        let text = keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return text.isEmpty ? "the message" : text
    }
}

/// The fields that every JSON frame begins with.
struct Envelope: Codable {
    var v: Int
    var verb: String

    private enum CodingKeys: String, CodingKey {
        case v, verb
    }

    init(verb: String) {
        v = WireFormat.version
        self.verb = verb
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        v = try container.decode(Int.self, forKey: .v)
        guard v == WireFormat.version else {
            throw WireError(
                .wrongVersion, "protocol version \(v) is not spoken here; this is \(WireFormat.version)")
        }
        verb = try container.decode(String.self, forKey: .verb)
    }
}
