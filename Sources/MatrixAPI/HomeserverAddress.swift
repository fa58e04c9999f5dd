import FoundationEssentials

/// Where a homeserver's Client-Server API is.
struct HomeserverAddress: Hashable, Sendable {
    /// Without a slash at its end, such as `https://matrix.example.org`.
    let text: String

    init(_ text: String) throws(MatrixError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else {
            throw .unusable("'\(text.shown)' is no homeserver's address, such as https://matrix.example.org")
        }
        self.text = String(text.reversed().drop { $0 == "/" }.reversed())
    }
}

extension String {
    /// For an error or a log: one line, not too long, whatever came from outside.
    var shown: String {
        let start = unicodeScalars.prefix(200).map { $0.isShown ? Character($0) : " " }
        return String(start) + (unicodeScalars.count > 200 ? "…" : "")
    }
}

extension Unicode.Scalar {
    fileprivate var isShown: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: true
        }
    }
}
