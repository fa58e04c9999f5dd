import Foundation

/// A Markdown file of this repository, and its fenced blocks.
struct Document: CustomStringConvertible {
    /// Between a line that begins with three backticks and the next such line; or a comment with a set-up.
    struct Block: CustomStringConvertible {
        /// What follows the opening backticks: `json control request`.
        var tag: String
        var text: String
        var path: String
        /// Of the opening backticks, from 1.
        var line: Int

        var description: String { "\(path):\(line)" }
    }

    /// What stands under a heading of level 2.
    struct Section {
        var heading: String
        var blocks: [Block]
    }

    let path: String
    let text: String
    let sections: [Section]

    var blocks: [Block] { sections.flatMap(\.blocks) }

    var description: String { path }

    /// - Parameter path: from the repository's folder, such as `docs/protocol.md`.
    init(_ path: String) throws {
        self.path = path
        text = try Repository.read(path)
        sections = Self.sections(of: text, path: path)
    }

    /// README.md, if it is there already, and all of docs.
    static let all: [Document] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Repository.path("docs"))) ?? []
        let pages = names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
        let readme = FileManager.default.fileExists(atPath: Repository.path("README.md")) ? ["README.md"] : []
        return (readme + pages).compactMap { try? Document($0) }
    }()

    /// The cells of the first table after the heading, without its first two lines.
    func table(under heading: String) -> [[String]] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { $0 != heading }.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
            .dropFirst(2).map { line in
                line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                    .map { $0.trimmingCharacters(in: .whitespaces) }
            }
    }

    private static func sections(of text: String, path: String) -> [Section] {
        var sections = [Section(heading: "", blocks: [])]
        var open: (block: Block, end: String)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let (block, end) = open {
                if line == end {
                    sections[sections.count - 1].blocks.append(block)
                    open = nil
                } else {
                    open?.block.text += line + "\n"
                }
            } else if let (tag, end) = opening(line) {
                open = (Block(tag: tag, text: "", path: path, line: index + 1), end)
            } else if line.hasPrefix("## ") {
                sections.append(Section(heading: String(line.dropFirst(3)), blocks: []))
            }
        }
        return sections
    }

    /// The tag of the block that the line opens, and the line that closes it.
    private static func opening(_ line: Substring) -> (tag: String, end: String)? {
        if line == "<!-- sh setup" { return ("sh setup", "-->") }
        guard line.hasPrefix("```") else { return nil }
        return (line.dropFirst(3).trimmingCharacters(in: .whitespaces), "```")
    }
}

/// The folder with Package.swift.
enum Repository {
    static func path(_ relative: String) -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return folder.appending(path: relative).path
    }

    static func read(_ relative: String) throws -> String {
        try String(contentsOfFile: path(relative), encoding: .utf8)
    }
}
