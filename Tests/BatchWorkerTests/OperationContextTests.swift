import BatchProgress
import Synchronization
import Testing

@testable import BatchWorker

@Suite struct OperationContextTests {
    /// JSON has no number for some of these, and a worker ends that can't encode what it has to say.
    @Test(
        arguments: [
            (0.4, 0.4), (0, 0), (1, 1), (-0.1, 0), (1.1, 1), (.infinity, 1), (-.infinity, 0), (.nan, 0),
            (-.nan, 0), (.signalingNaN, 0),
        ] as [(Double, Double)])
    func whateverIsReportedIsAShare(reported: Double, told: Double) throws {
        let heard = Mutex<Double?>(nil)
        let context = OperationContext(
            batch: try #require(BatchID("b")), operation: 0, attempt: 1, failureIsRetried: false
        ) { share, _ in heard.withLock { $0 = share } }
        context.report(progress: reported)
        #expect(heard.withLock { $0 } == told)
    }
}
