import Foundation

/// What Package.swift says of the targets.
struct Manifest {
    struct Target {
        var name: String
        var path: String?
        /// Names of targets and products.
        var dependencies: Set<String>
        var isTest: Bool
    }

    static let current = Result { try Manifest() }

    let targets: [Target]

    /// Those under Sources.
    var rooms: [Target] { targets.filter { !$0.isTest && $0.path == nil } }

    private init() throws {
        // A folder of its own: the usual one is locked while the tests run.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "tally-manifest-\(getpid())")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", Repository.folder.path, "--scratch-path", scratch.path,
            "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        targets = try JSONDecoder().decode(Dump.self, from: data).targets.map { target in
            Target(
                name: target.name, path: target.path, dependencies: Set(target.dependencies.map(\.name)),
                isTest: target.type == "test")
        }
    }
}

private struct Dump: Decodable {
    struct Target: Decodable {
        var name: String
        var type: String
        var path: String?
        var dependencies: [Dependency]
    }

    /// `{"product": [name, package, …]}`, `{"byName": [name, …]}` or `{"target": [name, …]}`.
    struct Dependency: Decodable {
        var name: String

        init(from decoder: any Decoder) throws {
            let parts = try decoder.singleValueContainer().decode([String: [Part]].self)
            guard case .name(let name)? = parts.values.first?.first else {
                throw DecodingError.valueNotFound(
                    String.self, .init(codingPath: decoder.codingPath, debugDescription: "no name"))
            }
            self.name = name
        }
    }

    enum Part: Decodable {
        case name(String)
        case other

        init(from decoder: any Decoder) throws {
            let text = try? decoder.singleValueContainer().decode(String.self)
            self = text.map(Part.name) ?? .other
        }
    }

    var targets: [Target]
}

/// The folder with Package.swift, and what is in it.
enum Repository {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The first column of the table under the heading, and the words in backticks of its last.
    static func table(in path: String, under heading: String) throws -> [(name: String, others: Set<String>)]
    {
        let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { $0 != heading }.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
            .dropFirst(2).map { line in
                let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropLast()
                return (words(in: cells.dropFirst().first).first ?? "", Set(words(in: cells.last)))
            }
    }

    private static func words(in cell: Substring?) -> [String] {
        (cell ?? "").matches(of: #/`([^`]+)`/#).map { String($0.output.1) }
    }

    /// The modules that the target's sources import, and in which files.
    static func imports(of target: String) throws -> [String: [String]] {
        let root = folder.appending(path: "Sources/\(target)")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        var imports: [String: [String]] = [:]
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/(?m)^(?:@\w+ )?(?:\w+ )?import (?:struct |func |enum )?(\w+)/#) {
                imports[String(match.output.1), default: []].append(file.lastPathComponent)
            }
        }
        return imports
    }
}
