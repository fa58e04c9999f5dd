import Foundation
import Testing

/// Holds the rooms' arrows in docs/architecture.md against Package.swift, and both against the sources.
@Suite struct ArchitectureTests {
    private static let system: Set = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
    ]
    private let manifest: Manifest

    init() throws {
        manifest = try Manifest.current.get()
    }

    @Test func `the table of rooms is what the manifest says`() throws {
        let table = try Repository.table(in: "docs/architecture.md", under: "## Rooms")
        #expect(Set(table.map(\.name)) == Set(manifest.rooms.map(\.name)))
        for room in manifest.rooms {
            let told = table.first { $0.name == room.name }?.others
            #expect(told == room.dependencies, "\(room.name)")
        }
    }

    @Test func `sources import what their target lists, and nothing is listed in vain`() throws {
        for room in manifest.rooms {
            let imports = try Repository.imports(of: room.name)
            for (module, files) in imports where !Self.system.contains(module) {
                #expect(room.dependencies.contains(module), "\(room.name) imports \(module) in \(files)")
            }
            let unused = room.dependencies.subtracting(imports.keys)
            #expect(unused == [], "\(room.name) lists what it doesn't import")
        }
    }

    @Test func `gateways reach the coordinator over the wire alone`() {
        let gateways = manifest.rooms.filter { $0.name.hasSuffix("Gateway") }
        #expect(!gateways.isEmpty)
        for gateway in gateways {
            let known = everything(knownTo: gateway.name)
            #expect(known.isDisjoint(with: ["Coordinator", "BatchEngine", "BatchStore"]), "\(gateway.name)")
        }
    }

    @Test(arguments: [
        "ZeroMQ": ["CZeroMQ"], "BatchProgress": [], "BatchEngine": ["BatchProgress"],
        "AccessControl": ["BatchProgress", "BatchProtocol", "ZeroMQ", "CZeroMQ"],
        "BatchClient": ["AccessControl", "BatchProgress", "BatchProtocol", "ZeroMQ", "CZeroMQ"],
        "ChildProcess": ["CChildProcess"], "CommandTemplate": [],
    ])
    func `a room knows of ours only these`(room: String, others: Set<String>) {
        let ours = Set(manifest.rooms.map(\.name))
        #expect(everything(knownTo: room).intersection(ours) == others)
    }

    @Test func `the engine needs nothing but collections`() throws {
        let engine = try #require(manifest.rooms.first { $0.name == "BatchEngine" })
        #expect(engine.dependencies == ["BatchProgress", "DequeModule", "HeapModule"])
        #expect(try Set(Repository.imports(of: "BatchEngine").keys).isSubset(of: engine.dependencies))
    }

    private func everything(knownTo room: String) -> Set<String> {
        var known: Set<String> = []
        var toVisit = [room]
        while let next = toVisit.popLast() {
            for dependency in manifest.rooms.first(where: { $0.name == next })?.dependencies ?? []
            where known.insert(dependency).inserted {
                toVisit.append(dependency)
            }
        }
        return known
    }
}
