import Foundation
import struct ProcessTesting.OutputPattern
import Testing

/// Does what README.md and docs/*.md tell a reader to do, and compares what happens with what they say.
///
/// All blocks under one heading of level 2 are done in order, in one fresh folder, with `tally` on the PATH and
/// a home and a state folder of their own. When the section is over, everything in it is ended.
///
/// - `sh run`: given to `bash -eu`; has to end within a minute, with exit status 0. `sh run exits 3`: with 3.
/// - `sh background`: is left running. The next block begins when it has printed something, or after two seconds.
/// - `text output`, under either of them: what it prints on standard output. `…` stands for anything within a
///   line; a line with nothing else stands for any number of lines. Blanks at the ends of lines don't count.
///   What a background block prints has to be so at the end of the section, or within a minute after it.
/// - A comment that begins with `<!-- sh setup` in a line of its own, up to `-->`: run without being shown.
@Suite struct ShellBlocksProcessTests {
    private static let sections = Document.all.flatMap { ShellSection.all(of: $0) }

    @Test(arguments: sections)
    func `what a section says can be done`(section: ShellSection) async throws {
        try await Sandbox.with { try await section.carryOut(in: $0) }
    }

    @Test(arguments: [
        ("done\n", "done\n", true),
        ("done  \n", "done\n", true),
        ("12 of 30 done, 1.5 s\n", "… of 30 done, … s\n", true),
        ("12 of 31 done, 1.5 s\n", "… of 30 done, … s\n", false),
        ("a\nb\nc\nd\n", "a\n…\nd\n", true),
        ("a\nd\n", "a\n…\nd\n", true),
        ("a\nb\n", "a\n…\nd\n", false),
        ("a\nb\n", "a\n", false),
        ("a.b\n", "a?b\n", false),
        ("", "", true),
    ])
    func `output is compared with wildcards`(printed: String, pattern: String, isSame: Bool) {
        #expect(OutputPattern(pattern).matches(printed) == isSame)
    }
}

/// The blocks under one heading that are to be done.
struct ShellSection: CustomStringConvertible {
    enum Step {
        case setUp(String)
        case run(Document.Block, exits: Int32, output: OutputPattern?)
        case background(Document.Block, output: OutputPattern?)
    }

    let description: String
    private var steps: [Step] = []

    static func all(of document: Document) -> [ShellSection] {
        var sections: [ShellSection] = []
        for part in document.sections {
            let section = ShellSection(document, part)
            if !section.steps.isEmpty { sections.append(section) }
        }
        return sections
    }

    private init(_ document: Document, _ section: Document.Section) {
        description = "\(document.path), \(section.heading)"
        for block in section.blocks {
            switch block.tag {
            case "sh setup": steps.append(.setUp(block.text))
            case "sh background": steps.append(.background(block, output: nil))
            case "text output": expect(OutputPattern(block.text))
            case let tag where tag.hasPrefix("sh run"):
                let status = tag.split(separator: " ").last.flatMap { Int32($0) } ?? 0
                steps.append(.run(block, exits: status, output: nil))
            default: break
            }
        }
    }

    private mutating func expect(_ output: OutputPattern) {
        switch steps.popLast() {
        case .run(let block, let status, nil): steps.append(.run(block, exits: status, output: output))
        case .background(let block, nil): steps.append(.background(block, output: output))
        default: Issue.record("\(description): 'text output' stands under nothing that prints")
        }
    }

    func carryOut(in sandbox: Sandbox) async throws {
        var running: [(process: RunningProcess, block: Document.Block, output: OutputPattern?)] = []
        for step in steps {
            switch step {
            case .setUp(let script): try await sandbox.run("bash", "-euc", script)
            case .run(let block, let status, let output):
                let process = try sandbox.start("bash", "-euc", block.text)
                let ended = try await process.end()
                #expect(ended == status, "\(block): \(process)")
                if let output { #expect(output.matches(process.output), "\(block): \(process)") }
            case .background(let block, let output):
                let process = try sandbox.start("bash", "-euc", block.text)
                try? await eventually("it prints", within: .seconds(2)) {
                    !process.output.isEmpty || !process.error.isEmpty
                }
                running.append((process, block, output))
            }
        }
        for (process, block, output) in running {
            guard let output else { continue }
            try? await eventually("it printed that") { output.matches(process.output) }
            #expect(output.matches(process.output), "\(block): \(process)")
        }
    }
}
