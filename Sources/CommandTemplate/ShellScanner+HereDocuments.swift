/// `<<WORD`: its text begins on the next line, and ends with a line that is just WORD (XCU 2.7.4).
struct HereDocument {
    var operatorPosition: Int
    var delimiter: [UInt8]
    var stripsTabs: Bool
    /// Any quote around WORD: the text is taken literally.
    var isQuoted: Bool
}

extension ShellScanner {
    /// At what follows the `<<` of `start`.
    mutating func scanHereDocumentOperator(at start: Int) throws(TemplateError) {
        let stripsTabs = current == UInt8(ascii: "-")
        if stripsTabs { position += 1 }
        while let byte = current, " \t".utf8.contains(byte) { position += 1 }
        let quote = current.flatMap { "'\"\\".utf8.contains($0) ? $0 : nil }
        if quote != nil { position += 1 }
        let wordStart = position
        while let byte = current, isNameByte(byte) { position += 1 }
        let delimiter = Array(source[wordStart..<position])
        if let quote, quote != UInt8(ascii: "\\") {
            guard current == quote else { throw unusualDelimiter(at: start) }
            position += 1
        }
        guard !delimiter.isEmpty, current.map(" \t\n;&|<>".utf8.contains) ?? true else {
            throw unusualDelimiter(at: start)
        }
        pendingHereDocuments.append(
            HereDocument(
                operatorPosition: start, delimiter: delimiter, stripsTabs: stripsTabs, isQuoted: quote != nil)
        )
    }

    private func unusualDelimiter(at start: Int) -> TemplateError {
        unfollowable("end a here-document with a plain word, such as <<EOF or <<'EOF'", at: start)
    }

    /// At the beginning of a line: the texts of all that were begun on the line before.
    mutating func scanHereDocuments() throws(TemplateError) {
        for document in pendingHereDocuments {
            try scanText(of: document)
        }
        pendingHereDocuments = []
    }

    private mutating func scanText(of document: HereDocument) throws(TemplateError) {
        while position < source.count {
            let end = source[position...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count
            let line = source[position..<end].drop { document.stripsTabs && $0 == UInt8(ascii: "\t") }
            if line.elementsEqual(document.delimiter) {
                position = min(end + 1, source.count)
                return
            }
            guard !line.starts(with: document.delimiter) else {
                throw unfollowable("some shells end the here-document here", at: position)
            }
            try scanLine(upTo: end, isQuoted: document.isQuoted)
            position = min(end + 1, source.count)
        }
        throw unfollowable("this here-document is never ended", at: document.operatorPosition)
    }

    private var opensExpansion: Bool {
        current == UInt8(ascii: "`")
            || current == UInt8(ascii: "$") && peek(1).map("({[".utf8.contains) ?? false
    }

    /// A line of text. Shells disagree about an expansion in it that holds the delimiter, and about a
    /// delimiter behind a line break that a backslash takes out.
    private mutating func scanLine(upTo end: Int, isQuoted: Bool) throws(TemplateError) {
        while position < end {
            try refusePlaceholder(in: .hereDocument)
            if !isQuoted, opensExpansion || current == UInt8(ascii: "\\") && position + 1 == end {
                throw unfollowable("shells disagree about this in a here-document", at: position)
            }
            position += 1
        }
    }
}
