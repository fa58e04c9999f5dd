import BatchProgress
import Testing

@testable import BatchClient

@Suite struct UpdateQueueTests {
    /// What is put in before anybody reads, and what is read.
    static let courses: [(put: [BatchUpdate], read: [BatchUpdate])] = [
        ([], []),
        ([.event(event(1))], [.event(event(1))]),
        // Of each batch the newest state, where its first one waited.
        (
            [.event(event(1)), .event(event(2, of: "b")), .event(event(3)), .event(event(4))],
            [.event(event(4)), .event(event(2, of: "b"))]
        ),
        ([.event(event(5)), .event(event(4)), .event(event(5))], [.event(event(5))]),
        // An end is told, and nothing older in its place.
        ([.event(event(1)), .event(event(2, ends: true)), .event(event(1))], [.event(event(2, ends: true))]),
        ([.lost], [.lost]),
        // Of the connection, how it is now; and that comes first.
        ([.event(event(1)), .lost, .caughtUp], [.caughtUp, .event(event(1))]),
        ([.lost, .caughtUp, .lost], [.lost]),
    ]

    @Test(arguments: courses)
    func aSlowReaderGetsTheNewest(put: [BatchUpdate], read: [BatchUpdate]) async {
        let queue = UpdateQueue(batch: nil) {}
        for update in put { queue.put(update) }
        queue.finish()
        #expect(await queue.rest() == read)
    }

    @Test func aFastReaderGetsAll() async {
        let queue = UpdateQueue(batch: nil) {}
        for revision in Int64(1)...100 {
            queue.put(.event(event(revision)))
            #expect(await queue.next() == .event(event(revision)))
            queue.put(.event(event(revision)))
        }
        queue.finish()
        #expect(await queue.next() == nil)
    }

    @Test func aReaderThatWaitsIsWoken() async {
        let queue = UpdateQueue(batch: nil) {}
        let reader = Task { await queue.rest() }
        for revision in Int64(1)...1000 { queue.put(.event(event(revision, ends: revision == 1000))) }
        queue.finish()
        let read = await reader.value
        #expect(read.last == .event(event(1000, ends: true)))
        #expect(read.count <= 1000 && read.count >= 1)
    }

    @Test func ofOneBatchItTellsNoOther() async {
        let queue = UpdateQueue(batch: id("a")) {}
        queue.put(.event(event(1, of: "b")))
        queue.put(.event(event(2)))
        queue.put(.lost)
        queue.finish()
        #expect(await queue.rest() == [.lost, .event(event(2))])
    }

    /// A million events of ten batches wait as ten.
    @Test func aReaderThatStallsCostsNoMoreThanThereAreBatches() async {
        let queue = UpdateQueue(batch: nil) {}
        for revision in Int64(1)...10_000 { queue.put(.event(event(revision, of: "b\(revision % 10)"))) }
        queue.finish()
        #expect(await queue.rest().count == 10)
    }

    @Test func cancelEndsIt() async {
        let queue = UpdateQueue(batch: nil) {}
        let reader = Task { await queue.next() }
        reader.cancel()
        #expect(await reader.value == nil)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await queue.next()
        }
        #expect(await late.value == nil)
    }

    @Test func whoeverReadsNoMoreIsNoticed() async {
        await confirmation { abandoned in
            do {
                let queue = UpdateQueue(batch: nil) { abandoned() }
                queue.put(.lost)
                #expect(await queue.next() == .lost)
            }
        }
    }

    @Test func aBatchsEventsEndWithIt() async throws {
        let queue = UpdateQueue(batch: id("a")) {}
        var iterator = BatchEvents { queue }.makeAsyncIterator()
        queue.put(.event(event(1)))
        #expect(try await iterator.next() == event(1))
        queue.put(.lost)
        queue.put(.event(event(2, ends: true)))
        #expect(try await iterator.next() == event(2, ends: true))
        #expect(try await iterator.next() == nil)
    }
}

extension UpdateQueue {
    fileprivate func rest() async -> [BatchUpdate] {
        var updates: [BatchUpdate] = []
        while let update = await next() { updates.append(update) }
        return updates
    }
}
