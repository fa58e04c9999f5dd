import Hummingbird
import NIOCore

/// What a route is given beside the request.
package struct HTTPContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection that the request came on.
    let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

extension Request {
    /// The whole body. Leaves it in the request as well, so that a stream can be made of that afterwards.
    ///
    /// - Throws: `Problem` with 413 beyond the limit.
    package mutating func collectBody(within limits: HTTPServerConfiguration.Limits) async throws
        -> ByteBuffer
    {
        do {
            return try await collectBody(upTo: limits.bodyBytes)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "the body has more than \(limits.bodyBytes) bytes")
        }
    }
}
