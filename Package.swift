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
    products: [
        .library(name: "BatchClient", targets: ["BatchClient"]),
        .library(name: "BatchWorker", targets: ["BatchWorker"]),
        // For Benchmarks/.
        .library(name: "ZeroMQ", targets: ["ZeroMQ"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
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
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .target(name: "ZeroMQ", dependencies: ["CZeroMQ"], swiftSettings: settings),
        .target(
            name: "AccessControl", dependencies: ["BatchProgress", "BatchProtocol", "ZeroMQ"],
            swiftSettings: settings),
        .testTarget(
            name: "AccessControlTests",
            dependencies: ["AccessControl", "BatchProgress", "BatchProtocol", "ZeroMQ"],
            swiftSettings: settings),
        .target(
            name: "BatchStore",
            dependencies: [
                "BatchProgress", "BatchEngine",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BatchStoreTests",
            dependencies: [
                "BatchStore", "BatchEngine", "BatchProgress", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .testTarget(name: "ZeroMQTests", dependencies: ["ZeroMQ"], swiftSettings: settings),
        .target(
            name: "Coordinator",
            dependencies: [
                "AccessControl", "BatchProgress", "BatchProtocol", "BatchEngine", "BatchStore", "ZeroMQ",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "Observability",
            dependencies: [
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: [
                "tally", "BatchClient", "BatchProgress", "Observability", "ProcessTesting",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["homeserver.py", "other_version.py"], swiftSettings: settings),
        .target(name: "LocalFleet", dependencies: ["BatchClient", "BatchProgress"], swiftSettings: settings),
        .executableTarget(
            name: "tally",
            dependencies: [
                "AccessControl", "BatchClient", "BatchEngine", "BatchProgress", "BatchProtocol", "BatchStore",
                "BatchWorker", "ChildProcess", "CLIGateway", "CommandTemplate", "Coordinator", "HTTPGateway",
                "LocalFleet", "MCPGateway", "MatrixGateway", "MatrixRoom", "Observability", "ZeroMQ",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(name: "CommandTemplate", swiftSettings: settings),
        .target(
            name: "CLIGateway",
            dependencies: [
                "BatchProgress", "BatchProtocol", "BatchClient", "CommandTemplate", "LocalFleet",
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(
            name: "HTTPGateway",
            dependencies: [
                "BatchClient", "BatchProtocol",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "HTTPGatewayTests",
            dependencies: [
                "HTTPGateway", "BatchClient", "BatchProgress", "ProcessTesting",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "GatewayTests", dependencies: ["tally", "BatchClient", "ProcessTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "CommandTemplateTests", dependencies: ["CommandTemplate"], swiftSettings: settings),
        .testTarget(
            name: "CLIGatewayTests", dependencies: ["CLIGateway", "BatchProgress", "BatchProtocol"],
            swiftSettings: settings),
        .target(name: "CChildProcess", cSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "ChildProcess", dependencies: ["CChildProcess"], swiftSettings: settings),
        .executableTarget(
            name: "ChildProcessFixture", dependencies: ["ChildProcess"], path: "Tests/ChildProcessFixture",
            swiftSettings: settings),
        .testTarget(
            name: "ChildProcessTests", dependencies: ["ChildProcess", "ChildProcessFixture"],
            swiftSettings: settings),
        .target(
            name: "BatchWorker",
            dependencies: [
                "AccessControl", "BatchProgress", "BatchProtocol", "ChildProcess", "ZeroMQ",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "DequeModule", package: collections),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(name: "MCPProtocol", dependencies: ["BatchProgress"], swiftSettings: settings),
        .testTarget(
            name: "MCPProtocolTests", dependencies: ["MCPProtocol", "BatchProgress"], swiftSettings: settings),
        .target(
            name: "MCPGateway",
            dependencies: [
                "BatchClient", "BatchProgress", "HTTPGateway", "MCPProtocol",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .target(name: "MatrixRoom", dependencies: ["BatchProgress"], swiftSettings: settings),
        .testTarget(
            name: "MatrixRoomTests", dependencies: ["MatrixRoom", "BatchProgress"], swiftSettings: settings),
        .target(
            name: "MatrixAPI",
            dependencies: [
                "BatchProgress",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .target(
            name: "MatrixGateway",
            dependencies: [
                "BatchClient", "BatchProgress", "MatrixAPI", "MatrixRoom",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MatrixAPITests",
            dependencies: ["MatrixAPI", "BatchProgress", "MatrixTesting", "ProcessTesting"],
            exclude: ["faulty.py"], swiftSettings: settings),
        .testTarget(
            name: "MatrixGatewayTests",
            dependencies: [
                "tally", "BatchClient", "BatchProgress", "MatrixAPI", "MatrixTesting", "ProcessTesting",
            ],
            swiftSettings: settings),
        // A real homeserver, and those who use it.
        .target(
            name: "MatrixTesting", dependencies: ["MatrixAPI", "BatchProgress", "ProcessTesting"],
            path: "Tests/MatrixTesting", exclude: ["homeserver.py", "proxy.py"], swiftSettings: settings),
        .target(
            name: "BatchClient",
            dependencies: [
                "AccessControl", "BatchProgress", "BatchProtocol", "ZeroMQ",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BatchProtocolTests", dependencies: ["BatchProtocol", "BatchProgress"],
            swiftSettings: settings),
        .testTarget(name: "BatchProgressTests", dependencies: ["BatchProgress"], swiftSettings: settings),
        // Homes, real processes and terminals, for the tests that need them.
        .target(
            name: "ProcessTesting", dependencies: ["BatchClient"], path: "Tests/ProcessTesting",
            swiftSettings: settings),
        .testTarget(
            name: "ProcessTests",
            dependencies: [
                "tally", "BatchClient", "BatchProtocol", "ManualPage", "ProcessTesting", "ZeroMQ",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "AccessTests", dependencies: ["tally", "BatchClient", "ProcessTesting"],
            exclude: ["clients"], swiftSettings: settings),
        .testTarget(
            name: "MachineTests", dependencies: ["tally", "BatchClient", "ProcessTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "ChaosTests", dependencies: ["tally", "ProcessTesting"], exclude: ["audit_test.py"],
            swiftSettings: settings),
        .testTarget(
            name: "TerminalTests", dependencies: ["tally", "BatchClient", "ProcessTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "CommandLineTests", dependencies: ["tally", "ProcessTesting"], swiftSettings: settings),
        .testTarget(
            name: "MCPGatewayTests",
            dependencies: [
                "tally", "BatchClient", "BatchProgress", "MCPGateway", "MCPProtocol", "ProcessTesting",
            ],
            exclude: ["clients"],
            swiftSettings: settings),
        .testTarget(
            name: "BatchEngineTests", dependencies: ["BatchEngine", "BatchProgress"], swiftSettings: settings),
        .testTarget(
            name: "CoordinatorTests",
            dependencies: ["Coordinator", "BatchEngine", "BatchProtocol", "BatchProgress"],
            swiftSettings: settings),
        .testTarget(
            name: "BatchWorkerTests", dependencies: ["BatchWorker", "BatchProtocol", "BatchProgress"],
            swiftSettings: settings),
        .testTarget(
            name: "BatchClientTests", dependencies: ["BatchClient", "BatchProtocol", "BatchProgress"],
            swiftSettings: settings),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "BatchProgress", "BatchProtocol", "BatchEngine", "BatchWorker", "BatchClient", "BatchStore",
                "Coordinator", .product(name: "HeapModule", package: collections),
            ],
            swiftSettings: settings),
        // What README.md and docs/*.md show of the libraries.
        .executableTarget(
            name: "DocumentationExample", dependencies: ["BatchClient", "BatchWorker"],
            path: "Tests/DocumentationExample", swiftSettings: settings),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "BatchProgress", "BatchProtocol", "BatchEngine", "BatchWorker", "BatchClient", "Coordinator",
                "tally", "DocumentationExample", "ProcessTesting",
            ],
            exclude: ["ask.py", "lossy.py"], swiftSettings: settings),
        // Makes docs/tally.1 of the program's help.
        .executableTarget(name: "ManualPage", path: "scripts/lib/ManualPage", swiftSettings: settings),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
