// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
]

let collections = "swift-collections"

let package = Package(
    name: "tally",
    products: [],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0")
    ],
    targets: [
        .target(name: "BatchProgress", swiftSettings: settings),
        .target(name: "BatchProtocol", dependencies: ["BatchProgress"], swiftSettings: settings),
        .target(
            name: "BatchEngine",
            dependencies: [
                "BatchProgress",
                .product(name: "DequeModule", package: collections),
                .product(name: "HeapModule", package: collections),
            ],
            swiftSettings: settings),
        .target(
            name: "Coordinator", dependencies: ["BatchProgress", "BatchProtocol", "BatchEngine"],
            swiftSettings: settings),
        .target(
            name: "BatchWorker",
            dependencies: ["BatchProgress", "BatchProtocol", .product(name: "DequeModule", package: collections)],
            swiftSettings: settings),
        .target(name: "BatchClient", dependencies: ["BatchProgress", "BatchProtocol"], swiftSettings: settings),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["BatchProgress", "BatchProtocol", "BatchEngine", "BatchWorker", "BatchClient", "Coordinator"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
