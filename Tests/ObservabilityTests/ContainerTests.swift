import Foundation
import ProcessTesting
import Testing

extension Observed {
    /// What docker/ says, by those who read it, without an engine; scripts/compose-check runs it.
    @Suite struct Containers {
        private static let file = Table.folder.appending(path: "docker/compose.yaml").path
        /// They do their part and end.
        private static let oneShots: Set = ["keys", "room", "demo"]

        @Test func imageIsInOrder() async throws {
            let hadolint = try #require(
                ProcessInfo.processInfo.environment["TALLY_TEST_HADOLINT"],
                "TALLY_TEST_HADOLINT names no hadolint: run scripts/test, which gets one")
            let path = Table.folder.appending(path: "docker/Dockerfile").path
            try await withHome { home in
                let complaints = try await home.call(hadolint, "--no-color", path)
                #expect(complaints == "")
            }
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let start = try #require(lines.lastIndex { $0.hasPrefix("FROM ") })
            let last = lines[start...]
            let user = last.contains { $0.wholeMatch(of: /USER [1-9][0-9]*:[1-9][0-9]*/) != nil }
            let isAsked = last.contains { $0.hasPrefix("HEALTHCHECK ") }
            #expect(user && isAsked && last.contains("ENTRYPOINT [\"tally\"]"))
        }

        @Test func servicesAreInOrder() async throws {
            let services = try await services()
            #expect(Self.oneShots.isSubset(of: services.keys))
            for (name, service) in services {
                let isOneShot = Self.oneShots.contains(name)
                #expect(service["restart"] as? String == (isOneShot ? "no" : "unless-stopped"), "\(name)")
                #expect(service["read_only"] as? Bool == true, "\(name)")
                #expect(service["cap_drop"] as? [String] == ["ALL"], "\(name)")
                #expect(service["security_opt"] as? [String] == ["no-new-privileges:true"], "\(name)")
                #expect(service["mem_limit"] is String && service["cpus"] != nil, "\(name)")
                #expect(service["privileged"] == nil && service["network_mode"] == nil, "\(name)")
                // Only who gives the volumes away is root, and may do nothing else as root.
                let isRoot = name == "keys"
                let user = service["user"] as? String ?? "10001:10001"
                #expect(user == (isRoot ? "0:0" : "10001:10001"), "\(name)")
                #expect(service["cap_add"] as? [String] == (isRoot ? ["CHOWN"] : nil), "\(name)")
                // Tally's image has a health check; what isn't asked is told so.
                let test = (service["healthcheck"] as? [String: Any])?["test"] as? [String]
                let isAsked = test.map { $0 != ["NONE"] } ?? (service["image"] as? String == "tally")
                #expect(isAsked != isOneShot, "\(name)")
                // One without an address isn't a text.
                let ports = service["ports"] as? [Any] ?? []
                let isLocal = ports.allSatisfy { ($0 as? String)?.hasPrefix("127.0.0.1:") == true }
                #expect(isLocal, "\(name)")
            }
        }

        @Test func keysAreSeenByTheirOwnersAlone() async throws {
            var owners: [String: Set<String>] = [:]
            for (name, service) in try await services() where name != "keys" {
                for volume in service["volumes"] as? [String] ?? [] where volume.contains("-keys:") {
                    #expect(volume.hasSuffix(":/keys:ro"), "\(name)")
                    owners[String(volume.prefix { $0 != ":" }), default: []].insert(name)
                }
            }
            // The one makes accounts at the other.
            #expect(owners.removeValue(forKey: "synapse-keys") == ["synapse", "room"])
            for (volume, services) in owners {
                let owner = String(volume.dropLast("-keys".count))
                #expect(services == [owner])
            }
            #expect(owners.count == 5)
        }

        /// As compose reads them.
        private func services() async throws -> [String: [String: Any]] {
            try await withHome { home in
                let yaml = try await home.call("/usr/bin/docker-compose", "-f", Self.file, "config")
                let json = try await home.call(
                    "/usr/bin/python3", "-c",
                    "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)", input: yaml)
                let file = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
                return try #require(file?["services"] as? [String: [String: Any]])
            }
        }
    }
}
