/// Numbers as people read them.
package enum HumanText {
    /// `5,812`.
    package static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        let grouped = digits.indices.map { index in
            let behind = digits.count - index
            return (index > 0 && behind % 3 == 0 ? "," : "") + String(digits[index])
        }
        return (value < 0 ? "-" : "") + grouped.joined()
    }

    /// `41/s`, `1.2k/s`, `0.3/s`; what is slower than one in ten seconds by the minute or the hour, `3/min`,
    /// `2/h`. Nil for what is no rate.
    package static func rate(_ perSecond: Double) -> String? {
        guard perSecond.isFinite, perSecond > 0 else { return nil }
        if perSecond >= 0.1 { return scaled(perSecond) + "/s" }
        if perSecond * 60 >= 0.95 { return scaled(perSecond * 60) + "/min" }
        let hourly = scaled(perSecond * 3600)
        return hourly == "0" ? nil : hourly + "/h"
    }

    /// `850ms`, `12s`, `2m 05s`, `3h 12m`, `4d 3h`: the time that has passed, to the nearest second
    /// or millisecond, and from an hour on rounded down.
    package static func duration(seconds: Double) -> String {
        let seconds = seconds.isFinite ? min(max(0, seconds), longestDuration) : 0
        let milliseconds = (seconds * 1000).rounded()
        if milliseconds < 1000 { return "\(Int(milliseconds))ms" }
        let whole = Int(seconds.rounded())
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3600: return "\(whole / 60)m \(twoDigits(whole % 60))s"
        case ..<86_400: return "\(whole / 3600)h \(twoDigits(whole / 60 % 60))m"
        default: return "\(whole / 86_400)d \(whole / 3600 % 24)h"
        }
    }

    /// The same in whole seconds, rounded down: `0s`, `12s`.
    package static func wholeSeconds(_ seconds: Double) -> String {
        seconds >= 1 ? duration(seconds: seconds.rounded(.down)) : "0s"
    }

    /// The same for a time to come: rounded up to whole seconds, and nil when it is too long to mean anything.
    package static func timeLeft(seconds: Double) -> String? {
        guard seconds.isFinite, seconds >= 0, seconds < longestDuration else { return nil }
        return duration(seconds: max(1, seconds.rounded(.up)))
    }

    private static let longestDuration: Double = 999 * 86_400

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    private static func scaled(_ value: Double) -> String {
        switch value {
        case ..<9.95: oneDecimal(value)
        case ..<999.5: String(Int(value.rounded()))
        case ..<9_950: oneDecimal(value / 1000) + "k"
        case ..<999_500: "\(Int((value / 1000).rounded()))k"
        default: value < 1e12 ? count(Int((value / 1_000_000).rounded())) + "M" : "∞"
        }
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
