import Foundation
import Glibc

/// Whether this process may mount file systems: root outside of a container, mostly.
let canMount: Bool = {
    (try? withMount(options: "size=64k") { _, _ in }) != nil
}()

private struct MountError: Error {
    var reason: String
}

/// A file system in memory, for tests that need one of their own; gone afterwards.
func withMount(
    options: String, _ body: (_ folder: String, _ remount: (String) throws -> Void) throws -> Void
) throws {
    func mount(_ folder: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/mount")
        process.arguments = arguments + ["-t", "tmpfs", "tmpfs", folder]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw MountError(reason: "\(arguments)") }
    }
    try withFolder { folder in
        try mount(folder, ["-o", options])
        defer { umount2(folder, Int32(MNT_DETACH)) }
        try body(folder) { try mount(folder, ["-o", "remount,\($0)"]) }
    }
}
