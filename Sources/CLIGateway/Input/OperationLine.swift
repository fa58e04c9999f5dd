import BatchProgress
import BatchProtocol
import Foundation

/// One operation as JSON.
struct OperationLine {
    let operation: BatchOperation

    /// Throws what is wrong with it.
    init(_ line: [UInt8]) throws(InputError) {
        let object = try Self.object(line)
        for key in object.keys.sorted() where !["type", "data", "label"].contains(key) {
            throw InputError("there is no '\(key)'; an operation has 'type', 'data' and 'label'")
        }
        guard let type = object["type"] as? String else { throw InputError("'type' is missing, or no text") }
        guard BatchID(type) != nil else { throw InputError("'type' is \(BatchID.requirement)") }
        let data = Self.data(object["data"])
        guard data.count <= WireLimits.dataBytes else {
            throw InputError("'data' has \(data.count) bytes; at most \(WireLimits.dataBytes)")
        }
        if type == CommandOperation.type { try Self.checkCommand(data) }
        operation = BatchOperation(type: type, data: data, label: try Self.label(object["label"]))
    }

    private static func object(_ line: [UInt8]) throws(InputError) -> [String: Any] {
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: Data(line), options: .fragmentsAllowed)
        } catch {
            let reason = (error as NSError).userInfo["NSDebugDescription"] as? String
            throw InputError("no JSON" + (reason.map { ": \($0)" } ?? ""))
        }
        guard let object = value as? [String: Any] else {
            throw InputError("no object such as {\"type\": \"thumbnail\", \"data\": {\"path\": \"a.png\"}}")
        }
        return object
    }

    private static func label(_ value: Any?) throws(InputError) -> String? {
        guard let value, !(value is NSNull) else { return nil }
        guard let label = value as? String else { throw InputError("'label' is no text") }
        guard label.unicodeScalars.count <= WireLimits.labelCharacters else {
            throw InputError("'label' has more than \(WireLimits.labelCharacters) characters")
        }
        return label
    }

    /// As JSON, with sorted keys so that the same data is the same bytes.
    private static func data(_ value: Any?) -> [UInt8] {
        guard let value else { return [] }
        let options: JSONSerialization.WritingOptions = [
            .fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes,
        ]
        return (try? JSONSerialization.data(withJSONObject: value, options: options)).map { [UInt8]($0) }
            ?? []
    }

    /// What a worker would find only when it is to be executed.
    private static func checkCommand(_ data: [UInt8]) throws(InputError) {
        let command: CommandOperation
        do {
            command = try WireFormat.decode(CommandOperation.self, from: data)
        } catch {
            throw InputError("'data' is no command: \(error.message)")
        }
        if let fault = command.fault { throw InputError("'data': \(fault)") }
        // A worker is somewhere else.
        if let folder = command.folder, folder.bytes.first != UInt8(ascii: "/") {
            throw InputError("'data': 'folder' has to begin with '/'")
        }
    }
}
