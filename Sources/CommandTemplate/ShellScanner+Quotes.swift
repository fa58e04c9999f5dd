extension ShellScanner {
    /// Outside quotes, and between double quotes: the next byte stands for itself.
    mutating func scanBackslash() throws(TemplateError) {
        guard let next = peek(1) else {
            throw unfollowable("a backslash at the end would escape what comes next", at: position)
        }
        if next == UInt8(ascii: "\n") {
            try checkLineContinuation()
        } else {
            beginWord()
        }
        position += 2
    }

    /// A backslash and a line break are taken out before anything else is read, so they can hide an operator.
    private func checkLineContinuation() throws(TemplateError) {
        let previous = position > 0 ? source[position - 1] : UInt8(ascii: " ")
        let hidesOperator =
            "$<>({".utf8.contains(previous)
            || peek(2).map { "<>(&#".utf8.contains($0) && !" \t".utf8.contains(previous) } ?? false
        if hidesOperator { throw unfollowable("don't break the line here", at: position) }
    }

    mutating func scanSingleQuotes() throws(TemplateError) {
        beginWord()
        let opening = position
        position += 1
        while let byte = current {
            try refusePlaceholder(in: .singleQuotes)
            if byte == UInt8(ascii: "\n") { try refuseWithPendingHereDocument() }
            position += 1
            if byte == UInt8(ascii: "'") { return }
        }
        throw unfollowable("this quote is never closed", at: opening)
    }

    /// `$'…'`: bash lets a backslash escape the quote, older shells don't.
    mutating func scanDollarSingleQuotes() throws(TemplateError) {
        let opening = position
        position += 1
        try scanSingleQuotes()
        let inside = source[(opening + 2)..<(position - 1)]
        let trailingBackslashes = inside.reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        if trailingBackslashes % 2 == 1 {
            throw unfollowable("shells disagree where this ends; write \\047 for the quote", at: opening)
        }
    }

    mutating func scanDoubleQuotes() throws(TemplateError) {
        beginWord()
        let opening = position
        position += 1
        while let byte = current {
            try refusePlaceholder(in: .doubleQuotes)
            switch byte {
            case UInt8(ascii: "\\"): try scanBackslash()
            case UInt8(ascii: "`"): try scanBackticks()
            case UInt8(ascii: "$"): try scanDollar(inDoubleQuotes: true)
            case UInt8(ascii: "\n"):
                try refuseWithPendingHereDocument()
                position += 1
            case UInt8(ascii: "\""):
                position += 1
                return
            default: position += 1
            }
        }
        throw unfollowable("this quote is never closed", at: opening)
    }

    /// They end at the next backtick that no backslash precedes, whatever is between (XCU 2.2.3).
    mutating func scanBackticks() throws(TemplateError) {
        try refuseWithPendingHereDocument()
        beginWord()
        let opening = position
        position += 1
        while let byte = current {
            try refusePlaceholder(in: .backticks)
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "`") { return }
        }
        throw unfollowable("this backtick is never closed", at: opening)
    }
}
