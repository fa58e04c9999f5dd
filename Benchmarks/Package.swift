// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "tally", path: "..")],
    targets: [
        .executableTarget(
            name: "tally-bench",
            dependencies: [
                .product(name: "BatchClient", package: "tally"),
                .product(name: "BatchWorker", package: "tally"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "zeromq-bench", dependencies: [.product(name: "ZeroMQ", package: "tally")],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
