import CChildProcess
import Glibc

/// A file descriptor that is closed with its owner.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    /// Takes the answer of a system call that returns a new descriptor, or -1 and `errno`.
    init(checking number: Int32, _ operation: @autoclosure () -> String) throws(SystemFailure) {
        guard number >= 0 else { throw SystemFailure(operation(), code: errno) }
        self.number = number
    }

    deinit { close(number) }
}

/// The two ends of a pipe; only the reading end never blocks.
struct Pipe: ~Copyable {
    let readEnd: Descriptor
    let writeEnd: Descriptor

    init() throws(SystemFailure) {
        var ends: [Int32] = [-1, -1]
        guard cchild_pipe(&ends) == 0 else { throw SystemFailure("make a pipe", code: errno) }
        readEnd = Descriptor(ends[0])
        writeEnd = Descriptor(ends[1])
    }
}
