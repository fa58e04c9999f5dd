import CChildProcess
import Glibc

/// A file that has no name any more: it is gone when this object, or the process, is.
final class TemporaryFile: Sendable {
    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    convenience init(in folder: [UInt8]) throws(SystemFailure) {
        var name = (folder + Array("/tally-output-XXXXXX".utf8) + [0]).map(CChar.init(bitPattern:))
        self.init(try Descriptor(checking: cchild_temporary_file(&name), "create a temporary file"))
    }

    /// Writes at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress
            let count = write(descriptor.number, start, rest.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw SystemFailure("write a temporary file", code: errno)
            }
        }
    }

    func append(_ bytes: [UInt8]) throws(SystemFailure) {
        try bytes.withUnsafeBufferPointer { buffer throws(SystemFailure) in
            try append(UnsafeRawBufferPointer(buffer))
        }
    }

    func read(from offset: Int64, atMost limit: Int) throws(SystemFailure) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let got = pread(descriptor.number, buffer.baseAddress, limit, off_t(offset))
            if got < 0 { failure = errno }
            count = max(got, 0)
        }
        guard failure == 0 else { throw SystemFailure("read a temporary file", code: failure) }
        return bytes
    }
}
