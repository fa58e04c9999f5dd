// swift-tools-version: 6.2
// What meets the outside, and no more: without sockets, the store, HTTP libraries, and all that they need, so that it
// is built in a minute or two. scripts/fuzz puts it beside a copy of the sources.
import PackageDescription

let collections = "swift-collections"

/// libFuzzer sees which branches an input takes.
let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer"])]

/// A room of the sources, or some files of it.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], only sources: [String]? = nil) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(name)", sources: sources,
        swiftSettings: instrumented)
}

let package = Package(
    name: "fuzzers",
    dependencies: [.package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0")],
    targets: [
        room("BatchProgress"),
        room("BatchProtocol", ["BatchProgress"]),
        room(
            "BatchEngine",
            [
                "BatchProgress", .product(name: "DequeModule", package: collections),
                .product(name: "HeapModule", package: collections),
            ]),
        room(
            "BatchWorker",
            ["BatchProgress", "BatchProtocol", .product(name: "DequeModule", package: collections)],
            only: ["Session", "Command/ProgressFile.swift"]),
        room("BatchClient", ["BatchProgress"], only: ["Exports.swift", "Mirror"]),
        room("Coordinator", ["BatchProgress", "BatchProtocol", "BatchEngine"], only: ["Translation.swift"]),
        .systemLibrary(name: "CZeroMQ", path: "Sources/CZeroMQ"),
        room("ZeroMQ", ["CZeroMQ"], only: ["Security/CurveKey.swift"]),
        room(
            "AccessControl", ["BatchProgress", "BatchProtocol", "ZeroMQ"],
            only: ["AccessRules.swift", "AllowList.swift", "KeyFile.swift", "KeyName.swift", "Role.swift"]),
        room("ChildProcess", only: ["PrintableText.swift"]),
        room("CommandTemplate"),
        room(
            "CLIGateway", ["BatchProgress", "BatchProtocol", "CommandTemplate"],
            only: [
                "ExitCode.swift", "View", "Settings", "Input/BufferedInput.swift",
                "Input/OperationLine.swift",
                "Input/OperationLines.swift", "Input/PieceStream.swift", "Run/JobLog.swift",
                "Run/OutputOrder.swift", "Run/OutputStreams.swift", "Run/RunError.swift",
                "Run/SpoolFile.swift", "Terminal/Descriptor.swift", "Print/BatchListing.swift",
                "Print/Descriptor+Print.swift", "Print/TextTable.swift", "Print/WorkerListing.swift",
            ]),
        room(
            "HTTPGateway", ["BatchClient", "BatchProgress", "BatchProtocol"],
            only: [
                "Routes/SubmittedBatch.swift", "Server/AccessToken.swift", "Server/HostName.swift",
                "Server/RequestGate.swift", "Streams/StreamForm.swift", "Streams/StreamForm+Accept.swift",
            ]),
        room("MCPProtocol", ["BatchProgress"]),
        room(
            "MCPGateway", ["BatchProgress", "MCPProtocol"],
            only: [
                "Resources/BatchURI.swift", "Stdio/LineInput.swift", "Tools/StatusText.swift",
                "Tools/ToolArguments.swift",
            ]),
        room(
            "MatrixAPI", ["BatchProgress"],
            only: [
                "AnswerReading.swift", "HomeserverAddress.swift", "MatrixDevice.swift", "MatrixError.swift",
                "MatrixEvent.swift", "MatrixRequest.swift", "PowerLevels.swift", "SyncAnswer.swift",
            ]),
        room("MatrixRoom", ["BatchProgress"]),
        room("MatrixGateway", ["BatchProgress", "MatrixAPI"], only: ["Rooms/GatewayClaim.swift"]),
        .target(name: "CFuzzer", path: "CFuzzer"),
        .executableTarget(
            name: "Fuzzers",
            dependencies: [
                "AccessControl", "BatchClient", "BatchEngine", "BatchProgress", "BatchProtocol",
                "BatchWorker", "CFuzzer", "CLIGateway", "ChildProcess", "CommandTemplate", "Coordinator",
                "HTTPGateway", "MCPGateway", "MCPProtocol", "MatrixAPI", "MatrixGateway", "MatrixRoom",
                "ZeroMQ",
            ],
            path: "Fuzzers", linkerSettings: [.linkedLibrary("stdc++"), .unsafeFlags(["-use-ld=lld"])]),
    ],
    swiftLanguageModes: [.v6]
)
