import CommandTemplate
import Glibc

/// Values as they become known.
package struct ValueReader: Sendable {
    private let pieces: PieceStream<[UInt8]>
    private let isEndless: Bool

    package init(_ source: ValueSource) {
        switch source {
        case .given(let values):
            pieces = PieceStream { $0(values) }
            isEndless = false
        case .standardInput(let separator):
            pieces = PieceStream { try Self.read(separator, $0) }
            isEndless = true
        }
    }

    /// The values of one read; nil at the end.
    ///
    /// - Throws: `Values.TooLong`.
    package func next() async throws -> [[UInt8]]? {
        try await pieces.next()
    }

    /// Standard input is read no further; values that are known anyway all come.
    ///
    /// - Returns: whether there might have been more.
    func stop() -> Bool { isEndless && pieces.stop() }

    private static func read(_ separator: Values.Separator, _ yield: ([[UInt8]]) -> Void) throws {
        var values = Values(separator: separator)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var found: [[UInt8]] = []
        while true {
            let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            try values.feed(buffer[..<count], into: &found)
            yield(found)
            found = []
        }
        values.finish(into: &found)
        yield(found)
    }
}
