extension StreamForm {
    /// What the client likes best of the two; lines where it doesn't care. Nil: it takes neither.
    ///
    /// - Parameter accept: the `Accept` header (RFC 9110, section 12.5.1); nil if there is none.
    package init?(accept: String?) {
        guard let accept, !accept.allSatisfy(\.isWhitespace) else {
            self = .lines
            return
        }
        let ranges = accept.split(separator: ",").compactMap(MediaRange.init)
        let weights = StreamForm.allCases.map { form in (form, MediaRange.weight(of: form.mediaType, ranges))
        }
        // Of equals the first: lines.
        guard let best = weights.reduce(nil, { best, next in (best?.1 ?? 0) < next.1 ? next : best }) else {
            return nil
        }
        self = best.0
    }
}

/// One of the types that a client takes, with how much it likes it.
private struct MediaRange {
    var type: String
    /// 0…1; 0: not at all.
    var weight: Double

    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
        guard let type = parts.first, type.contains("/") else { return nil }
        self.type = type
        let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
        weight = quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
    }

    /// By the range that says the most of the type.
    static func weight(of type: String, _ ranges: [MediaRange]) -> Double {
        let general = type.prefix { $0 != "/" } + "/*"
        for candidate in [type, String(general), "*/*"] {
            if let range = ranges.first(where: { $0.type == candidate }) { return range.weight }
        }
        return 0
    }
}
