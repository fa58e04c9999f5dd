import Glibc
import Testing

@testable import ChildProcess

@Suite struct OutputTests {
    @Test(arguments: [0, 1, 32768, 32769, 65536, 65537, 1_000_000])
    func `both ends are kept, and the whole on request`(_ size: Int) async throws {
        let line = "seq 1 1000000 | head -c \(size)"
        let runner = try CommandRunner()
        let output = await runner.run(.shell(line, keepWhole: true)).standardOutput
        let whole = try contents(of: output)
        #expect(whole.count == size && output.totalBytes == Int64(size))
        #expect(whole.starts(with: bytes("1\n2\n3\n").prefix(size)))
        #expect(output.head == Array(whole.prefix(32768)))
        #expect(output.tail == Array(whole.dropFirst(32768).suffix(32768)))
        #expect(output.omittedBytes == Int64(max(0, size - 65536)))
        let ends = await runner.run(.shell(line)).standardOutput
        #expect(ends.head == output.head && ends.tail == output.tail)
    }

    private func contents(of output: CapturedOutput) throws -> [UInt8] {
        guard case .kept(let kept) = output.whole else {
            Issue.record("\(output.whole)")
            return []
        }
        var all: [UInt8] = []
        while case let chunk = try kept.read(from: Int64(all.count), atMost: 10_000), !chunk.isEmpty {
            all += chunk
        }
        return all
    }

    @Test func `200 MB are kept whole without memory`() async throws {
        let line = "seq 1 30000000 | head -c 200000000"
        let runner = try CommandRunner()
        async let expected = runner.run(.shell("\(line) | cksum")).standardOutput.text
        let before = residentMemory()
        let output = await runner.run(.shell(line, keepWhole: true)).standardOutput
        let sum = try await checksum(output)
        #expect(residentMemory() - before < 50_000_000)
        #expect(await expected == sum)
    }

    /// By way of cksum(1), chunk by chunk.
    private func checksum(_ output: CapturedOutput) async throws -> String {
        guard case .kept(let kept) = output.whole else { return "\(output.whole)" }
        return try await withTemporaryFolder { folder in
            let result = String(decoding: folder + bytes("/sum"), as: UTF8.self)
            let program = try #require(popen("cksum >\(result)", "w"))
            var offset: Int64 = 0
            while case let chunk = try kept.read(from: offset, atMost: 1 << 20), !chunk.isEmpty {
                fwrite(chunk, 1, chunk.count, program)
                offset += Int64(chunk.count)
            }
            pclose(program)
            return try await CommandRunner().run(.words(["cat", result])).standardOutput.text
        }
    }

    private func residentMemory() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 100)
        fgets(&line, 100, file)
        let fields = String(decoding: line.map(UInt8.init(bitPattern:)), as: UTF8.self).split(separator: " ")
        return (Int(fields[1]) ?? 0) * 4096
    }

    @Test func `a flood starves nobody`() async throws {
        let runner = try CommandRunner()
        let floods = (0..<3).map { _ in Task { await runner.run(.words(["yes"])) } }
        for _ in 0..<50 { #expect(await runner.run(.words(["true"])).ending == .exited(code: 0)) }
        for flood in floods {
            flood.cancel()
            let result = await flood.value
            #expect(result.ending == .cancelled && result.standardOutput.totalBytes > 65536)
        }
    }

    @Test func `a folder that can't be written to loses the whole and nothing else`() async throws {
        let runner = try CommandRunner(temporaryFolder: bytes("/no/such/folder"))
        let result = await runner.run(.shell("seq 1 100000; exit 3", keepWhole: true))
        #expect(result.ending == .exited(code: 3))
        #expect(result.standardOutput.totalBytes == 588_895)
        #expect(result.standardOutput.tail.suffix(7) == bytes("100000\n"))
        guard case .lost(let failure) = result.standardOutput.whole else {
            Issue.record("\(result.standardOutput.whole)")
            return
        }
        #expect("\(failure)" == "create a temporary file: No such file or directory")
    }

    @Test func `a full disk is an error and not a crash`() throws {
        let file = TemporaryFile(Descriptor(open("/dev/full", O_RDWR | O_CLOEXEC)))
        #expect(throws: SystemFailure("write a temporary file", code: ENOSPC)) {
            try file.append(bytes("x"))
        }
    }

    struct LastLine {
        let error: String
        let line: String?
    }

    @Test(arguments: [
        LastLine(error: "", line: nil),
        LastLine(error: "\n\n \t\n", line: nil),
        LastLine(error: "one", line: "one"),
        LastLine(error: "one\ntwo\n", line: "two"),
        LastLine(error: "one\ntwo\n\n   \n", line: "two"),
        LastLine(error: "  indented\n", line: "indented"),
        LastLine(error: "10 %\r50 %\r100 %\r\n", line: "100 %"),
        LastLine(error: "\u{1B}[1;31merror:\u{1B}[0m a\tb\u{07}\u{9B}c\n", line: "error: a bc"),
        LastLine(error: "text\n\u{1B}[0m\n", line: "text"),
        LastLine(error: String(repeating: "x", count: 300), line: String(repeating: "x", count: 200)),
    ])
    func `the last line that says something`(_ row: LastLine) {
        var capture = OutputCapture(keepingIn: nil)
        bytes(row.error).withUnsafeBytes { capture.append($0) }
        #expect(capture.output.lastLine() == row.line)
    }

    @Test func `the last line of bytes that aren't text, and of very much`() {
        var capture = OutputCapture(keepingIn: nil)
        [UInt8](repeating: 0x0A, count: 100_000).withUnsafeBytes { capture.append($0) }
        #expect(capture.output.lastLine() == nil)
        ([0x0A, 0xFF] + bytes("end")).withUnsafeBytes { capture.append($0) }
        #expect(capture.output.lastLine() == "\u{FFFD}end")
    }
}
