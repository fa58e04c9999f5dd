import Testing

/// What a process told, by name and labels as they stand there.
struct Metrics: CustomStringConvertible {
    let text: String
    let values: [String: Double]

    var description: String { text }

    init(_ text: String) throws {
        self.text = text
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "), "\(line)")
            let number = line[line.index(after: space)...].replacing("+Inf", with: "inf")
            let value = try #require(Double(number), "\(line)")
            try #require(values.updateValue(value, forKey: String(line[..<space])) == nil, "twice: \(line)")
        }
        self.values = values
    }

    subscript(series: String) -> Double? { values[series] }

    /// Names, without labels and what histograms put behind them.
    var names: Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map {
                String($0.split(separator: " ")[2])
            })
    }
}
