import CZeroMQ
import Glibc

/// libzmq's socket and its options. Who owns it closes it, once.
struct SocketHandle {
    let pointer: UnsafeMutableRawPointer

    init(opening type: CInt) throws(ZeroMQError) {
        pointer = try ZeroMQContext.openSocket(type)
    }

    func close() {
        ZeroMQContext.closeSocket(pointer)
    }

    func set(_ option: CInt, _ value: Int) throws(ZeroMQError) {
        guard var value = CInt(exactly: value) else {
            throw ZeroMQError(code: EINVAL, operation: "set option \(option) to \(value)")
        }
        try check(zmq_setsockopt(pointer, option, &value, MemoryLayout<CInt>.size), "set option \(option)")
    }

    func set(_ option: CInt, _ value: Int64) throws(ZeroMQError) {
        var value = value
        try check(zmq_setsockopt(pointer, option, &value, MemoryLayout<Int64>.size), "set option \(option)")
    }

    func set(_ option: CInt, _ value: [UInt8]) throws(ZeroMQError) {
        try check(zmq_setsockopt(pointer, option, value, value.count), "set option \(option)")
    }

    func text(_ option: CInt) throws(ZeroMQError) -> String {
        var bytes = [UInt8](repeating: 0, count: 512)
        var count = bytes.count
        try check(zmq_getsockopt(pointer, option, &bytes, &count), "get option \(option)")
        return String(decoding: bytes.prefix(count).prefix { $0 != 0 }, as: UTF8.self)
    }

    private func check(_ result: CInt, _ operation: String) throws(ZeroMQError) {
        guard result == 0 else { throw .last(operation) }
    }
}
