import Testing
import ZeroMQ

@Suite struct MessageTests {
    @Test(arguments: [
        [bytes("one")],
        [[]],
        [[], []],
        [bytes("a"), [], bytes("b"), []],
    ])
    func framesArriveAsSent(_ frames: [Frame]) async throws {
        try await withPair(.push, .pull) { push, pull in
            try await push.send(frames: frames)
            #expect(try await pull.received.next() == .message(frames))
        }
    }

    @Test(arguments: [0, 24, 25, 8192, 1 << 20, 16_777_216 - 9])
    func bodiesOfAllSizesArrive(filling count: Int) async throws {
        try await withPair(.push, .pull) { push, pull in
            let body = bytes("first") + Frame(repeating: 7, count: count) + bytes("last")
            try await push.send(body)
            guard case .message(let frames) = try await pull.received.next() else { return }
            #expect(frames.count == 1 && frames[0] == body)  // not the whole of it in a failure's report
        }
    }

    @Test func aSubscriberGetsItsPrefixesOnly() async throws {
        try await withLoop { loop in
            let publisher = try Peer(.publish, on: loop)
            let subscriber = try Peer(.subscribe, on: loop)
            try await subscriber.subscribe("a.")
            try await subscriber.subscribe("end")
            try await subscriber.connect(try await publisher.bind())
            await subscriber.listen()
            try await untilReached(subscriber, by: publisher, topic: "end")
            for topic in ["a.1", "b.1", "a", "a.2", "end!"] { try await publisher.send(bytes(topic), []) }
            let last = bytes("end!")
            var topics: [Frame] = []
            while topics.last != last {
                guard case .message(let frames) = try await subscriber.received.next() else { break }
                topics.append(frames[0])
            }
            #expect(topics.filter { $0 != bytes("end") } == [bytes("a.1"), bytes("a.2"), last])
        }
    }

    @Test("a queue without a reader fills to its mark", arguments: [SocketType.push, .dealer])
    func fullAtTheMark(_ type: SocketType) async throws {
        try await withLoop { loop in
            try await withSocketFolder { folder in
                var options = SocketOptions()
                options.sendHighWaterMark = 10
                let sender = try Peer(type, options, on: loop)
                #expect(try await sender.fill(upTo: 1) == 0, "nobody to queue for")
                try await sender.connect("ipc://\(folder)/socket")
                #expect(try await sender.fill(upTo: 100) == 10)
                #expect(try await sender.send(bytes("too much")) == .full)
                await sender.listen()  // watched for both; a second call for one `writable` would be fatal
                let writable = Task { await sender.writable() }
                let reader = try Peer(type == .push ? .pull : .dealer, on: loop)
                try await reader.bind("ipc://\(folder)/socket")
                await reader.listen()
                try await within { await writable.value }
                #expect(try await sender.send(bytes("last")) == .sent)
                let all = try await reader.received.next(11)
                #expect(all == (0..<10).map { .message([bytes("\($0)")]) } + [.message([bytes("last")])])
            }
        }
    }

    @Test func aRouterSaysWhoIsNotThere() async throws {
        try await withPair(.dealer, .router) { dealer, router in
            try await dealer.send(bytes("hello"))
            guard case .message(let hello) = try await router.received.next() else { return }
            #expect(try await router.send(hello[0], bytes("welcome")) == .sent)
            #expect(try await router.send(bytes("nobody"), bytes("hello")) == .unroutable)
            #expect(try await router.send(hello[0], bytes("again")) == .sent, "the refused one left no trace")
        }
    }

    @Test(
        arguments: [
            (1, .message(Array(repeating: [1], count: 1))),
            (8, .message(Array(repeating: [1], count: 8))),
            (9, .oversized(first: [1], frames: 9)),
            (50_000, .oversized(first: [1], frames: 50_000)),
        ] as [(Int, Received)])
    func tooManyFramesAreThrownAway(count: Int, expected: Received) async throws {
        var options = SocketOptions()
        options.maximumFrames = 8
        try await withPair(.push, .pull, options) { push, pull in
            try await push.send(frames: Array(repeating: [1], count: count))
            try await push.send(bytes("next"))
            #expect(try await pull.received.next() == expected)
            #expect(try await pull.received.next() == .message([bytes("next")]))
        }
    }

    @Test func aFrameTooLargeCostsItsSenderTheConnectionOnly() async throws {
        try await withLoop { loop in
            var options = SocketOptions()
            options.maximumFrameBytes = 1000
            let router = try Peer(.router, options, on: loop)
            let (rude, polite) = (try Peer(.dealer, on: loop), try Peer(.dealer, on: loop))
            let endpoint = try await router.bind()
            await router.listen()
            for dealer in [rude, polite] {
                try await dealer.observe()
                try await dealer.connect(endpoint)
                try await dealer.send(Frame(repeating: 0, count: 1000))
                guard case .message(let frames) = try await router.received.next() else { return }
                #expect(frames[1].count == 1000)
            }
            try await rude.send(Frame(repeating: 0, count: 1001))
            _ = try await rude.events.first { if case .disconnected = $0 { true } else { false } }
            try await polite.send(bytes("polite"))
            try await expectNext(bytes("polite"), at: router)
            _ = try await rude.events.first { if case .connected = $0 { true } else { false } }
            try await rude.send(bytes("sorry"))
            try await expectNext(bytes("sorry"), at: router)
        }
    }

    // MARK: -

    private func expectNext(_ body: Frame, at router: Peer) async throws {
        guard case .message(let frames) = try await router.received.next() else { return }
        #expect(frames[1] == body)
    }

    /// Publishes `topic` until the subscriber has seen it once: a new subscription takes a moment.
    private func untilReached(_ subscriber: Peer, by publisher: Peer, topic: String) async throws {
        let flood = Task {
            while !Task.isCancelled {
                try await publisher.send(bytes(topic))
                await Task.yield()
            }
        }
        _ = try await subscriber.received.first { $0 == .message([bytes(topic)]) }
        flood.cancel()
        _ = await flood.result
    }

    /// The second binds, with `options`, and listens; the first connects.
    private func withPair(
        _ first: SocketType, _ second: SocketType, _ options: SocketOptions = .init(),
        _ body: (Peer, Peer) async throws -> Void
    ) async throws {
        try await withLoop { loop in
            let bound = try Peer(second, options, on: loop)
            let connected = try Peer(first, on: loop)
            try await connected.connect(try await bound.bind())
            await bound.listen()
            try await body(connected, bound)
        }
    }
}
