import Foundation
import Testing

/// No block of README.md and docs/*.md is left unchecked. Its tag, after the opening backticks, says how it is
/// held against the program:
///
/// - `json …`: a message of the protocol, see `ProtocolExamplesTests`.
/// - `python FILE`: the file, word for word. At most 40 lines.
/// - `swift compile-checked`: these lines stand in a file in Tests/DocumentationExample, one after the
///   other, all indented by as much more.
/// - `sh run`, `sh background`, `text output`: done by a reader, see `ShellBlocksProcessTests`.
/// - `sh unchecked: WHY`: what a test can't do, such as installing packages.
/// - `text`: a picture or a diagram.
@Suite struct CodeBlocksTests {
    private static let blocks = Document.all.flatMap(\.blocks)

    @Test func `there are documents`() {
        #expect(Document.all.count >= 3)
    }

    @Test(arguments: blocks)
    func `a tag says how the block is checked`(block: Document.Block) {
        let isKnown =
            ["swift compile-checked", "sh background", "sh setup", "text output", "text"].contains(block.tag)
            || ["json ", "python ", "sh run"].contains { block.tag.hasPrefix($0) }
            || block.tag.hasPrefix("sh unchecked: ") && block.tag.count > 20
        #expect(isKnown, "\(block): ```\(block.tag)")
    }

    @Test(arguments: blocks.filter { $0.tag.hasPrefix("python ") })
    func `a program is shown as it is, and is short`(block: Document.Block) throws {
        #expect(try block.text == Repository.read(String(block.tag.dropFirst(7))), "\(block)")
        #expect(block.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count <= 40)
    }

    @Test(arguments: blocks.filter { $0.tag == "swift compile-checked" })
    func `Swift stands in a file that is compiled`(block: Document.Block) throws {
        let folder = "Tests/DocumentationExample"
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path(folder))
        let isCompiled = try files.contains { file in
            try Lines(Repository.read("\(folder)/\(file)")).contain(Lines(block.text))
        }
        #expect(isCompiled, "\(block) is in no file of \(folder)")
    }
}

/// Lines of code, compared without regard to how far all of them are indented.
private struct Lines {
    private let lines: [Substring]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(
            text.hasSuffix("\n") ? 1 : 0)
    }

    private init(_ lines: ArraySlice<Substring>) {
        self.lines = Array(lines)
    }

    func contain(_ other: Lines) -> Bool {
        let (count, sought) = (other.lines.count, other.flush)
        guard count > 0, lines.count >= count else { return false }
        return (0...(lines.count - count)).contains { Lines(lines[$0..<($0 + count)]).flush == sought }
    }

    private var flush: [Substring] {
        let margin = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return lines.map { $0.dropFirst($0.isEmpty ? 0 : margin) }
    }
}
