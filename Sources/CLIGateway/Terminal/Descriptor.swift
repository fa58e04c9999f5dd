import Glibc

/// A descriptor that text goes to: standard output or standard error.
package struct Descriptor: Sendable {
    package static let standardOutput = Descriptor(number: STDOUT_FILENO)
    package static let standardError = Descriptor(number: STDERR_FILENO)

    let number: CInt

    package var isTerminal: Bool { isatty(number) == 1 }

    /// False while a shell has put us into the background: its line is not ours to paint over.
    var isInForeground: Bool {
        let foreground = tcgetpgrp(number)
        return foreground < 0 || foreground == getpgrp()
    }

    /// The terminal's size at this moment; 80 by 24 where it doesn't tell.
    var size: TerminalSize {
        var window = winsize()
        guard ioctl(number, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }

    /// Writes all of it.
    ///
    /// - Returns: false if nobody reads it any more, or it can't be written.
    @discardableResult
    package func write(_ bytes: some Collection<UInt8>) -> Bool {
        let all = Array(bytes)
        var written = 0
        while written < all.count {
            let count = all[written...].withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    @discardableResult
    package func write(line: String) -> Bool {
        write(Array((line + "\n").utf8))
    }
}
