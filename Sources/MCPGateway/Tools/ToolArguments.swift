import BatchProgress

/// The arguments of a tool's call. A model made them up: what is wrong with them is told in a way that it can mend.
struct ToolArguments: Sendable {
    struct Fault: Error, Hashable {
        let message: String
    }

    private let values: [String: JSONValue]

    /// - Parameter known: any other argument is a mistake.
    init(_ values: [String: JSONValue], known: [String]) throws(Fault) {
        if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
            let names = known.isEmpty ? "it takes none" : "it takes " + known.joined(separator: ", ")
            throw Fault(message: "there is no argument '\(unknown.cut(toScalars: 60))': \(names)")
        }
        self.values = values
    }

    /// Nil if it isn't there, or null.
    func text(_ name: String) throws(Fault) -> String? {
        switch values[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw Fault(message: "'\(name)' is a string")
        }
    }

    func flag(_ name: String) throws(Fault) -> Bool {
        switch values[name] {
        case nil, .null: return false
        case .bool(let value): return value
        default: throw Fault(message: "'\(name)' is true or false")
        }
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws(Fault) -> Int? {
        switch values[name] {
        case nil, .null: return nil
        case .integer(let value) where Int(exactly: value).map(range.contains) == true: return Int(value)
        default:
            throw Fault(
                message: "'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func list(_ name: String) throws(Fault) -> [JSONValue]? {
        switch values[name] {
        case nil, .null: return nil
        case .array(let values): return values
        default: throw Fault(message: "'\(name)' is a list")
        }
    }

    func batchID(_ name: String = "batchId") throws(Fault) -> BatchID? {
        guard let text = try text(name) else { return nil }
        guard let id = BatchID(text) else {
            throw Fault(message: "'\(name)' is no batch's id: \(BatchID.requirement)")
        }
        return id
    }

    func requiredBatchID(_ name: String = "batchId") throws(Fault) -> BatchID {
        guard let id = try batchID(name) else {
            throw Fault(message: "'\(name)' is missing; batch_list shows the ids")
        }
        return id
    }
}
