/// What a message says, twice: as plain text that reads well alone, and as HTML.
///
/// Of the HTML only what the Client-Server API allows (v1.19, m.room.message): clients drop the rest.
package struct RenderedMessage: Hashable, Codable, Sendable {
    enum Style: String {
        case strong, code
    }

    package private(set) var body = ""
    package private(set) var html = ""

    package init() {}

    /// Words of ours.
    mutating func add(_ words: String, _ style: Style? = nil) {
        body += words
        html += Self.tagged(SafeText.escaped(words), style)
    }

    mutating func add(_ text: SafeText, _ style: Style? = nil) {
        body += text.plain
        html += Self.tagged(text.html, style)
    }

    /// A link to a user, which clients show as a mention.
    mutating func add(user: MatrixUserID) {
        body += user.description
        html += "<a href=\"https://matrix.to/#/\(user.inLink)\">\(SafeText.escaped(user.description))</a>"
    }

    mutating func breakLine() {
        body += "\n"
        html += "<br>"
    }

    private static func tagged(_ html: String, _ style: Style?) -> String {
        style.map { "<\($0.rawValue)>\(html)</\($0.rawValue)>" } ?? html
    }
}
