import BatchProgress
import Foundation
import Testing

@Suite struct BatchProgressEventTests {
    private static let moment = Timestamp(microseconds: 1_795_342_646_345_000)

    /// The names are fixed: the first seven are the plan's.
    @Test func allFieldsInJSON() throws {
        let json = try object(
            BatchProgressEvent(
                batchId: try #require(BatchID("b")), totalOperations: 10, completedOperations: 3,
                failedOperations: 1, currentOperation: "cat.png", status: .processing,
                errors: [BatchFailure(operation: 2, label: "dog.png", exitCode: 7, message: "no")],
                revision: 12, label: "thumbnails", cancelledOperations: 2, retriedOperations: 1,
                progress: 0.65,
                operationsPerSecond: 1.5, estimatedSecondsRemaining: 2.5, startedAt: Self.moment,
                updatedAt: Self.moment, cancelling: true))
        #expect(
            json
                == [
                    "batchId": "b", "totalOperations": 10, "completedOperations": 3, "failedOperations": 1,
                    "currentOperation": "cat.png", "status": "processing",
                    "errors": [["operation": 2, "label": "dog.png", "exitCode": 7, "message": "no"]],
                    "revision": 12, "label": "thumbnails", "cancelledOperations": 2, "retriedOperations": 1,
                    "progress": 0.65, "operationsPerSecond": 1.5, "estimatedSecondsRemaining": 2.5,
                    "startedAt": "2026-11-22T10:17:26.345Z", "updatedAt": "2026-11-22T10:17:26.345Z",
                    "cancelling": true,
                ] as NSDictionary)
    }

    @Test func optionalFieldsAreAbsent() throws {
        let json = try object(
            BatchProgressEvent(
                batchId: try #require(BatchID("b")), totalOperations: 1, status: .pending, revision: 1,
                updatedAt: Self.moment))
        #expect(
            Set(json.allKeys.compactMap { $0 as? String }) == [
                "batchId", "totalOperations", "completedOperations", "failedOperations", "status", "revision",
                "cancelledOperations", "retriedOperations", "progress", "updatedAt",
            ])
    }

    @Test(arguments: BatchStatus.allCases)
    func comesBack(status: BatchStatus) throws {
        let event = BatchProgressEvent(
            batchId: try #require(BatchID("b")), totalOperations: 3, completedOperations: 1, status: status,
            errors: [BatchFailure(operation: 1, message: "x")], revision: 1, updatedAt: Self.moment)
        #expect(try JSONDecoder().decode(BatchProgressEvent.self, from: JSONEncoder().encode(event)) == event)
        #expect(status.isEnd == [.completed, .failed, .cancelled].contains(status))
    }

    static let counts: [(total: Int, completed: Int, failed: Int, cancelled: Int, isTaken: Bool)] = [
        (0, 0, 0, 0, true), (10, 3, 4, 3, true), (10, 0, 0, 0, true), (1 << 53, 1 << 53, 0, 0, true),
        (-1, 0, 0, 0, false), (10, -1, 0, 0, false), (10, 0, -1, 0, false), (10, 0, 0, -1, false),
        (10, 11, 0, 0, false), (10, 4, 4, 4, false), (10, 5, -1, 1, false), (.max, 0, 0, 0, false),
        (.max, .max, .max, .max, false), (10, .max, .max, .max, false), (10, .min, .min, .min, false),
        ((1 << 53) + 1, 0, 0, 0, false),
    ]

    @Test(arguments: counts)
    func countsThatCanBe(total: Int, completed: Int, failed: Int, cancelled: Int, isTaken: Bool) throws {
        let text = """
            {"batchId":"b","totalOperations":\(total),"completedOperations":\(completed),
            "failedOperations":\(failed),"cancelledOperations":\(cancelled),"retriedOperations":0,
            "status":"processing","revision":1,"progress":0,"updatedAt":"2026-11-22T10:17:26.345Z"}
            """
        if isTaken {
            #expect(try decode(text).finishedOperations == completed + failed + cancelled)
        } else {
            #expect(throws: DecodingError.self) { try decode(text) }
        }
    }

    @Test(arguments: [
        ("retriedOperations", "-1"), ("retriedOperations", "2"), ("progress", "-0.1"), ("progress", "1.1"),
        ("revision", "-1"), ("revision", "9223372036854775807"), ("operationsPerSecond", "-1"),
        ("estimatedSecondsRemaining", "-1"), ("status", "\"done\""), ("batchId", "\"a.b\""),
        ("updatedAt", "\"yesterday\""),
    ])
    func refusesWhatCannotBe(field: String, value: String) throws {
        let good: [(String, String)] = [
            ("batchId", "\"b\""), ("totalOperations", "1"), ("completedOperations", "0"),
            ("failedOperations", "0"), ("cancelledOperations", "0"), ("retriedOperations", "0"),
            ("status", "\"pending\""), ("revision", "1"), ("progress", "0"),
            ("updatedAt", "\"2026-11-22T10:17:26.345Z\""),
        ]
        func text(_ fields: [(String, String)]) -> String {
            "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
        }
        _ = try decode(text(good))
        #expect(throws: DecodingError.self) {
            try decode(text(good.filter { $0.0 != field } + [(field, value)]))
        }
    }

    @Test(
        arguments: [
            (0, 0, 0, 0, 0), (4, 1, 0, 0, 0.25), (4, 1, 1, 1, 0.75), (4, 0, 4, 0, 1), (4, 0, 0, 4, 1),
        ] as [(Int, Int, Int, Int, Double)])
    func fractionCountsAllThatFinished(
        total: Int, completed: Int, failed: Int, cancelled: Int, fraction: Double
    ) throws {
        let event = BatchProgressEvent(
            batchId: try #require(BatchID("b")), totalOperations: total, completedOperations: completed,
            failedOperations: failed, status: .processing, revision: 1, cancelledOperations: cancelled,
            updatedAt: Self.moment)
        #expect(event.finishedFraction == fraction)
    }

    private func decode(_ text: String) throws -> BatchProgressEvent {
        try JSONDecoder().decode(BatchProgressEvent.self, from: Data(text.utf8))
    }

    private func object(_ event: BatchProgressEvent) throws -> NSDictionary {
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(event))
        return try #require(json as? NSDictionary)
    }
}

@Suite struct BatchFailureTests {
    @Test(arguments: [
        ("", 0), ("short", 5), (String(repeating: "x", count: 200), 200),
        (String(repeating: "x", count: 201), 200), (String(repeating: "é", count: 300), 200),
        ("a" + String(repeating: "\u{301}", count: 5000), 200),
    ])
    func keepsTwoHundredCharacters(message: String, kept: Int) throws {
        let failure = BatchFailure(operation: 0, message: message)
        #expect(failure.message.unicodeScalars.count == kept)
        #expect(message.unicodeScalars.starts(with: failure.message.unicodeScalars))
        let json = try JSONEncoder().encode(["operation": "0", "message": message])
        let text = String(decoding: json, as: UTF8.self).replacing("\"0\"", with: "0")
        #expect(try JSONDecoder().decode(BatchFailure.self, from: Data(text.utf8)) == failure)
    }
}
