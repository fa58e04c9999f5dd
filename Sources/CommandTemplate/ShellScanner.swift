/// Finds the placeholders of a shell line, and makes sure that a quoted word is one word where each stands.
///
/// It follows what POSIX (XCU 2.2, 2.3, 2.6, 2.7.4) and bash quote. Where shells disagree about it, or where
/// it can't be known without running the line, it throws: what follows might stand in quotes without its
/// knowing, and then a value would be executed.
///
/// The scanner's parts: commands here, quotes, expansions and here-documents in files of their own.
struct ShellScanner {
    let source: [UInt8]
    let spellings: PlaceholderSpellings
    var position = 0
    var word: Word?
    var grammar = SimpleCommandGrammar()
    var pendingHereDocuments: [HereDocument] = []
    /// `${…}` and `$((…))` around the present position: a shell may look for their end before it looks into
    /// a `$(…)` inside them.
    var surroundings: [ShellEnclosure] = []
    var substitutionDepth = 0
    var nesting = 0
    private var pieces: [TemplatePiece] = []
    private var textStart = 0

    /// The word that is being read.
    struct Word {
        var start: Int
        var holdsPlaceholder = false
    }

    private init(_ source: [UInt8], _ spellings: PlaceholderSpellings) {
        self.source = source
        self.spellings = spellings
    }

    /// The line in pieces; without a placeholder the value's is added at the end.
    static func pieces(
        of source: [UInt8], spellings: PlaceholderSpellings
    ) throws(TemplateError) -> [TemplatePiece] {
        guard source.contains(where: { !" \t\n".utf8.contains($0) }) else { throw .noCommand }
        var scanner = ShellScanner(source, spellings)
        try scanner.scanCommands()
        scanner.addText(upTo: source.count)
        if !scanner.pieces.contains(where: \.isPlaceholder) {
            guard scanner.grammar.takesArgument else { throw .noPlaceForValue }
            scanner.pieces += [.text([UInt8(ascii: " ")]), .placeholder(.value, isWholeWord: true)]
        }
        return scanner.pieces
    }

    /// Commands up to the end of the source, or up to and with the `)` of the `$(` that began at `opening`.
    mutating func scanCommands(ofSubstitutionAt opening: Int? = nil) throws(TemplateError) {
        var parentheses: [Int] = []
        while let byte = current {
            if let match = spellings.match(in: source, at: position) {
                try emit(match)
            } else if byte == UInt8(ascii: ")") {
                try endWord()
                position += 1
                if parentheses.popLast() != nil {
                    grammar.compoundCommandEnded()
                } else if opening != nil {
                    return
                } else {
                    grammar.commandBegins()  // the pattern of a case
                }
            } else if byte == UInt8(ascii: "(") {
                parentheses.append(position)
                try scanOpeningParenthesis()
            } else {
                try scanCommandByte(byte)
            }
        }
        try endWord()
        if let unclosed = parentheses.last ?? opening {
            throw unfollowable("this is never closed", at: unclosed)
        }
        if let document = pendingHereDocuments.first {
            throw unfollowable("this here-document has no text", at: document.operatorPosition)
        }
    }

    private mutating func scanCommandByte(_ byte: UInt8) throws(TemplateError) {
        switch byte {
        case UInt8(ascii: "\\"): try scanBackslash()
        case UInt8(ascii: "'"): try scanSingleQuotes()
        case UInt8(ascii: "\""): try scanDoubleQuotes()
        case UInt8(ascii: "`"): try scanBackticks()
        case UInt8(ascii: "$"): try scanDollar(inDoubleQuotes: false)
        case UInt8(ascii: "#") where word == nil: try scanComment()
        case UInt8(ascii: "<"), UInt8(ascii: ">"): try scanRedirection()
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            try endWord()
            position += 1
        case UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"):
            try scanSeparator(byte)
        default:
            beginWord()
            position += 1
        }
    }

    private mutating func scanSeparator(_ byte: UInt8) throws(TemplateError) {
        if byte == UInt8(ascii: "&"), peek(1) == UInt8(ascii: ">") {
            throw unfollowable("'&>' ends the command in some shells; write >… 2>&1", at: position)
        }
        try endWord()
        grammar.commandBegins()
        position += 1
        if byte == UInt8(ascii: "\n") { try scanHereDocuments() }
    }

