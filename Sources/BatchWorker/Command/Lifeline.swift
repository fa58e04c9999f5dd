import BatchProtocol
import Foundation
import Glibc

/// The pipe from whoever started this worker: it brings orders, and is open as long as they live.
package struct Lifeline: Sendable {
    /// They end when the pipe closes.
    let orders: AsyncStream<RelayOrder>
    let kill: @Sendable () -> Void

    /// Reads on a thread of its own. When the pipe has closed nobody is left to work for: the process ends within
    /// a second, however far it has come with what it has to say.
    ///
    /// - Parameter kill: ends what runs, at once.
    package init(readingFrom descriptor: CInt, kill: @escaping @Sendable () -> Void) {
        let (orders, continuation) = AsyncStream<RelayOrder>.makeStream()
        self.orders = orders
        self.kill = kill
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(descriptor, &byte, 1)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                if let order = RelayOrder(rawValue: byte) { continuation.yield(order) }
            }
            continuation.finish()
            Thread.sleep(forTimeInterval: 0.2)
            kill()
            Thread.sleep(forTimeInterval: 0.8)
            _exit(1)
        }
    }
}
