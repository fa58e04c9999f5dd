import Dispatch
import Foundation
import Synchronization

/// Things that a thread of its own makes, in pieces, not further ahead than a few of them.
struct PieceStream<Element: Sendable>: Sendable {
    private let stream: AsyncThrowingStream<[Element], any Error>
    private let continuation: AsyncThrowingStream<[Element], any Error>.Continuation
    private let hasEnded = Flag()
    /// Begins at 0, since one that is let go below the value it began with ends the program.
    private let room = DispatchSemaphore(value: 0)

    /// - Parameter body: hands each piece to the function it is given, which waits while there is no room.
    init(_ body: @escaping @Sendable (_ yield: ([Element]) -> Void) throws -> Void) {
        let (stream, continuation) = AsyncThrowingStream<[Element], any Error>.makeStream()
        self.stream = stream
        self.continuation = continuation
        let (room, hasEnded) = (room, hasEnded)
        for _ in 0..<4 { room.signal() }
        Thread.detachNewThread {
            do {
                try body { piece in
                    guard !piece.isEmpty else { return }
                    room.wait()
                    continuation.yield(piece)
                }
                hasEnded.set()
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

    /// Nothing more is made: `next` gives what was, and then the end.
    ///
    /// - Returns: whether there might have been more.
    func stop() -> Bool {
        continuation.finish()
        return !hasEnded.isSet
    }
}

/// Set once, from any thread.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() {
        value.store(true, ordering: .releasing)
    }
}
