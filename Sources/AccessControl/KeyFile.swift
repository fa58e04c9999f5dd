import ZeroMQ

/// A key as it is kept in a file: a name and the public half, and in the holder's own file the secret one.
///
/// ```text
/// name ann
/// public rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7
/// secret JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6
/// ```
package struct KeyFile: Hashable, Sendable {
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    package var name: KeyName
    package var publicKey: CurveKey
    /// Nil in a file for others.
    package var keys: CurveKeyPair?

    package init(name: KeyName, keys: CurveKeyPair) {
        self.name = name
        publicKey = keys.publicKey
        self.keys = keys
    }

    /// Lines of a word and its value; those that begin with `#` say nothing.
    package init(_ text: String) throws(Fault) {
        var values: [String: String] = [:]
        for (number, line) in text.meaningfulLines {
            let words = line.words
            guard words.count == 2, ["name", "public", "secret"].contains(words[0]) else {
                throw Fault(description: "line \(number) is no 'name', 'public' or 'secret' with one value")
            }
            guard values.updateValue(words[1], forKey: words[0]) == nil else {
                throw Fault(description: "line \(number) says '\(words[0])' again")
            }
        }
        guard let name = values["name"].flatMap(KeyName.init) else {
            throw Fault(description: "'name' is missing, or not \(KeyName.requirement)")
        }
        guard let publicKey = values["public"].flatMap(CurveKey.init) else {
            throw Fault(description: "'public' is missing, or no key: 40 characters of Z85")
        }
        self.name = name
        self.publicKey = publicKey
        guard let secret = values["secret"] else { return }
        keys = CurveKey(secret).flatMap(CurveKeyPair.init)
        guard keys?.publicKey == publicKey else {
            throw Fault(description: "'secret' is not the other half of 'public'")
        }
    }

    /// What is kept by the holder alone.
    package var secretText: String {
        text + (keys.map { "secret \($0.secretKey)\n" } ?? "")
    }

    /// What everybody may know.
    package var text: String { "name \(name)\npublic \(publicKey)\n" }
}

extension String {
    /// Numbered from 1, without comments and empty lines.
    var meaningfulLines: [(number: Int, line: String)] {
        // With CR LF, which is one character, a line ends as well.
        let lines = split(omittingEmptySubsequences: false) { ["\n", "\r\n"].contains($0) }
        return lines.enumerated().compactMap { index, line in
            // Not behind a value: '#' is in the alphabet of keys.
            let isEmpty = line.hasPrefix("#") || line.allSatisfy(\.isWhitespace)
            return isEmpty ? nil : (index + 1, String(line))
        }
    }

    var words: [String] { split(whereSeparator: \.isWhitespace).map(String.init) }
}
