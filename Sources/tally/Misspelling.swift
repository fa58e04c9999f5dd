/// Tells of a command that doesn't exist by the one that was most likely meant.
enum Misspelling {
    /// - Parameters:
    ///   - words: the arguments.
    ///   - commands: the names that there are.
    /// - Throws: `UsageError`.
    static func check(_ words: [String], commands: [String]) throws {
        var words = words[...]
        if words.first == "help" { words.removeFirst() }
        guard let word = words.first, !word.hasPrefix("-"), !word.isEmpty, word != "help",
            !commands.contains(word)
        else { return }
        let advice =
            if words.contains(":::") || word.contains(" ") {
                "a command is run with: tally run"
            } else if let meant = commands.min(by: { distance($0, word) < distance($1, word) }),
                distance(meant, word) <= 2, distance(meant, word) < word.count
            {
                "did you mean: tally \(meant)"
            } else {
                "see what there is with: tally --help"
            }
        throw UsageError("there is no command '\(word)'; \(advice)")
    }

    /// How many letters have to be put in, taken out or replaced, or exchanged with the next one.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var rows = [Array(0...right.count)]
        for row in 1..<(left.count + 1) {
            var new = [row]
            for column in 1..<(right.count + 1) {
                let isSame = left[row - 1] == right[column - 1]
                var best = min(
                    rows[row - 1][column] + 1, new[column - 1] + 1,
                    rows[row - 1][column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1]
                {
                    best = min(best, rows[row - 2][column - 2] + 1)
                }
                new.append(best)
            }
            rows.append(new)
        }
        return rows[left.count][right.count]
    }
}
