import BatchEngine
import BatchProgress
import BatchStore
import Testing

@Suite struct SweepTests {
    private static let retention = {
        var retention = Retention()
        (retention.completed, retention.failed) = (.seconds(100), .seconds(1_000))
        return retention
    }()

    private func isKept(_ id: String, in store: BatchStore) throws -> Bool {
        switch try store.known(id) {
        case .kept: true
        case .forgotten, nil: false
        }
    }

    private func sweep(_ store: BatchStore, at moment: Timestamp, limit: Int = 1_000) throws -> Int {
        var steps = 1
        while try store.sweep(Self.retention, at: moment, limit: limit) { steps += 1 }
        return steps
    }

    @Test(
        arguments: [
            (109, "completed failed cancelled open"), (110, "failed cancelled open"),
            (1_009, "failed cancelled open"),
            (1_010, "open"), (1_000_000, "open"),
        ] as [(Int64, String)])
    func `what is kept, all of which ended at 10`(now: Int64, expected: String) throws {
        try withStore { store in
            try commitEnded("completed", total: 3, in: store)
            try commitEnded("failed", total: 3, failed: [1..<2], in: store)
            _ = try store.commit(
                [
                    .batch(makeRecord("cancelled").ended(.cancelled, at: time(10))),
                    .batch(makeRecord("open")),
                ],
                loading: [])
            _ = try sweep(store, at: time(now))
            let kept = try ["completed", "failed", "cancelled", "open"].filter { try isKept($0, in: store) }
            #expect(kept.joined(separator: " ") == expected)
        }
    }

    @Test func `what is forgotten stays known as ended`() throws {
        try withStore { store in
            try commitEnded("b", total: 3, failed: [1..<2], in: store)
            _ = try sweep(store, at: time(5_000))
            let known = try store.known("b")
            #expect(known == .forgotten(batchID("b"), .failed, endedAt: time(10)))
            #expect(try store.outcome("b", 1) == .noSuchOperation)
            #expect(try store.failures("b", after: nil, limit: 9) == [])
        }
    }

    @Test func `a batch is forgotten as a whole, and deleted in small steps`() throws {
        try withStore { store in
            // 51 runs of endings, and 3 rows of operations.
            try commitEnded(
                "big", total: 2_500, failed: (1...25).map { ($0 * 10)..<($0 * 10 + 1) }, in: store)
            try commitEnded("small", total: 10, in: store)
            #expect(try store.sweep(Self.retention, at: time(5_000), limit: 7))
            #expect(try !isKept("small", in: store))
            var steps = 1
            while try store.sweep(Self.retention, at: time(5_000), limit: 7) { steps += 1 }
            #expect(try !isKept("big", in: store))
            #expect(steps == (51 + 3 + 1 + 1) / 7)
            #expect(try store.sweep(Self.retention, at: time(5_000), limit: 7) == false)
        }
    }

    @Test func `a batch that follows isn't given what a forgotten one left`() throws {
        try withStore { store in
            try commitEnded("old", total: 2_500, failed: [1..<2], in: store)
            #expect(try store.sweep(Self.retention, at: time(5_000), limit: 1))
            try commitEnded("new", total: 10, in: store)
            #expect(try store.failures("new", after: nil, limit: 9) == [])
            _ = try sweep(store, at: time(105), limit: 1)
            #expect(
                try store.outcome("new", 9)
                    == .ended(makeEnded(9..<10), label: nil))
        }
    }

    @Test func `the id of a forgotten batch can be used again`() throws {
        try withStore { store in
            for _ in 0..<2 {
                try commitEnded("b", total: 3, in: store)
                #expect(try isKept("b", in: store))
                _ = try sweep(store, at: time(5_000))
                #expect(try !isKept("b", in: store))
            }
        }
    }

    @Test func `a batch from which a retry copies is kept until that is done`() throws {
        try withStore { store in
            try commitEnded("b", total: 3, failed: [0..<3], in: store)
            var retry = BatchRecord(
                request: BatchRequest(id: batchID("r")), retryOf: batchID("b"), createdAt: time(20))
            _ = try store.commit([.batch(retry)], loading: [])
            _ = try sweep(store, at: time(5_000))
            #expect(try isKept("b", in: store))
            retry.sealed = true
            _ = try store.commit([.batch(retry)], loading: [])
            _ = try sweep(store, at: time(5_000))
            #expect(try !isKept("b", in: store))
        }
    }

    @Test func `room that was swept is used again`() throws {
        try withStorePath { path in
            let store = try BatchStore(path: path)
            var sizes: [Int] = []
            for round in 0..<6 {
                let chunk = makeChunk(makeOperations(0..<1_000, size: 1_000))
                let record = makeRecord("b\(round)", total: 1_000, digest: chunk.digest)
                _ = try store.commit(
                    [
                        .operations(chunk, of: record.request.id),
                        .batch(record.ended(.completed, at: time(10))),
                    ], loading: [])
                _ = try sweep(store, at: time(5_000), limit: 2)
                sizes.append(try fileSize(path))
            }
            #expect(sizes[5] <= sizes[2])
        }
    }
}
