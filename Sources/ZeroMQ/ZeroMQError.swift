import CZeroMQ
import Glibc

/// What libzmq, or the system under it, refused to do.
public struct ZeroMQError: Error, Hashable {
    /// The error number: a system `errno`, or one of libzmq's own such as `ETERM`.
    public let code: CInt
    /// What was being done: "bind", "connect", "send", …
    public let operation: String
    /// The endpoint it was done to, where there is one.
    public let endpoint: String?

    public init(code: CInt, operation: String, endpoint: String? = nil) {
        self.code = code
        self.operation = operation
        self.endpoint = endpoint
    }

    /// Whatever the libzmq call just made on this thread failed with.
    static func last(_ operation: String, endpoint: String? = nil) -> ZeroMQError {
        ZeroMQError(code: zmq_errno(), operation: operation, endpoint: endpoint)
    }
}

extension ZeroMQError: CustomStringConvertible {
    public var description: String {
        let subject = endpoint.map { "\(operation) \($0)" } ?? operation
        return "\(subject): \(meaning)"
    }

    /// The error in words that say what to look at; libzmq's own for the rare ones.
    public var meaning: String {
        switch code {
        case EADDRINUSE: "address already in use"
        case EADDRNOTAVAIL: "not an address of this machine"
        case EACCES, EPERM: "permission denied"
        case EEXIST: "a file that is not a socket is in the way"
        case EINVAL: "not a valid endpoint or setting"
        case EMFILE, ENFILE: "too many open files or sockets"
        case ENAMETOOLONG: "path is longer than \(IPCPath.maximumBytes) bytes"
        case ENODEV: "not an address or network interface of this machine"
        case ENOENT: "no such folder"
        case EPROTONOSUPPORT: "unknown transport"
        case zeroMQTerminated: "ZeroMQ has ended in this process"
        default: String(cString: zmq_strerror(code))
        }
    }
}

/// libzmq's `ETERM`: the header's arithmetic macro does not reach Swift.
let zeroMQTerminated: CInt = 156_384_712 + 53
