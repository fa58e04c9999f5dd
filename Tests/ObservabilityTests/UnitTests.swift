import Foundation
import ProcessTesting
import Testing

extension Observed {
    /// The units in scripts/systemd, by systemd itself.
    @Suite struct Units {
        /// The greatest exposure, in tenths, that systemd may find: 0 is none, 100 all. Workers run others' commands.
        private static let exposure = [
            "tally-coordinator.service": 20, "tally-mcp.service": 20, "tally-matrix.service": 20,
            "tally-worker@.service": 35,
        ]

        @Test func areInOrder() async throws {
            let folder = Table.folder.appending(path: "scripts/systemd")
            #expect(
                Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
                    == Set(Self.exposure.keys))
            try await withHome { home in
                for (name, limit) in Self.exposure {
                    let unit = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                    // Where the program is here.
                    let path = "\(home.path)/\(name)"
                    try Files.write(bytes(unit.replacing("/usr/local/bin/tally", with: Home.tally)), to: path)
                    let complaints = try await home.call(
                        "/usr/bin/systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path)
                    #expect(complaints == "", "\(name)")
                    _ = try await home.call(
                        "/usr/bin/systemd-analyze", "security", "--offline=yes", "--threshold=\(limit)", path)
                }
            }
        }
    }
}
