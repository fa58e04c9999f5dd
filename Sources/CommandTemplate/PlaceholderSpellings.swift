/// How the placeholders are written in one command: `-I` gives the value another spelling than `{}`.
struct PlaceholderSpellings {
    struct Match {
        var placeholder: Placeholder
        var spelling: [UInt8]
    }

    /// The longest first, so that none hides one that it begins.
    private let all: [Match]
    private let firstBytes: Set<UInt8>

    /// - Parameter replacement: what stands for the value, at least one byte.
    init(replacement: [UInt8]) {
        let others = Placeholder.allCases.filter { $0 != .value && $0.spelling != replacement }
        let matches =
            [Match(placeholder: .value, spelling: replacement)]
            + others.map { Match(placeholder: $0, spelling: $0.spelling) }
        all = matches.sorted { $0.spelling.count > $1.spelling.count }
        firstBytes = Set(matches.compactMap(\.spelling.first))
    }

    func match(in bytes: [UInt8], at position: Int) -> Match? {
        guard position < bytes.count, firstBytes.contains(bytes[position]) else { return nil }
        return all.first { bytes[position...].starts(with: $0.spelling) }
    }

    /// A word of an argument vector, in which nothing but placeholders has a meaning.
    func pieces(of word: [UInt8]) -> [TemplatePiece] {
        var pieces: [TemplatePiece] = []
        var textStart = 0
        var position = 0
        while position < word.count {
            guard let match = match(in: word, at: position) else {
                position += 1
                continue
            }
            pieces.append(.text(Array(word[textStart..<position])))
            pieces.append(.placeholder(match.placeholder, isWholeWord: false))
            position += match.spelling.count
            textStart = position
        }
        pieces.append(.text(Array(word[textStart...])))
        return pieces
    }
}

/// A stretch of a command: as it was written, or to be filled in.
enum TemplatePiece: Hashable {
    case text([UInt8])
    /// `isWholeWord` only matters in a shell line: whether nothing touches it.
    case placeholder(Placeholder, isWholeWord: Bool)

    var isPlaceholder: Bool {
        if case .placeholder = self { true } else { false }
    }
}
