import Hummingbird
import NIOCore
import NIOHTTPTypes
import Synchronization

/// A response that goes on, on its connection.
///
/// It writes to the channel itself, so that whoever has something to say, the keep-alive comments too, is put in
/// order by the lock, and nobody waits for another.
final class HTTPStream: Sendable {
    enum Ending: Sendable {
        case clientLeft
        case shutdown(reason: String)
    }

    private struct State {
        var task: Task<Void, any Error>?
        var ending: Ending?
        /// Nothing follows the last chunk.
        var isFinished = false
        /// Writes that have not reached the kernel.
        var underway = 0
        var lastWrite = ContinuousClock.now
    }

    private let channel: any Channel
    private let comment: ByteBuffer?
    private let lastWord: @Sendable (String) -> ByteBuffer?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - comment: written in silence; nil: nothing is.
    ///   - lastWord: what is written when the stream ends before its time.
    init(
        on channel: any Channel, comment: ByteBuffer?, lastWord: @escaping @Sendable (String) -> ByteBuffer?
    ) {
        self.channel = channel
        self.comment = comment
        self.lastWord = lastWord
    }

    /// Does what `body` says, then ends the response and closes the connection. Returns when that is done.
    func run(_ body: @escaping @Sendable (StreamSink) async throws -> Void) async {
        channel.triggerUserOutboundEvent(ConnectionHandler.Attachment(stream: self), promise: nil)
        let task = Task { try await body(StreamSink(stream: self)) }
        let isStopped = state.withLock { state in
            state.task = task
            return state.ending != nil
        }
        if isStopped { task.cancel() }
        await withTaskCancellationHandler {
            await finish(task.result)
        } onCancel: {
            cut()
        }
    }

    /// Returns once it has left, or is the only one that waits to leave: so a reader that stalls holds up
    /// whoever writes, and holds no memory but that.
    func write(_ buffer: ByteBuffer) async throws {
        let written = try state.withLock { state throws(CancellationError) -> EventLoopFuture<Void>? in
            guard state.ending == nil, !state.isFinished else { throw CancellationError() }
            state.lastWrite = ContinuousClock.now
            let isFree = state.underway == 0
            let written = enqueue(buffer, &state)
            return isFree ? nil : written
        }
        try await written?.get()
    }

    private func enqueue(_ buffer: ByteBuffer, _ state: inout State) -> EventLoopFuture<Void> {
        state.underway += 1
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { [self] _ in self.state.withLock { $0.underway -= 1 } }
        channel.writeAndFlush(HTTPResponsePart.body(buffer), promise: promise)
        return promise.futureResult
    }

    /// A comment, if nothing was written for so long and nothing waits.
    func beat(at now: ContinuousClock.Instant, after silence: Duration) {
        guard let comment else { return }
        state.withLock { state in
            guard !state.isFinished, state.underway == 0, state.lastWrite + silence <= now else { return }
            state.lastWrite = now
            _ = enqueue(comment, &state)
        }
    }

    func stop(_ ending: Ending) {
        let task = state.withLock { state in
            if state.ending == nil { state.ending = ending }
            return state.task
        }
        task?.cancel()
        if case .clientLeft = ending { cut() }
    }

    /// Whatever waits to be written fails.
    func cut() { channel.close(promise: nil) }

    private func finish(_ result: Result<Void, any Error>) async {
        let ended = channel.eventLoop.makePromise(of: Void.self)
        state.withLock { state in
            state.isFinished = true
            if let word = closingReason(state.ending, result).flatMap(lastWord) {
                channel.write(HTTPResponsePart.body(word), promise: nil)
            }
            channel.writeAndFlush(HTTPResponsePart.end(nil), promise: ended)
        }
        try? await ended.futureResult.get()
        channel.close(promise: nil)
    }

    /// Nil: it had come to its end.
    private func closingReason(_ ending: Ending?, _ result: Result<Void, any Error>) -> String? {
        switch (ending, result) {
        case (.shutdown(let reason), _): reason
        case (.clientLeft, _), (nil, .success): nil
        case (nil, .failure(let error)): "\(error)"
        }
    }
}

/// Where a stream's handler writes. By one task at a time.
package struct StreamSink: Sendable {
    let stream: HTTPStream

    /// Leaves at once. Waits while the one before hasn't left: that is the back-pressure of a slow reader.
    ///
    /// - Throws: when the client has left, or the stream is to end.
    package func write(_ bytes: ByteBuffer) async throws { try await stream.write(bytes) }
}
