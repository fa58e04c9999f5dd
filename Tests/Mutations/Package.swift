// swift-tools-version: 6.2
// The rules and their simulation alone, so that each planted fault is built in seconds: without sockets,
// the real store, and all that they need. scripts/plant-faults puts it beside a copy of the sources.
import PackageDescription

let collections = "swift-collections"

let package = Package(
    name: "planted",
    dependencies: [.package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0")],
    targets: [
        .target(name: "BatchProgress"),
        .target(name: "BatchProtocol", dependencies: ["BatchProgress"]),
        .target(
            name: "BatchEngine",
            dependencies: [
                "BatchProgress",
                .product(name: "DequeModule", package: collections),
                .product(name: "HeapModule", package: collections),
            ]),
        .target(
            name: "BatchWorker",
            dependencies: [
                "BatchProgress", "BatchProtocol", .product(name: "DequeModule", package: collections),
            ],
            sources: ["Session"]),
        .target(name: "BatchClient", dependencies: ["BatchProgress"], sources: ["Mirror"]),
        .target(
            name: "Coordinator", dependencies: ["BatchProgress", "BatchProtocol", "BatchEngine"],
            sources: ["Translation.swift"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "BatchProgress", "BatchProtocol", "BatchEngine", "BatchWorker", "BatchClient", "Coordinator",
                .product(name: "HeapModule", package: collections),
            ],
            exclude: ["SQLiteStore.swift", "RealStoreTests.swift"]),
    ],
    swiftLanguageModes: [.v6]
)
