import BatchProgress
import Testing

@Suite struct TimestampTests {
    static let moments: [(microseconds: Int64, text: String)] = [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_795_342_646_345_000, "2026-11-22T10:17:26.345Z"),
        (1_582_934_400_000_000, "2020-02-29T00:00:00.000Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"),
        (4_107_542_399_999_000, "2100-02-28T23:59:59.999Z"),
        (-1000, "1969-12-31T23:59:59.999Z"),
        (-86_400_000_000, "1969-12-31T00:00:00.000Z"),
        (-2_203_891_200_000_000, "1900-03-01T00:00:00.000Z"),
        (-62_167_219_200_000_000, "0000-01-01T00:00:00.000Z"),
        (253_402_300_799_999_000, "9999-12-31T23:59:59.999Z"),
    ]

    @Test(arguments: moments)
    func writesAndReads(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test func writesDownwards() {
        #expect(Timestamp(microseconds: 999).description == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999Z")
    }

    /// Each day of 800 years, so each kind of leap year and the change of era.
    @Test func everyDayComesBack() {
        for day in stride(from: Int64(-146_097), to: 146_097, by: 1) {
            let moment = Timestamp(microseconds: day * 86_400_000_000 + 43_200_000_000)
            guard Timestamp(moment.description) != moment else { continue }
            Issue.record("\(day): \(moment)")
            return
        }
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:01Z", 1_000_000), ("1970-01-01T00:00:01.5Z", 1_500_000),
            ("1970-01-01T00:00:01.000001Z", 1_000_001),
            ("1970-01-01T00:00:01.0000019Z", 1_000_001),
            ("1970-01-01T00:00:01.12345678901234567890123Z", 1_123_456),
            ("1972-06-30T23:59:60Z", 78_796_800_000_000),
        ] as [(String, Int64)])
    func reads(text: String, microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "now", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00+00:00", "1970-01-01 00:00:00Z",
        "1970-01-01t00:00:00z", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-00T00:00:00Z",
        "1970-01-32T00:00:00Z", "1970-04-31T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z",
        "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00,5Z", "1970-01-01T00:00:00.5xZ",
        "1970-01-01T00:00:00.1234567890123456789xZ", "+970-01-01T00:00:00Z", "-970-01-01T00:00:00Z",
        "19700-01-01T00:00:00Z", "١٩٧٠-01-01T00:00:00Z", "1970-01-01T00:00:00ZZ",
    ])
    func rejects(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        arguments: [
            (Duration.zero, 0), (.microseconds(1), 1), (.nanoseconds(1999), 1), (.milliseconds(-1), -1000),
            (.seconds(604_800), 604_800_000_000),
        ] as [(Duration, Int64)])
    func durationsInMicroseconds(duration: Duration, microseconds: Int64) {
        #expect(duration.microseconds == microseconds)
        let moment = Timestamp(microseconds: 5)
        #expect((moment + duration) - moment == .microseconds(microseconds))
    }

    @Test func durationInSeconds() {
        #expect(Duration.milliseconds(1500).inSeconds == 1.5)
        #expect(Duration.milliseconds(-250).inSeconds == -0.25)
    }
}
