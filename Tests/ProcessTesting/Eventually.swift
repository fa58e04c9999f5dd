import Glibc

/// How many times as long as otherwise is waited: programs with a sanitizer in them take their time.
package let patience = getenv("TALLY_TEST_PATIENCE").flatMap { Int(String(cString: $0)) } ?? 1

/// How many times as much memory as otherwise a process may keep: a sanitizer has some for each byte that was in use.
package let memoryShare = getenv("TALLY_TEST_MEMORY").flatMap { Int(String(cString: $0)) } ?? 1

/// What was waited for did not come.
package struct Overdue: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Returns when the condition holds. On a loaded machine everything takes its time, so the limit is generous.
package func eventually(
    _ what: String, within limit: Duration = .seconds(45), _ condition: () async throws -> Bool
) async throws {
    _ = try await eventuallyValue(what, within: limit) { try await condition() ? true : nil }
}

/// What `find` gives, once it gives something.
package func eventuallyValue<Value>(
    _ what: String, within limit: Duration = .seconds(45), _ find: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit * patience
    while true {
        if let found = try await find() { return found }
        guard ContinuousClock.now < deadline else { throw Overdue("in \(limit * patience): \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
