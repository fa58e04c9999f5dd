/// One line of what Prometheus reads: a name's suffix, labels, and a number.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
struct MetricSample {
    /// Such as `_bucket`.
    var suffix = ""
    var labels: [MetricLabel] = []
    var value: Double

    func line(of name: String) -> String {
        let shown = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        return "\(name)\(suffix)\(shown.isEmpty ? "" : "{\(shown)}") \(Self.text(value))\n"
    }

    /// Whole numbers without a fraction, up to where a floating-point number holds them exactly.
    static func text(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        return value.magnitude < 0x1p53 && value == value.rounded() ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}

struct MetricLabel: Hashable, Comparable, Sendable {
    var name: String
    var value: String

    static func < (left: MetricLabel, right: MetricLabel) -> Bool {
        (left.name, left.value) < (right.name, right.value)
    }
}
