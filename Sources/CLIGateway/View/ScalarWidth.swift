extension Unicode.Scalar {
    /// The columns of a terminal that this scalar takes: 0, 1 or 2, for scalars that are shown at all.
    ///
    /// From Unicode's East Asian Width (UAX #11: wide and fullwidth take two) and emoji presentation. It is
    /// never less than what glibc's `wcwidth` says, and needs no locale.
    var terminalWidth: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if isJoiningHangul { return 0 }
        if 0x1F1E6...0x1F1FF ~= value { return 1 }  // two letters make one flag of two columns
        return properties.isEmojiPresentation || isEastAsianWide ? 2 : 1
    }

    /// Whether it is written from right to left.
    var isRightToLeft: Bool {
        switch value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    /// A vowel or final consonant that is drawn into the syllable before it.
    private var isJoiningHangul: Bool {
        0x1160...0x11FF ~= value || 0xD7B0...0xD7FF ~= value
    }

    private var isEastAsianWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
            0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D37F, 0x1F200...0x1F2FF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
