import Foundation
import Glibc
import ProcessTesting

/// A fresh folder in a home, for one row.
struct WorkingFolder {
    let path: String

    init(in home: Home) throws {
        path = "\(home.path)/\(UUID().uuidString.prefix(8))"
        guard mkdir(path, 0o700) == 0 else { throw SystemError("make \(path)") }
    }

    /// - Parameter name: quoted as for bash; may be in a folder of its own.
    func write(_ content: String, to name: String) throws {
        let name = Array(Words.split(name).joined())
        for end in name.indices where name[end] == UInt8(ascii: "/") {
            _ = (bytes(path + "/") + name[..<end] + [0]).map(CChar.init(bitPattern:)).withUnsafeBufferPointer
            { $0.baseAddress.map { mkdir($0, 0o700) } }
        }
        try Files.write(bytes(content), to: bytes(path + "/") + name)
    }

    /// All files in it and in its folders, by their names.
    var content: [[UInt8]: [UInt8]] {
        var found: [[UInt8]: [UInt8]] = [:]
        collect([], into: &found)
        return found
    }

    private func collect(_ folder: [UInt8], into found: inout [[UInt8]: [UInt8]]) {
        for name in Files.names(in: bytes(path + "/") + folder) {
            let inside = Files.names(in: bytes(path + "/") + folder + name)
            if inside.isEmpty {
                found[folder + name] = Files.read(bytes(path + "/") + folder + name)
            } else {
                collect(folder + name + [UInt8(ascii: "/")], into: &found)
            }
        }
    }
}
