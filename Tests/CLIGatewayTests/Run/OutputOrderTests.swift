import BatchProgress
import BatchProtocol
import Glibc
import Synchronization
import Testing

@testable import CLIGateway

@Suite struct OutputOrderTests {
    /// What is done, and what is written by then: of an operation its number, and `e` and its number to standard
    /// error.
    enum Step: Sendable {
        case end(Int)
        case retried(Int)
        /// Writes nothing.
        case silent(Int)
        case ended(below: Int)
        case finish
    }

    struct Course: CustomTestStringConvertible, Sendable {
        var what: String
        var from = 0
        var steps: [(Step, String)]
        var testDescription: String { what }
    }

    static let courses = [
        Course(what: "in order, each goes straight on", steps: [(.end(0), "0e0"), (.end(1), "1e1")]),
        Course(
            what: "what is early waits",
            steps: [(.end(2), ""), (.end(1), ""), (.end(0), "0e01e12e2"), (.end(3), "3e3")]),
        Course(
            what: "a gap holds up only what follows it",
            steps: [(.end(1), ""), (.end(3), ""), (.end(0), "0e01e1"), (.end(2), "2e23e3")]),
        Course(
            what: "attempts stay together, and none is lost",
            steps: [
                (.retried(1), ""), (.retried(0), "0e0"), (.retried(0), "0e0"), (.end(0), "0e01e1"),
                (.end(2), ""), (.end(1), "1e12e2"),
            ]),
        Course(
            what: "who writes nothing counts too",
            steps: [(.end(1), ""), (.silent(0), "1e1"), (.end(2), "2e2")]),
        Course(
            what: "what ended without a word is passed over",
            steps: [
                (.end(2), ""), (.end(3), ""), (.ended(below: 1), ""), (.ended(below: 2), "2e23e3"),
                (.end(4), "4e4"),
            ]),
        Course(
            what: "a later word of what was passed over isn't lost",
            steps: [(.ended(below: 3), ""), (.end(1), "1e1"), (.end(3), "3e3")]),
        Course(what: "a former run had the first", from: 5, steps: [(.end(6), ""), (.end(5), "5e56e6")]),
        Course(
            what: "at the end the rest comes in order",
            steps: [(.end(5), ""), (.retried(2), ""), (.end(3), ""), (.finish, "2e23e35e5")]),
    ]

    @Test(arguments: courses) func writes(_ course: Course) throws {
        let written = Written()
        var order = try OutputOrder(from: 0, to: written.streams)
        order.advance(to: course.from)
        for (number, (step, expected)) in course.steps.enumerated() {
            switch step {
            case .end(let operation): try order.take(operation)
            case .retried(let operation): try order.take(operation, isRetried: true)
            case .silent(let operation): try order.take(operation, isSilent: true)
            case .ended(let below): order.advance(to: below)
            case .finish: order.finish()
            }
            #expect(written.take() == expected, "step \(number)")
        }
        #expect(!order.isWaiting)
    }

    private final class Written: Sendable {
        private let text = Mutex("")

        var streams: OutputStreams {
            let add: @Sendable ([UInt8]) -> Void = { [self] bytes in
                text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }
            return OutputStreams(standardOutput: add, standardError: add)
        }

        func take() -> String {
            text.withLock { text in
                defer { text = "" }
                return text
            }
        }
    }
}

extension OutputOrder {
    fileprivate mutating func take(_ operation: Int, isRetried: Bool = false, isSilent: Bool = false) throws {
        let (output, error) = isSilent ? ("", "") : ("\(operation)", "e\(operation)")
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        Descriptor(number: ends[1]).write(Array((output + error).utf8))
        close(ends[1])
        defer { close(ends[0]) }
        var input = BufferedInput(descriptor: ends[0])
        let header = RelayHeader(
            operation: operation, attempt: 1, outcome: isRetried ? .failed : .completed, isRetried: isRetried,
            standardOutputBytes: Int64(output.utf8.count), standardErrorBytes: Int64(error.utf8.count))
        #expect(take(header, from: &input))
    }
}
