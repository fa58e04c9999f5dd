import Glibc
import Synchronization
import Testing
import ZeroMQ

struct TimedOut: Error {}

/// How many times as long as otherwise is waited: programs with a sanitizer in them take their time.
private let patience = getenv("TALLY_TEST_PATIENCE").flatMap { Int(String(cString: $0)) } ?? 1

/// What `body` gives, or `TimedOut`, even when `body` hangs and heeds no cancellation.
func within<Value: Sendable>(
    _ limit: Duration = .seconds(10), _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let (results, continuation) = AsyncStream.makeStream(of: Result<Value, any Error>.self)
    let work = Task {
        do { continuation.yield(.success(try await body())) } catch { continuation.yield(.failure(error)) }
    }
    let alarm = Task {
        try await Task.sleep(for: limit * patience)
        continuation.yield(.failure(TimedOut()))
    }
    defer {
        work.cancel()
        alarm.cancel()
    }
    for await result in results { return try result.get() }
    throw CancellationError()
}

/// What arrives somewhere, to be waited for elsewhere.
final class Mailbox<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func put(_ value: Value) { continuation.yield(value) }

    func next() async throws -> Value {
        try await within { [stream] in
            for await value in stream { return value }
            throw CancellationError()
        }
    }

    func next(_ count: Int) async throws -> [Value] {
        try await within { [stream] in
            var values: [Value] = []
            for await value in stream {
                values.append(value)
                if values.count == count { return values }
            }
            throw CancellationError()
        }
    }

    /// The first that fits; those before it are thrown away.
    func first(where fits: @escaping @Sendable (Value) -> Bool) async throws -> Value {
        try await within { [stream] in
            for await value in stream where fits(value) { return value }
            throw CancellationError()
        }
    }
}

func withLoop<Value>(
    _ body: (SocketLoop) async throws -> Value
) async throws -> Value {
    let loop = try SocketLoop(name: "test")
    defer { loop.stop() }
    return try await body(loop)
}

/// A folder of its own for ipc sockets, gone afterwards.
func withSocketFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    var template = Array("/tmp/zeromq-test-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        for name in (try? entries(of: folder)) ?? [] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }
    return try await body(folder)
}

private func entries(of folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
        names.append(String(decoding: name, as: UTF8.self))
    }
    return names
}

func bytes(_ text: String) -> Frame { Frame(text.utf8) }
