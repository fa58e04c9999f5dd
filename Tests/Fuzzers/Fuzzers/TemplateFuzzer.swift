@testable import CommandTemplate

extension Fuzzer {
    /// What `-I` gives, words of a command, and a value for it; between two of them a separator.
    static let template = Fuzzer(name: "template") { bytes in
        var words = bytes.split(separator: Frames.separator, omittingEmptySubsequences: false).map(Array.init)
        guard words.count >= 3, let value = words.popLast() else { return checkQuoting(of: bytes) }
        checkQuoting(of: value)
        let replacement = words.removeFirst()
        guard
            let template = try? Template.parse(
                words: words, replacement: replacement.isEmpty ? Array("{}".utf8) : replacement)
        else { return }
        _ = try? template.printed(for: value, number: 1, reader: .person)
        // One that is no word with a meaning of its own.
        let word = [UInt8(ascii: "v")] + value
        guard let invocation = try? template.invocation(for: word, number: 7) else { return }
        switch invocation {
        case .arguments(let filled): require(filled.contains { !$0.isEmpty }, "no word is left")
        case .shell(let line): if !word.contains(UInt8(ascii: "\n")) { checkStructure(of: line) }
        }
    }

    /// Filled in, the line is one that the scanner can follow, as it was before: the value has opened nothing.
    private static func checkStructure(of line: [UInt8]) {
        let mark: [UInt8] = [1, 2]
        guard !line.contains(mark[0]) else { return }
        do throws(TemplateError) {
            _ = try Template.parse(words: [line], replacement: mark)
        } catch {
            // The other placeholders keep their spelling, and a value may hold one: it stands in quotes now.
            if case .enclosed(_, by: .singleQuotes, at: _) = error { return }
            require(error == .noPlaceForValue, "\(String(decoding: line, as: UTF8.self)): \(error)")
        }
    }

    // MARK: Quotes

    private static func checkQuoting(of word: [UInt8]) {
        let name = String(decoding: word, as: UTF8.self).debugDescription
        require(unquoted(ShellQuoting.full(word)) == word, "quoted, \(name) is another")
        let minimal = ShellQuoting.minimal(word)
        if minimal == word {
            let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@=".utf8)
            require(!word.isEmpty && word.allSatisfy(plain.contains), "\(name) needs quotes")
        } else {
            require(unquoted(minimal) == word, "quoted, \(name) is another")
        }
        guard let visible = ShellQuoting.visible(word) else { return }
        require(escaped(visible) == word, "made visible, \(name) is another")
    }

    /// What a shell makes of a word between single quotes, with `\'` between two such; nil if it isn't one.
    private static func unquoted(_ word: [UInt8]) -> [UInt8]? {
        var rest = word[...]
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "'"):
                guard let end = rest.firstIndex(of: UInt8(ascii: "'")) else { return nil }
                text += rest[..<end]
                rest = rest[(end + 1)...]
            case UInt8(ascii: "\\"):
                guard rest.popFirst() == UInt8(ascii: "'") else { return nil }
                text.append(UInt8(ascii: "'"))
            default: return nil
            }
        }
        return text
    }

    /// What bash makes of `$'…'` with numbers of three octal digits; nil if it isn't such, or holds what is not to be
    /// seen.
    private static func escaped(_ word: [UInt8]) -> [UInt8]? {
        guard word.starts(with: "$'".utf8), word.last == UInt8(ascii: "'"), word.count > 2 else { return nil }
        var rest = word.dropFirst(2).dropLast()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let number = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) else {
                    return nil
                }
                text.append(number)
                rest = rest.dropFirst(3)
            case UInt8(ascii: "'"), ..<0x20, 0x7F: return nil
            default: text.append(byte)
            }
        }
        return text
    }
}
