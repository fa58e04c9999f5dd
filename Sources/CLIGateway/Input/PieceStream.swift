import Dispatch
import Foundation

/// Things that a thread of its own makes, in pieces, not further ahead than a few of them.
struct PieceStream<Element: Sendable>: Sendable {
    private let stream: AsyncThrowingStream<[Element], any Error>
    private let room = DispatchSemaphore(value: 4)

    /// - Parameter body: hands each piece to the function it is given, which waits while there is no room.
    init(_ body: @escaping @Sendable (_ yield: ([Element]) -> Void) throws -> Void) {
        let (stream, continuation) = AsyncThrowingStream<[Element], any Error>.makeStream()
        self.stream = stream
        let room = room
        Thread.detachNewThread {
            do {
                try body { piece in
                    guard !piece.isEmpty else { return }
                    room.wait()
                    continuation.yield(piece)
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    /// The next piece; nil at the end.
    func next() async throws -> [Element]? {
        // All iterators of a stream take from the same place.
        var iterator = stream.makeAsyncIterator()
        let piece = try await iterator.next()
        if piece != nil { room.signal() }
        return piece
    }
}
