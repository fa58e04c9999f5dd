import BatchProgress
import BatchProtocol
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
        var status = stat()
        guard fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
            let subject = path == "-" ? name : "'\(path)'"
            throw InputError("\(subject) is a folder: name a file of operations")
        }
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
        do {
            guard line.count <= Self.longestLine else {
                throw InputError("longer than \(Self.longestLine) bytes")
            }
            return try OperationLine(line).operation
        } catch {
            throw InputError("\(name), line \(number): \(error)")
        }
    }
}
