/// Bytes from outside, fit for one line of a terminal or a message: what isn't UTF-8 replaced,
/// control characters and terminal sequences (ESC `[` … letter) taken out, tabs as spaces.
func printable(_ bytes: some Collection<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    var filter = ControlFilter()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars where filter.passes(scalar) {
        text.append(scalar == "\t" ? " " : scalar)
    }
    return String(text)
}

private struct ControlFilter {
    private enum Place { case text, afterEscape, inSequence }
    private var place = Place.text

    mutating func passes(_ scalar: Unicode.Scalar) -> Bool {
        switch place {
        case .inSequence:
            if ("@"..."~").contains(scalar) { place = .text }
            return false
        case .afterEscape where scalar == "[":
            place = .inSequence
            return false
        case .text, .afterEscape:
            place = scalar == "\u{1B}" ? .afterEscape : .text
            return scalar == "\t" || scalar.properties.generalCategory != .control
        }
    }
}
