import CZeroMQ
import Glibc

/// An eventfd: any thread makes it readable, which ends the loop's poll.
final class WakeUp: Sendable {
    let descriptor: CInt

    init() throws(ZeroMQError) {
        descriptor = tally_eventfd()
        guard descriptor >= 0 else { throw ZeroMQError(code: errno, operation: "eventfd") }
    }

    deinit {
        Glibc.close(descriptor)
    }

    func signal() {
        // Can only fail when the counter is full: then it is readable anyway.
        _ = eventfd_write(descriptor, 1)
    }

    func reset() {
        var count: eventfd_t = 0
        _ = eventfd_read(descriptor, &count)
    }
}