    private mutating func scanOpeningParenthesis() throws(TemplateError) {
        guard peek(1) != UInt8(ascii: "(") else {
            throw unfollowable("shells disagree about '(('; write ( ( or $((…))", at: position)
        }
        try refuseParenthesisBehindWord()
        try refuseWithPendingHereDocument()
        try endWord()
        grammar.commandBegins()
        position += 1
    }

    /// Only a function's `f()` is the same everywhere: there are bash's arrays and patterns.
    private func refuseParenthesisBehindWord() throws(TemplateError) {
        guard let word else { return }
        let isFunction =
            !word.holdsPlaceholder && peek(1) == UInt8(ascii: ")")
            && source[word.start..<position].allSatisfy(isNameByte)
        guard isFunction else {
            throw unfollowable("shells disagree about '(' right behind a word", at: position)
        }
    }

    private mutating func scanRedirection() throws(TemplateError) {
        if let word, !word.holdsPlaceholder, source[word.start..<position].allSatisfy({ 48...57 ~= $0 }) {
            self.word = nil  // a file descriptor, as in 2>f
        }
        try endWord()
        let start = position
        while let byte = current, "<>&|".utf8.contains(byte) { position += 1 }
        guard current != UInt8(ascii: "#") else {
            throw unfollowable("shells disagree whether this begins a comment", at: position)
        }
        guard current != UInt8(ascii: "(") else { throw unfollowable("not every sh knows '<('", at: start) }
        let redirection = source[start..<position]
        if redirection.elementsEqual("<<".utf8) {
            try scanHereDocumentOperator(at: start)
        } else {
            grammar.redirectionBegins()
        }
    }

    private mutating func scanComment() throws(TemplateError) {
        while let byte = current, byte != UInt8(ascii: "\n") {
            try refusePlaceholder(in: .comment)
            position += 1
        }
        grammar.commandBegins()  // not only behind the line break: the comment would take in what is appended
    }

    // MARK: - Words and pieces

    mutating func beginWord() {
        if word == nil { word = Word(start: position) }
    }

    private mutating func endWord() throws(TemplateError) {
        guard let word else { return }
        self.word = nil
        let text = word.holdsPlaceholder ? nil : source[word.start..<position]
        if let refusal = grammar.take(text, inSubstitution: substitutionDepth > 0) {
            throw unfollowable(refusal, at: word.start)
        }
    }

    private mutating func emit(_ match: PlaceholderSpellings.Match) throws(TemplateError) {
        if let enclosure = surroundings.last { try refusePlaceholder(in: enclosure) }
        if let command = grammar.reparsingCommand {
            throw .reparsed(placeholder: text(match.spelling), by: command, at: place(of: position))
        }
        let end = position + match.spelling.count
        let isWholeWord = word == nil && (end == source.count || " \t\n;&|)".utf8.contains(source[end]))
        addText(upTo: position)
        pieces.append(.placeholder(match.placeholder, isWholeWord: isWholeWord))
        beginWord()
        word?.holdsPlaceholder = true
        position = end
        textStart = end
    }

    private mutating func addText(upTo end: Int) {
        if textStart < end { pieces.append(.text(Array(source[textStart..<end]))) }
        textStart = end
    }
}

// MARK: - Looking and refusing

extension ShellScanner {
    var current: UInt8? { peek(0) }

    func peek(_ distance: Int) -> UInt8? {
        source.indices.contains(position + distance) ? source[position + distance] : nil
    }

    func place(of offset: Int) -> SourcePosition {
        SourcePosition(of: offset, in: source)
    }

    func text(_ spelling: [UInt8]) -> String {
        String(decoding: spelling, as: UTF8.self)
    }

    func unfollowable(_ what: String, at offset: Int) -> TemplateError {
        .unfollowable(what, at: place(of: offset))
    }

    func refusePlaceholder(in enclosure: ShellEnclosure) throws(TemplateError) {
        guard let match = spellings.match(in: source, at: position) else { return }
        throw .enclosed(placeholder: text(match.spelling), by: enclosure, at: place(of: position))
    }

    /// Where the text of a here-document begins is not agreed upon once something else spans the line's end.
    func refuseWithPendingHereDocument() throws(TemplateError) {
        guard let document = pendingHereDocuments.first else { return }
        throw unfollowable(
            "nothing with parentheses, backticks or a line break may follow << on its line",
            at: document.operatorPosition)
    }
}
