import Foundation
import GRDB

/// The open database, for the length of one visit to the store's queue.
package struct StoreConnection {
    let database: Database
    let caches: StoreCaches

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// One after the other, so that a great result is never in memory at once. `body` must not use the same
    /// SQL.
    func forEach(
        _ sql: String, _ arguments: StatementArguments = [], _ body: (inout RowReader) throws -> Void
    ) throws {
        let statement = try database.cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        while let row = try cursor.next() {
            var reader = RowReader(row)
            try body(&reader)
        }
    }

    func all<Element>(
        _ sql: String, _ arguments: StatementArguments = [], _ read: (inout RowReader) throws -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        try forEach(sql, arguments) { elements.append(try read(&$0)) }
        return elements
    }

    /// The only row, or nil.
    func one<Element>(
        _ sql: String, _ arguments: StatementArguments = [], _ read: (inout RowReader) throws -> Element
    ) throws -> Element? {
        try all(sql, arguments, read).first
    }
}

/// Reads a row's columns from left to right. Anything but what is expected is an error: a damaged file must
/// not end the process.
struct RowReader {
    private let row: Row
    private var column = 0

    init(_ row: Row) {
        self.row = row
    }

    mutating func next<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        as type: Value.Type = Value.self
    ) throws -> Value {
        defer { column += 1 }
        return try row.decode(Value.self, atIndex: column)
    }

    mutating func optional<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        as type: Value.Type = Value.self
    ) throws -> Value? {
        defer { column += 1 }
        return try row.decode(Value?.self, atIndex: column)
    }

    /// A text that stands for something.
    mutating func next<Value>(_ meaning: (String) -> Value?) throws -> Value {
        let text: String = try next()
        guard let value = meaning(text) else { throw Damage("'\(text.prefix(40))' is no \(Value.self)") }
        return value
    }

    mutating func bytes() throws -> [UInt8] {
        guard let bytes = try optionalBytes() else { throw Damage("bytes are missing") }
        return bytes
    }

    mutating func optionalBytes() throws -> [UInt8]? {
        defer { column += 1 }
        return try row.withUnsafeData(atIndex: column) { data in data.map { [UInt8]($0) } }
    }
}
