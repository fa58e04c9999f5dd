import BatchProtocol
import Foundation

/// JSON as text that is the same for the same values, however they are written.
struct JSONText: Equatable, CustomStringConvertible {
    let description: String

    init(_ bytes: [UInt8]) throws {
        let value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        let data = try JSONSerialization.data(
            withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes])
        description = String(decoding: data, as: UTF8.self)
    }

    init(_ text: String) throws {
        try self.init(Array(text.utf8))
    }
}

/// Which optional fields of the messages were seen with a value, by `Type.field`.
struct FieldCoverage {
    private(set) var withoutValue: Set<String> = []
    private var withValue: Set<String> = []

    var neverSet: [String] { withoutValue.subtracting(withValue).sorted() }

    mutating func note(_ value: Any) {
        let mirror = Mirror(reflecting: value)
        for child in mirror.children {
            guard mirror.displayStyle == .struct, let label = child.label else {
                note(child.value)
                continue
            }
            // One type of answer is as good as another for what all of them have.
            let name = "\(type(of: value))".prefix { $0 != "<" }
            let field = "\(name).\(label)"
            let inner = Mirror(reflecting: child.value)
            if inner.displayStyle != .optional {
                note(child.value)
            } else if let wrapped = inner.children.first {
                withValue.insert(field)
                note(wrapped.value)
            } else {
                withoutValue.insert(field)
            }
        }
    }
}
