import Foundation
import Glibc

/// The lines `NAME=value` of the settings file. Empty ones, and those that begin with `#`, say nothing.
package struct SettingsFile: Hashable, Sendable {
    /// What can't be read as a setting is kept as a fault, so that the rest of the file is still known.
    enum Line: Hashable, Sendable {
        case setting(name: String, value: String)
        case malformed(String)
    }

    package let path: String
    /// By their numbers, from 1.
    let lines: [Int: Line]
    /// Why it could not be read.
    let fault: String?

    package init(path: String, text: String) {
        self.path = path
        fault = nil
        // With CR LF, which is one character, a line ends as well.
        let texts = text.split(omittingEmptySubsequences: false) { ["\n", "\r\n"].contains($0) }.map(
            Self.trimmed)
        let numbered = zip(1..., texts).filter { !$0.1.isEmpty && !$0.1.hasPrefix("#") }
        lines = Dictionary(uniqueKeysWithValues: numbered.map { ($0, Self.line($1)) })
    }

    private init(path: String, fault: String) {
        self.path = path
        self.fault = fault
        lines = [:]
    }

    private static func line(_ text: String) -> Line {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            return .malformed(text)
        }
        return .setting(
            name: trimmed(text[..<equals]), value: trimmed(text[text.index(after: equals)...]))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        text.trimmingCharacters(in: .whitespaces.union(.newlines))
    }
}

extension SettingsFile {
    private static let longest = 1 << 16

    /// `$XDG_CONFIG_HOME/tally/settings`, else `~/.config/tally/settings`; nil if neither is known. A relative
    /// path in XDG_CONFIG_HOME has no meaning (XDG Base Directory Specification).
    package static func path(environment: [String: String]) -> String? {
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
            return "\(folder)/tally/settings"
        }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return "\(home)/.config/tally/settings"
    }

    /// Nil if there is none.
    package static func read(_ path: String) -> SettingsFile? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = errno
            if [ENOENT, ENOTDIR].contains(reason) { return nil }
            return SettingsFile(path: path, fault: String(cString: strerror(reason)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return SettingsFile(path: path, fault: "no file")
        }
        var input = BufferedInput(descriptor: descriptor)
        var bytes: [UInt8] = []
        while let more = input.read(atMost: longest), bytes.count <= longest { bytes += more }
        guard bytes.count <= longest else {
            return SettingsFile(path: path, fault: "longer than \(longest) bytes")
        }
        return SettingsFile(path: path, text: String(decoding: bytes, as: UTF8.self))
    }
}
