import Foundation

/// Runs what the documentation shows, as a program of somebody who uses the libraries.
@main struct DocumentationExample {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "work": try await work()
        case "submit": try await submit(paths: Array(CommandLine.arguments.dropFirst(2)))
        default: exit(2)
        }
    }
}
