import CoreMetrics
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// The responses that go on now.
package final class OpenStreams: Sendable {
    private struct State {
        var streams: [ObjectIdentifier: HTTPStream] = [:]
        /// Why no more are begun.
        var closing: String?
    }

    private let state = Mutex(State())
    private let meter = Meter(label: "tally_http_streams")

    package init() {
        meter.set(0)
    }

    package var count: Int { state.withLock { $0.streams.count } }

    /// A response that goes on: head and first words leave at once, and the connection is closed at its end.
    ///
    /// The task of `body` is cancelled when the client has left and at shutdown; what it has to write it writes to
    /// its sink. When it returns, the response ends. It isn't called for a HEAD request.
    ///
    /// - Parameters:
    ///   - lastWord: what is written, with the reason, when it ends before `body` has returned, or by an error.
    package func response(
        _ form: StreamForm, in context: HTTPContext, headers: HTTPFields = [:],
        lastWord: @escaping @Sendable (_ reason: String) -> ByteBuffer? = { _ in nil },
        _ body: @escaping @Sendable (StreamSink) async throws -> Void
    ) -> Response {
        let channel = context.channel
        let stream = ResponseBody { _ in
            await self.run(HTTPStream(on: channel, comment: form.comment, lastWord: lastWord), body)
        }
        return Response(status: .ok, headers: form.headers.with(headers), body: stream)
    }

    private func run(
        _ stream: HTTPStream, _ body: @escaping @Sendable (StreamSink) async throws -> Void
    ) async {
        let closing = state.withLock { state in
            state.streams[ObjectIdentifier(stream)] = stream
            return state.closing
        }
        if let closing { stream.stop(.shutdown(reason: closing)) }
        meter.increment()
        await stream.run(body)
        meter.decrement()
        state.withLock { $0.streams[ObjectIdentifier(stream)] = nil }
    }

    private var all: [HTTPStream] { state.withLock { Array($0.streams.values) } }

    func beat(after silence: Duration) {
        let now = ContinuousClock.now
        for stream in all { stream.beat(at: now, after: silence) }
    }

    /// Each is given a last word, and ends.
    func close(_ reason: String) {
        state.withLock { $0.closing = reason }
        for stream in all { stream.stop(.shutdown(reason: reason)) }
    }

    /// Those whose readers don't read can't be given any.
    func cut() {
        for stream in all { stream.cut() }
    }
}

extension HTTPFields {
    /// With these, instead of those of the same name.
    fileprivate func with(_ others: HTTPFields) -> HTTPFields {
        var fields = self
        for field in others { fields[field.name] = field.value }
        return fields
    }
}

/// Keeps silent streams alive, and ends all of them at shutdown.
struct StreamKeeper: Service {
    let streams: OpenStreams
    let silence: Duration
    private static let grace: Duration = .seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(1))) != nil { streams.beat(after: silence) }
        }
        streams.close("the gateway is shutting down")
        let deadline = ContinuousClock.now + Self.grace
        while streams.count > 0, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        streams.cut()
    }
}
