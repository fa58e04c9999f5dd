import BatchProgress
import Foundation
import Glibc

/// Something wrong in a file or on standard input.
package struct InputError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Operations as lines of JSON: `{"type": "…", "data": …, "label": "…"}`.
package final class OperationLines: Sendable {
    private let descriptor: CInt
    private let name: String
    /// A line may hold a megabyte of data, some of it escaped.
    private static let longestLine = 8 << 20

    /// - Parameter path: `-`: standard input.
    /// - Throws: `InputError`.
    package init(path: String) throws(InputError) {
        name = path == "-" ? "standard input" : path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw InputError("\(path): \(String(cString: strerror(errno)))") }
    }

    /// Reads all of it, on a thread of its own, some ahead of who takes it.
    func pieces() -> PieceStream<BatchOperation> {
        PieceStream { [self] yield in
            var input = BufferedInput(descriptor: descriptor)
            var number = 0
            var piece: [BatchOperation] = []
            while let line = input.readLine() ?? input.readRest() {
                number += 1
                if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
                    piece.append(try operation(line, number: number))
                }
                if piece.count == 1000 || !input.hasBuffered {
                    yield(piece)
                    piece = []
                }
            }
            yield(piece)
        }
    }

    private func operation(_ line: [UInt8], number: Int) throws(InputError) -> BatchOperation {
        func fault(_ what: String) -> InputError { InputError("\(name), line \(number): \(what)") }
        guard line.count <= Self.longestLine else { throw fault("longer than \(Self.longestLine) bytes") }
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
            throw fault(
                "not a JSON object such as {\"type\": \"thumbnail\", \"data\": {\"path\": \"a.png\"}}")
        }
        for key in object.keys.sorted() where !["type", "data", "label"].contains(key) {
            throw fault("there is no '\(key)'; an operation has 'type', 'data' and 'label'")
        }
        guard let type = object["type"] as? String else { throw fault("'type' is missing, or no text") }
        guard BatchID(type) != nil else { throw fault("'type' is \(BatchID.requirement)") }
        if let label = object["label"], !(label is String) { throw fault("'label' is no text") }
        return BatchOperation(type: type, data: data(object["data"]), label: object["label"] as? String)
    }

    /// Data as JSON, with sorted keys so that the same data is the same bytes.
    private func data(_ value: Any?) -> [UInt8] {
        guard let value else { return [] }
        let options: JSONSerialization.WritingOptions = [
            .fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes,
        ]
        return (try? JSONSerialization.data(withJSONObject: value, options: options)).map { [UInt8]($0) }
            ?? []
    }
}
