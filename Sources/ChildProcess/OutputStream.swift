import CChildProcess
import Glibc

/// The reading end of one of a command's outputs, and what came out of it.
struct OutputStream: ~Copyable {
    enum Kind { case standardOutput, standardError }

    private var descriptor: Descriptor?
    private var capture: OutputCapture

    init(_ open: consuming Descriptor, keepingIn folder: [UInt8]?) {
        descriptor = consume open
        capture = OutputCapture(keepingIn: folder)
    }

    var isOpen: Bool { descriptor != nil }
    var output: CapturedOutput { capture.output }

    /// One read and no more: who writes fast gets no more turns than others.
    /// - Returns: how many bytes came; 0 at the end and when there is nothing now.
    @discardableResult
    mutating func readOnce(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let number = descriptor?.number else { return 0 }
        let count = read(number, buffer.baseAddress, buffer.count)
        if count > 0 {
            capture.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            descriptor = nil
        }
        return max(count, 0)
    }

    /// Reads what the pipe holds, and doesn't wait for its end: a daemon may hold it open for ever.
    mutating func drain(into buffer: UnsafeMutableRawBufferPointer) {
        guard let number = descriptor?.number else { return }
        // What a daemon adds meanwhile can't make this endless.
        var capacity = Int(cchild_pipe_capacity(number))
        while capacity > 0 {
            let count = readOnce(into: buffer)
            if count == 0 { break }
            capacity -= count
        }
        descriptor = nil
    }
}
