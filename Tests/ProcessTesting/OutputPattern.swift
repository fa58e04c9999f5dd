/// What a program should print, with `…` for what differs from time to time.
package struct OutputPattern {
    private let lines: [Substring]

    package init(_ text: String) {
        lines = Self.lines(of: text)
    }

    package func matches(_ printed: String) -> Bool {
        Self.matches(lines[...], Self.lines(of: printed)[...])
    }

    private static func lines(of text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
            .map { line in line.dropLast(line.reversed().prefix { $0 == " " }.count) }
    }

    private static func matches(_ pattern: ArraySlice<Substring>, _ lines: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return lines.isEmpty }
        let rest = pattern.dropFirst()
        if first == "…" {
            return (0...lines.count).contains { matches(rest, lines.dropFirst($0)) }
        }
        guard let line = lines.first, matches(line: line, first) else { return false }
        return matches(rest, lines.dropFirst())
    }

    private static func matches(line: Substring, _ pattern: Substring) -> Bool {
        guard let mark = pattern.firstIndex(of: "…") else { return line == pattern }
        let (before, after) = (pattern[..<mark], pattern[pattern.index(after: mark)...])
        guard line.hasPrefix(before) else { return false }
        let tail = line.dropFirst(before.count)
        return (0...tail.count).contains { matches(line: tail.dropFirst($0), after) }
    }
}
