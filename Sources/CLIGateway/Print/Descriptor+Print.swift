import Glibc

extension Descriptor {
    /// Writes all of it.
    ///
    /// - Throws: `ExitCode.outputClosed` if nobody reads it any more; `OutputError`.
    package func print(_ bytes: some Collection<UInt8>) throws {
        guard !write(bytes) else { return }
        let reason = errno
        if reason == EPIPE { throw ExitCode.outputClosed }
        throw OutputError(description: "the output can't be written: \(String(cString: strerror(reason)))")
    }

    package func print(_ lines: [String]) throws {
        try print(lines.map { "\($0)\n" }.joined().utf8)
    }
}

/// What was asked for could not be printed.
package struct OutputError: Error, Hashable, CustomStringConvertible {
    package let description: String
}
