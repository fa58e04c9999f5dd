import ProcessTesting
import Testing

/// What GNU parallel's manual shows, and how it is said with `tally run`: each a line for bash, done in a folder of
/// its own with the same files in it.
struct Example: Sendable, CustomTestStringConvertible {
    /// The example's or the option's heading in the manual.
    var heading: String
    var parallel: String
    var tally: String
    /// Names quoted as for bash.
    var files: [String: String]
    /// For bash, after the files are there.
    var given: String?
    /// Whether parallel promises an order of the output.
    var isOrdered: Bool

    init(
        _ heading: String, files: [String: String] = [:], given: String? = nil,
        ordered isOrdered: Bool = false,
        _ parallel: String, _ tally: String
    ) {
        self.heading = heading
        self.files = files
        self.given = given
        self.isOrdered = isOrdered
        self.parallel = parallel
        self.tally = tally
    }

    var testDescription: String { "\(heading): \(tally)" }

    /// What is left when a line was done.
    struct Result: Equatable {
        var succeeded: Bool
        var output: [String]
        var files: [String: [UInt8]]
    }

    func result(of line: String, in home: Home) async throws -> Result {
        let folder = try WorkingFolder(in: home)
        for (name, content) in files { try folder.write(content, to: name) }
        let before = try await home.bash(given ?? "true", in: folder.path)
        try #require(before.ending == .exited(0), "\(before.error)")
        let found = try await home.bash(line, in: folder.path)
        let lines = found.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return Result(
            succeeded: found.ending == .exited(0), output: isOrdered ? lines : lines.sorted(),
            files: folder.content.reduce(into: [:]) { $0[String(decoding: $1.key, as: UTF8.self)] = $1.value }
        )
    }
}
