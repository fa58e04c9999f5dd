import HTTPTypes
import Hummingbird

/// Which methods each path takes. The router itself answers 404 to a method it doesn't know.
struct RouteTable: Sendable {
    private struct Route: Sendable {
        var parts: [Substring]
        var methods: [HTTPRequest.Method]
    }

    private let routes: [Route]

    init(_ routes: [(path: String, method: HTTPRequest.Method)]) {
        let byPath = Dictionary(grouping: routes, by: \.path)
        self.routes = byPath.map { path, routes in
            Route(
                parts: path.split(separator: "/"),
                methods: routes.map(\.method).sorted { $0.rawValue < $1.rawValue })
        }
    }

    /// Sorted by name; nil if there is nothing at the path.
    func methods(at path: String) -> [HTTPRequest.Method]? {
        let parts = path.split(separator: "/")
        return routes.first { Self.matches($0.parts, parts) }?.methods
    }

    private static func matches(_ pattern: [Substring], _ parts: [Substring]) -> Bool {
        if pattern.last == "**" {
            return parts.count >= pattern.count
                && matches(pattern.dropLast(), Array(parts.prefix(pattern.count - 1)))
        }
        return pattern.count == parts.count
            && zip(pattern, parts).allSatisfy { $0 == $1 || $0.hasPrefix(":") || $0.hasPrefix("{") }
    }
}
