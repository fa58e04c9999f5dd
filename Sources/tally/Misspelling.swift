/// Tells of a command or an option that doesn't exist by the one that was most likely meant.
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
            } else if let meant = nearest(to: word, of: commands, within: min(2, word.count - 1)) {
                "did you mean: tally \(meant)"
            } else {
                "see what there is with: tally --help"
            }
        throw UsageError("there is no command '\(word)'; \(advice)")
    }

    /// What is said of an option that a command doesn't have, where that is left to the command.
    ///
    /// - Parameters:
    ///   - word: as it was typed, perhaps with a value.
    ///   - options: those that there are, with their dashes.
    ///   - advice: what to do if nothing is like it.
    static func option(_ word: String, options: [String], else advice: String) -> UsageError {
        let name = String(word.prefix { $0 != "=" })
        // A short one is soon like another.
        let letters = name.drop { $0 == "-" }.count
        let hint = nearest(to: name, of: options, within: max(1, letters / 3)).map { "did you mean: \($0)" }
        return UsageError("there is no option '\(name)'; \(hint ?? advice)")
    }

    private static func nearest(to word: String, of words: [String], within limit: Int) -> String? {
        let meant = words.min { distance($0, word) < distance($1, word) }
        return meant.flatMap { distance($0, word) <= limit ? $0 : nil }
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
