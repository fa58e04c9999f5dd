import BatchEngine
import BatchProgress

/// A row of operations as it is in the file: bytes, of which single operations are made when asked for.
struct StoredChunk: Sendable {
    /// A row holds at most this many operations, and this many bytes of labels and data unless a single
    /// operation has more: so whoever needs one operation never reads much more than that.
    static let operationsPerRow = 1_000
    static let bytesPerRow = 256 * 1024

    let first: Int
    let count: Int
    private let types: [(type: String, count: Int)]
    private let bytes: [UInt8]
    /// Where each operation's label and data begin; a label that is nil takes no room and is marked.
    private let places: [Place]

    private struct Place {
        var label: Range<Int>?
        var data: Range<Int>
    }

    var operations: Range<Int> { first..<(first + count) }

    init(first: Int, count: Int, types: [UInt8], lengths: [UInt8], bytes: [UInt8]) throws {
        self.first = first
        self.count = count
        self.types = try Self.readTypes(types)
        self.bytes = bytes
        var reader = ByteReader(lengths)
        var end = 0
        func next(_ length: Int) throws -> Range<Int> {
            guard length <= bytes.count - end else { throw Damage("operations that are cut off") }
            defer { end += length }
            return end..<(end + length)
        }
        places = try (0..<count).map { _ in
            let labelLength = try reader.number()
            let label = labelLength == 0 ? nil : try next(labelLength - 1)
            return Place(label: label, data: try next(try reader.number()))
        }
    }

    func operation(_ number: Int) throws -> BatchOperation {
        BatchOperation(
            type: try type(of: number), data: Array(bytes[places[number - first].data]),
            label: label(of: number))
    }

    func label(of number: Int) -> String? {
        places[number - first].label.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    private func type(of number: Int) throws -> String {
        var end = first
        for run in types {
            end += run.count
            if number < end { return run.type }
        }
        throw Damage("an operation without a type")
    }

    static func readTypes(_ bytes: [UInt8]) throws -> [(type: String, count: Int)] {
        var reader = ByteReader(bytes)
        var types: [(type: String, count: Int)] = []
        while !reader.isAtEnd { types.append((try reader.text(), try reader.number())) }
        return types
    }
}

/// What goes into the columns of one row.
struct ChunkColumns {
    let count: Int
    let types: [UInt8]
    let lengths: [UInt8]
    let bytes: [UInt8]

    init(_ operations: ArraySlice<BatchOperation>) {
        var types = ByteWriter()
        var lengths = ByteWriter()
        var bytes: [UInt8] = []
        for run in Array(operations).typeRuns {
            types.write(run.type)
            types.write(run.count)
        }
        for operation in operations {
            lengths.write(operation.label.map { $0.utf8.count + 1 } ?? 0)
            lengths.write(operation.data.count)
            bytes.append(contentsOf: (operation.label ?? "").utf8)
            bytes.append(contentsOf: operation.data)
        }
        count = operations.count
        self.types = types.bytes
        self.lengths = lengths.bytes
        self.bytes = bytes
    }
}

extension [BatchOperation] {
    /// These operations in pieces that each fit a row.
    var rows: [ArraySlice<BatchOperation>] {
        var rows: [ArraySlice<BatchOperation>] = []
        var start = 0
        var size = 0
        for (index, operation) in enumerated() {
            let added = operation.data.count + (operation.label?.utf8.count ?? 0)
            let isFull =
                index - start == StoredChunk.operationsPerRow || size + added > StoredChunk.bytesPerRow
            if isFull, index > start {
                rows.append(self[start..<index])
                start = index
                size = 0
            }
            size += added
        }
        if start < count { rows.append(self[start...]) }
        return rows
    }
}
