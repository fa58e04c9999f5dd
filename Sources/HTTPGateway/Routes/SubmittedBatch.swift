import BatchClient
import BatchProtocol

/// A batch as it is submitted in JSON, checked field by field.
package struct SubmittedBatch: Sendable {
    /// What is wrong, and where: `operations[3].type`.
    package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        package enum Kind: Hashable, Sendable {
            case malformed
            /// Operations of this type may not be submitted here.
            case typeNotAllowed
        }

        package var kind = Kind.malformed
        package var field: String
        package var message: String

        package var description: String { "'\(field)' \(message)" }
    }

    package var id: BatchID?
    package var label: String?
    package var retries = 0
    package var operations: [BatchOperation] = []

    /// - Parameter types: those that operations may have.
    package init(_ json: JSONValue, allowing types: Set<String>) throws(Fault) {
        let fields = try JSONFields(json, at: "body", known: ["id", "label", "retries", "operations"])
        if let text = try fields.string("id") {
            guard let id = BatchID(text) else { throw fields.fault("id", "is \(BatchID.requirement)") }
            self.id = id
        }
        label = try fields.label()
        if let retries = try fields.integer("retries", in: 0...100) { self.retries = retries }
        guard case .array(let items)? = fields.values["operations"], !items.isEmpty else {
            throw fields.fault("operations", "is an array with at least one operation")
        }
        for (index, item) in items.enumerated() {
            operations.append(try Self.operation(item, at: "operations[\(index)]", allowing: types))
        }
    }

    private static func operation(
        _ json: JSONValue, at place: String, allowing types: Set<String>
    ) throws(Fault) -> BatchOperation {
        let fields = try JSONFields(json, at: place, known: ["type", "data", "label"])
        guard let type = try fields.string("type"), BatchID(type) != nil else {
            throw fields.fault("type", "is \(BatchID.requirement)")
        }
        guard types.contains(type) else {
            let allowed = types.sorted().joined(separator: ", ")
            throw Fault(
                kind: .typeNotAllowed, field: "\(place).type",
                message: "may not be '\(type)' here; allowed: \(allowed)")
        }
        let data = fields.values["data"]?.bytes ?? []
        if type == CommandOperation.type { try checkCommand(data, fields) }
        return BatchOperation(type: type, data: data, label: try fields.label())
    }

    /// What a worker would find only when it is to be executed.
    private static func checkCommand(_ data: [UInt8], _ fields: JSONFields) throws(Fault) {
        let command: CommandOperation
        do {
            command = try WireFormat.decode(CommandOperation.self, from: data)
        } catch {
            throw fields.fault("data", "is no command: \(error.message)")
        }
        if let fault = command.fault { throw fields.fault("data", "is no command: \(fault)") }
        // A worker is somewhere else.
        if let folder = command.folder, folder.bytes.first != UInt8(ascii: "/") {
            throw fields.fault("data.folder", "has to begin with '/'")
        }
    }
}

/// The fields of a JSON object, with the place where it stands.
private struct JSONFields {
    let values: [String: JSONValue]
    private let place: String

    init(_ json: JSONValue, at place: String, known: Set<String>) throws(SubmittedBatch.Fault) {
        guard case .object(let values) = json else {
            throw SubmittedBatch.Fault(field: place, message: "is no object")
        }
        // A field that is null is one that isn't there, but for data, which may be any JSON.
        self.values = values.filter { $0.value != .null || $0.key == "data" }
        self.place = place == "body" ? "" : place + "."
        if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
            throw fault(unknown, "is no field; known: \(known.sorted().joined(separator: ", "))")
        }
    }

    func fault(_ field: String, _ message: String) -> SubmittedBatch.Fault {
        SubmittedBatch.Fault(field: place + field, message: message)
    }

    func string(_ name: String) throws(SubmittedBatch.Fault) -> String? {
        switch values[name] {
        case nil: return nil
        case .string(let text)?: return text
        case .some: throw fault(name, "is no text")
        }
    }

    func label() throws(SubmittedBatch.Fault) -> String? {
        let label = try string("label")
        guard (label?.unicodeScalars.count ?? 0) <= WireLimits.labelCharacters else {
            throw fault("label", "has more than \(WireLimits.labelCharacters) characters")
        }
        return label
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(SubmittedBatch.Fault) -> Int? {
        switch values[name] {
        case nil: return nil
        case .integer(let value)? where Int64(range.lowerBound)...Int64(range.upperBound) ~= value:
            return Int(value)
        case .some: throw fault(name, "is a whole number, \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
