import Foundation
import Testing

/// Runs what README.md shows of the libraries, in processes of their own.
@Suite struct LibraryProcessTests {
    @Test func `a batch of thumbnails is submitted, rendered and followed to its end`() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.coordinator()
            let worker = try sandbox.start("DocumentationExample", "work")
            let printed = try await sandbox.run("DocumentationExample", "submit", "a.png", "b.png", "c.png")
            let counts = printed.split(separator: "\n")
            #expect(counts.last == "3/3")
            #expect(counts == counts.sorted())
            let files = try FileManager.default.contentsOfDirectory(atPath: sandbox.work).sorted()
            #expect(
                files == ["a", "b", "c"].flatMap { name in [1024, 256, 64].map { "\(name).png.\($0)" } })
            worker.signal(SIGTERM)
            #expect(try await worker.end() == 0)
        }
    }
}
