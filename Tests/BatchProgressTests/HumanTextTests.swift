import BatchProgress
import Testing

@Suite struct HumanTextTests {
    @Test(arguments: [
        (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (5812, "5,812"), (123_456, "123,456"),
        (1_000_000, "1,000,000"),
        (-5812, "-5,812"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func counts(value: Int, text: String) {
        #expect(HumanText.count(value) == text)
    }

    @Test(
        arguments: [
            (41, "41/s"), (41.4, "41/s"), (9.94, "9.9/s"), (9.95, "10/s"), (4, "4/s"), (0.3, "0.3/s"),
            (0.1, "0.1/s"),
            (0.05, "3/min"), (0.04, "2.4/min"), (0.005, "18/h"), (0.0003, "1.1/h"), (999.4, "999/s"),
            (999.6, "1k/s"),
            (1200, "1.2k/s"), (9949, "9.9k/s"), (12_345, "12k/s"), (999_499, "999k/s"), (1_000_000, "1M/s"),
            (5e9, "5,000M/s"), (1e300, "∞/s"),
            (0, nil), (-1, nil), (1e-9, nil), (.nan, nil), (.infinity, nil),
        ] as [(Double, String?)])
    func rates(perSecond: Double, text: String?) {
        #expect(HumanText.rate(perSecond) == text)
    }

    @Test(arguments: [
        (0, "0ms"), (0.85, "850ms"), (0.9849, "985ms"), (0.9999, "1s"), (1, "1s"), (1.982, "2s"),
        (12.4, "12s"),
        (59.99, "1m 00s"), (60, "1m 00s"), (125, "2m 05s"), (3599, "59m 59s"), (3599.6, "1h 00m"),
        (3600, "1h 00m"), (11_520, "3h 12m"), (86_399, "23h 59m"), (86_400, "1d 0h"),
        (356_400, "4d 3h"),
        (-5, "0ms"), (.nan, "0ms"), (.infinity, "0ms"), (1e300, "999d 0h"),
    ])
    func durations(seconds: Double, text: String) {
        #expect(HumanText.duration(seconds: seconds) == text)
    }

    @Test(
        arguments: [
            (0, "1s"), (0.2, "1s"), (16.2, "17s"), (59.1, "1m 00s"), (125, "2m 05s"), (-1, nil), (.nan, nil),
            (.infinity, nil),
            (1e12, nil),
        ] as [(Double, String?)])
    func timesLeft(seconds: Double, text: String?) {
        #expect(HumanText.timeLeft(seconds: seconds) == text)
    }
}
