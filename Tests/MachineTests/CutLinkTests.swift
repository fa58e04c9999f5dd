import BatchClient
import Foundation
import ProcessTesting
import Testing

@Suite struct CutLinkTests {
    /// For half a minute nothing passes between a worker's machine and all others, and nobody sees an end of a
    /// connection. What runs meanwhile ends when it is let.
    @Test func aWorkerThatWasCutOffComesBackAndNothingCountsTwice() async throws {
        try await withHome { home in
            let site = try await Site(home, nearSlots: 3, farSlots: 5)
            let scene = Scene(site: site, trace: Trace(in: home.work))
            try await site.ask("submit", "--id", "work", "--label", "work", home.operations(Scene.lines()))
            let stream = try await site.stream(of: "work")
            let watch = try site.start("watch", "work", as: "screen")
            try await scene.begin()

            let lost = try await scene.cut()
            let mending = ContinuousClock.now + .seconds(30)
            try await eventually("its lease is over") { try await site.known(site.far) == nil }
            let fates = try await scene.goOnWithout(lost)
            // As long as the issue says: by now every connection of that machine has been given up, on both sides.
            try await Task.sleep(until: mending)
            try await scene.stillStands(fates)

            try await site.far.machine.mend()
            try await scene.settle(fates)
            try scene.trace.open()
            let event = try await eventuallyValue("the end") {
                let event = try await site.event(of: "work")
                return event.status.isEnd ? event : nil
            }

            #expect(event.status == .completed && event.completedOperations == Scene.total)
            #expect(event.failedOperations == 0 && event.cancelledOperations == 0)
            #expect(event.retriedOperations == 4)
            // Nothing else ran twice: not what was acknowledged, nor what was counted while its acknowledgement was lost.
            let runs = scene.trace.runs
            #expect(runs.count == Scene.total)
            let again = Dictionary(uniqueKeysWithValues: fates.lost.map { ($0, 2) })
            #expect(runs.filter { $0.value > 1 } == again)
            #expect(!scene.trace.hasEnded(fates.runsElsewhere) && !scene.trace.hasEnded(fates.runsHereAgain))
            try await followed(stream, to: event)
            #expect(try await watch.end() == .exited(0))
            #expect(watch.outputText.contains("work: \(Scene.total) completed"))
        }
    }

    private func followed(_ stream: TestProcess, to last: BatchProgressEvent) async throws {
        #expect(try await stream.end() == .exited(0))
        let events = try stream.outputText.split(separator: "\n").map {
            try JSONDecoder().decode(BatchProgressEvent.self, from: Data($0.utf8))
        }
        #expect(events.last == last)
        let steps = zip(events, events.dropFirst())
        #expect(steps.allSatisfy { $0.revision < $1.revision })
        #expect(steps.allSatisfy { $0.completedOperations <= $1.completedOperations })
    }
}
