import BatchProgress
import Foundation
import Testing

@Suite struct BatchIDTests {
    @Test(arguments: [
        "a", "A", "0", "_", "_-", "a-b_c", "thumbnails-2026-11-22", String(repeating: "x", count: 64),
    ])
    func takes(text: String) throws {
        #expect(BatchID(text)?.description == text)
        #expect(try decode(#"["\#(text)"]"#) == [BatchID(text)])
    }

    @Test(arguments: [
        "", "-", "-a", "a.b", "a b", "a/b", "ä", "a\u{301}", "a\n", "a\0", "٣",
        String(repeating: "x", count: 65),
    ])
    func rejects(text: String) throws {
        #expect(BatchID(text) == nil)
        let json = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self)
        #expect(throws: DecodingError.self) { try decode(json) }
    }

    @Test func randomOnesAreValidAndDiffer() {
        var generator = SystemRandomNumberGenerator()
        let ids = (0..<1000).map { _ in BatchID.random(using: &generator) }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.description.count == 10 && BatchID($0.description) == $0 })
    }

    @Test func isAStringInJSON() throws {
        let id = try #require(BatchID("a-1"))
        #expect(String(decoding: try JSONEncoder().encode([id]), as: UTF8.self) == #"["a-1"]"#)
    }

    private func decode(_ json: String) throws -> [BatchID] {
        try JSONDecoder().decode([BatchID].self, from: Data(json.utf8))
    }
}
