extension ShellScanner {
    /// How deep expansions may be nested; more is no line a person wrote.
    private static let deepest = 32

    mutating func scanDollar(inDoubleQuotes: Bool) throws(TemplateError) {
        beginWord()
        switch (peek(1), peek(2)) {
        case (UInt8(ascii: "("), UInt8(ascii: "(")): try scanArithmetic()
        case (UInt8(ascii: "("), _): try scanSubstitution()
        case (UInt8(ascii: "{"), _): try scanParameter(inDoubleQuotes: inDoubleQuotes)
        case (UInt8(ascii: "["), _):
            throw unfollowable("'$[' is arithmetic in some shells; write \\$[", at: position)
        case (UInt8(ascii: "'"), _) where !inDoubleQuotes: try scanDollarSingleQuotes()
        default:
            if let match = spellings.match(in: source, at: position + 1) {
                throw .followsDollar(placeholder: text(match.spelling), at: place(of: position))
            }
            position += 1
        }
    }

    /// `$(…)`: a shell reads it as a script of its own, whatever quotes are around it.
    private mutating func scanSubstitution() throws(TemplateError) {
        let opening = position
        let (outerWord, outerGrammar) = (word, grammar)
        try enter()
        position += 2
        word = nil
        grammar = SimpleCommandGrammar(inArgumentsOf: grammar.reparsingCommand)
        substitutionDepth += 1
        try scanCommands(ofSubstitutionAt: opening)
        if let document = pendingHereDocuments.first {
            throw unfollowable("this here-document has no text", at: document.operatorPosition)
        }
        substitutionDepth -= 1
        (word, grammar) = (outerWord, outerGrammar)
        leave()
    }

    /// `${…}`: ends at the first `}` that isn't quoted (XCU 2.6.2).
    private mutating func scanParameter(inDoubleQuotes: Bool) throws(TemplateError) {
        let opening = position
        position += 1
        if spellings.match(in: source, at: position)?.placeholder != .number {
            try refusePlaceholder(in: .parameterExpansion)  // ${#} counts the arguments
        }
        position -= 1
        try enter(.parameterExpansion)
        position += 2
        guard let first = current, isNameByte(first) || "#?!@*$-".utf8.contains(first) else {
            throw unfollowable("this is no parameter every shell knows", at: opening)
        }
        while let byte = current, byte != UInt8(ascii: "}") {
            try scanParameterByte(byte, inDoubleQuotes: inDoubleQuotes)
        }
        guard current != nil else { throw unfollowable("this is never closed", at: opening) }
        position += 1
        leave(.parameterExpansion)
    }

    private mutating func scanParameterByte(_ byte: UInt8, inDoubleQuotes: Bool) throws(TemplateError) {
        try refusePlaceholder(in: .parameterExpansion)
        switch byte {
        case UInt8(ascii: "\\"): try scanBackslash()
        case UInt8(ascii: "$"): try scanDollar(inDoubleQuotes: inDoubleQuotes)
        case UInt8(ascii: "'") where !inDoubleQuotes: try scanSingleQuotes()
        case UInt8(ascii: "\"") where !inDoubleQuotes: try scanDoubleQuotes()
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "{"):
            throw unfollowable("shells disagree about this character inside ${…}", at: position)
        default: position += 1
        }
    }

    /// `$((…))`. What a shell would rather take for `$( (…) )` is refused, and so is all that arithmetic
    /// doesn't need.
    private mutating func scanArithmetic() throws(TemplateError) {
        let opening = position
        try enter(.arithmetic)
        position += 3
        var depth = 0
        while let byte = current {
            try refusePlaceholder(in: .arithmetic)
            switch byte {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")") where depth > 0: depth -= 1
            case UInt8(ascii: ")"):
                guard peek(1) == UInt8(ascii: ")") else {
                    throw unfollowable("write $( (…) ) for a subshell, $((…)) for arithmetic", at: opening)
                }
                position += 2
                leave(.arithmetic)
                return
            case UInt8(ascii: "$"):
                try scanDollar(inDoubleQuotes: true)
                continue
            default:
                guard isNameByte(byte) || "+-*/%<>=!&|^~?:, \t\n".utf8.contains(byte) else {
                    throw unfollowable("this character is not safe inside $((…))", at: position)
                }
            }
            position += 1
        }
        throw unfollowable("this is never closed", at: opening)
    }

    private mutating func enter(_ surrounding: ShellEnclosure? = nil) throws(TemplateError) {
        try refuseWithPendingHereDocument()
        nesting += 1
        guard nesting <= Self.deepest else { throw unfollowable("this is nested too deeply", at: position) }
        if let surrounding { surroundings.append(surrounding) }
    }

    private mutating func leave(_ surrounding: ShellEnclosure? = nil) {
        nesting -= 1
        if surrounding != nil { surroundings.removeLast() }
    }
}
