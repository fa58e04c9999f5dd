/// Where an operation's two streams go.
struct OutputStreams: Sendable {
    var standardOutput: @Sendable ([UInt8]) -> Void
    var standardError: @Sendable ([UInt8]) -> Void
}
