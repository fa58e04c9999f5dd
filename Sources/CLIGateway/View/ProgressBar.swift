/// A bar of a given width: how much of it is full, to an eighth of a column.
struct ProgressBar {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// 0…1; anything else is brought into it.
    private let fraction: Double
    /// Until the end a bar is never quite full, as 100% is never said.
    private let isEnded: Bool

    init(fraction: Double, isEnded: Bool) {
        self.fraction = fraction.isNaN ? 0 : min(max(0, fraction), 1)
        self.isEnded = isEnded
    }

    func add(to line: inout ViewLine, width: Int, role: ViewRole, unicode: Bool) {
        if unicode {
            let parts = filled(of: width * 8)
            let full = String(repeating: "█", count: parts / 8) + Self.eighths[parts % 8]
            line.add(full, role)
            line.add(String(repeating: "░", count: width - (parts + 7) / 8), .faint)
        } else if width > 2 {
            let parts = filled(of: width - 2)
            let head = parts > 0 && parts < width - 2 ? ">" : ""
            line.add("[")
            line.add(String(repeating: "=", count: parts - head.count) + head, role)
            line.add(String(repeating: " ", count: width - 2 - parts) + "]")
        } else {
            line.pad(to: line.width + width)
        }
    }

    private func filled(of parts: Int) -> Int {
        let filled = Int((Double(parts) * fraction).rounded(.down))
        return isEnded ? filled : min(filled, max(0, parts - 1))
    }
}
