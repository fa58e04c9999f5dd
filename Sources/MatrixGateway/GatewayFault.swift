/// Why the gateway can't begin, or go on: what is wrong, and what to do.
package struct GatewayFault: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
