import Glibc

/// The port in a `tcp://` endpoint, which libzmq takes modulo 65536: port 99999 would quietly be 34463.
enum TCPPort {
    static func require(in endpoint: String, operation: String) throws(ZeroMQError) {
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return }
        let port = endpoint[endpoint.index(after: colon)...]
        guard !port.isEmpty, port.utf8.allSatisfy({ (48...57).contains($0) }) else { return }
        guard UInt16(port) != nil else {
            throw ZeroMQError(code: EINVAL, operation: operation, endpoint: endpoint)
        }
    }
}
