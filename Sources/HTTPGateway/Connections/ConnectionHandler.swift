import Glibc
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Looks after one connection: whether there is room for it, whether its requests come to an end, whether
/// its peer is still there; and tells the stream on it when that isn't.
///
/// The event loop is its isolation, as with all channel handlers.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Sent down the pipeline when a response becomes a stream.
    struct Attachment: Sendable {
        let stream: HTTPStream
    }

    private let connections: ConnectionCount
    private let requestLimit: TimeAmount
    private var isCounted = false
    private var isInputClosed = false
    private var stream: HTTPStream?
    private var requestDeadline: Scheduled<Void>?
    private var linkCheck: RepeatedTask?

    init(_ connections: ConnectionCount, requestLimit: Duration) {
        self.connections = connections
        self.requestLimit = TimeAmount(requestLimit)
    }

    // MARK: The connection

    func channelActive(context: ChannelHandlerContext) {
        isCounted = true
        guard connections.enter() else {
            context.close(promise: nil)
            return
        }
        setOptions(context.channel)
        let channel = context.channel
        let interval = TimeAmount(DeadLinkRule.interval)
        linkCheck = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            Self.closeIfDead(channel)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isCounted { connections.leave() }
        isCounted = false
        requestDeadline?.cancel()
        linkCheck?.cancel()
        peerLeft()
        context.fireChannelInactive()
    }

    private func setOptions(_ channel: any Channel) {
        let options: [(ChannelOptions.Types.SocketOption, Int)] = [
            (.init(level: .socket, name: .so_keepalive), 1),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPIDLE)), 10),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPINTVL)), 4),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPCNT)), 3),
            (.init(level: .tcp, name: .init(rawValue: Self.longestTimeout)), 5_000),
            // What a slow reader is still to be sent is the newest, so little of it waits in the kernel.
            (.init(level: .tcp, name: .init(rawValue: TCP_NOTSENT_LOWAT)), 16 << 10),
        ]
        for (option, value) in options { _ = channel.setOption(option, value: value) }
        _ = channel.setOption(.writeBufferWaterMark, value: .init(low: 8 << 10, high: 32 << 10))
    }

    /// TCP_RTO_MAX_MS, which Glibc's headers don't have yet. A closed window is probed at intervals that double, up to
    /// two minutes: whoever vanishes in one of those would be missed for as long. Kernels before 6.15 refuse it.
    private static let longestTimeout: CInt = 44

    private static func closeIfDead(_ channel: any Channel) {
        guard let socket = channel as? any SocketOptionProvider else { return }
        socket.getTCPInfo().whenSuccess { info in
            guard DeadLinkRule.isDead(.init(info)) else { return }
            // The kernel needn't go on trying either.
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
                channel.close(promise: nil)
            }
        }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            let channel = context.channel
            requestDeadline = context.eventLoop.scheduleTask(in: requestLimit) { channel.close(promise: nil) }
        case .end:
            requestDeadline?.cancel()
            requestDeadline = nil
        case .body: break
        }
        context.fireChannelRead(data)
    }

    // MARK: Streams

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let attachment = event as? Attachment else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        stream = attachment.stream
        if isInputClosed || !context.channel.isActive { peerLeft() }
        promise?.succeed()
    }

    /// Nobody who only listens says that nothing more will come from him: he has left.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            isInputClosed = true
            peerLeft()
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func peerLeft() {
        stream?.stop(.clientLeft)
        stream = nil
    }
}

extension DeadLinkRule.Sample {
    init(_ info: tcp_info) {
        self.init(
            unacknowledged: Int(info.tcpi_unacked), retransmits: Int(info.tcpi_retransmits),
            unansweredProbes: Int(info.tcpi_probes),
            sinceAcknowledgement: .milliseconds(Int64(info.tcpi_last_ack_recv)))
    }
}
