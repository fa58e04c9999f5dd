import Glibc

// Names are bytes: not every file's is UTF-8.

package func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

package enum Files {
    package static func read(_ path: String) -> [UInt8] { read(bytes(path)) }

    /// Empty if there is no such file.
    package static func read(_ path: [UInt8]) -> [UInt8] {
        let descriptor = withPath(path) { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return content }
            content += buffer[..<count]
        }
    }

    package static func text(_ path: String) -> String { String(decoding: read(path), as: UTF8.self) }

    package static func lines(_ path: String) -> [String] {
        text(path).split(separator: "\n").map(String.init)
    }

    package static func write(_ content: [UInt8], to path: String) throws {
        try write(content, to: bytes(path))
    }

    package static func write(_ content: [UInt8], to path: [UInt8]) throws {
        let descriptor = withPath(path) { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
        guard descriptor >= 0 else { throw SystemError("write \(String(decoding: path, as: UTF8.self))") }
        defer { close(descriptor) }
        var rest = content[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw SystemError("write \(String(decoding: path, as: UTF8.self))") }
            rest = rest.dropFirst(count)
        }
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a folder; empty if there is none.
    package static func names(in folder: [UInt8]) -> [[UInt8]] {
        guard let directory = withPath(folder, { opendir($0) }) else { return [] }
        defer { closedir(directory) }
        var names: [[UInt8]] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != bytes("."), name != bytes("..") { names.append(name) }
        }
        return names
    }

    /// A file or a folder with all that is in it.
    package static func remove(_ path: [UInt8]) {
        guard withPath(path, { unlink($0) }) != 0 else { return }
        for name in names(in: path) { remove(path + [UInt8(ascii: "/")] + name) }
        _ = withPath(path) { rmdir($0) }
    }

    private static func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result
    {
        (path + [0]).map(CChar.init(bitPattern:)).withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("a path has its NUL") }
            return body(start)
        }
    }
}

package struct SystemError: Error, CustomStringConvertible {
    package let description: String

    package init(_ operation: String) {
        description = "\(operation): \(String(cString: strerror(errno)))"
    }
}
