import BatchProgress
import Hummingbird
import Testing

@testable import HTTPGateway

@Suite struct StreamFormTests {
    @Test(
        arguments: [
            (nil, .lines), ("", .lines), ("*/*", .lines), ("application/x-ndjson", .lines),
            ("application/*", .lines),
            ("text/event-stream", .serverSentEvents), ("Text/Event-Stream", .serverSentEvents),
            ("text/*", .serverSentEvents), ("text/event-stream, */*", .lines),
            ("text/event-stream, */*;q=0.1", .serverSentEvents),
            ("application/x-ndjson;q=0.5, text/event-stream", .serverSentEvents),
            ("application/x-ndjson, text/event-stream;q=0.9", .lines),
            ("text/event-stream;q=0, */*", .lines), ("application/x-ndjson;q=0, */*", .serverSentEvents),
            ("text/event-stream;charset=utf-8", .serverSentEvents),
            ("text/event-stream; q = 1", .serverSentEvents),
            ("application/json, text/event-stream", .serverSentEvents),
            ("text/html", nil), ("application/json", nil), ("*/*;q=0", nil), ("text/event-stream;q=0", nil),
            ("text/event-stream;q=x", nil), ("nonsense", nil), (",,", nil),
        ] as [(String?, StreamForm?)])
    func `the client chooses the form`(accept: String?, form: StreamForm?) {
        #expect(StreamForm(accept: accept) == form)
    }

    private let event = BatchProgressEvent(
        batchId: BatchID.random(using: &StreamFormTests.random), totalOperations: 2, status: .processing,
        revision: 7,
        label: "a/b\nc", updatedAt: Timestamp(microseconds: 0))

    private static var random: SystemRandomNumberGenerator {
        get { SystemRandomNumberGenerator() }
        set {}
    }

    @Test func `an event is one line, or one message`() {
        let line = String(buffer: StreamForm.lines.bytes(of: event))
        #expect(line.hasPrefix(#"{"batchId":"#) && line.contains(#""label":"a/b\nc""#))
        #expect(line.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        let message = String(buffer: StreamForm.serverSentEvents.bytes(of: event))
        #expect(message == "id: 7\nevent: progress\ndata: \(line)\n")
    }

    @Test func `a last word says why`() {
        #expect(String(buffer: StreamForm.lines.closing("why")) == "{\"closing\":\"why\"}\n")
        #expect(
            String(buffer: StreamForm.serverSentEvents.closing("why"))
                == "event: closing\ndata: {\"closing\":\"why\"}\n\n")
    }

    @Test func `what is kept of an event is never another's`() {
        let encoded = EncodedEvents()
        var newer = event
        newer.revision = 8
        var same = newer
        same.completedOperations = 1
        for event in [event, newer, event, newer, same, newer] {
            for form in StreamForm.allCases {
                #expect(encoded.bytes(of: event, as: form) == form.bytes(of: event))
            }
        }
    }
}
