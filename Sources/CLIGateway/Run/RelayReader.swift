import BatchProtocol
import Foundation
import Glibc
import Synchronization

/// Reads what workers relay of their operations' output, and writes it: of one operation whole, before the
/// next. While the output isn't taken nothing is read, so the workers wait.
final class RelayReader: Sendable {
    private struct State {
        var order: OutputOrder?
        /// The workers' pipes.
        var open: Set<CInt> = []
    }

    private let output: OutputStreams
    private let ended: @Sendable (RelayHeader) -> RelayOrder?
    /// Held while something is read and written: one operation at a time, among all workers. While nobody holds
    /// it, all that was read is dealt with.
    private let state: Mutex<State>

    /// - Parameters:
    ///   - order: nil: output is written as operations end.
    ///   - ended: told of each attempt's end once its output is written, and decides for workers that ask.
    init(
        writingTo output: OutputStreams, in order: OutputOrder?,
        ended: @escaping @Sendable (RelayHeader) -> RelayOrder?
    ) {
        self.output = output
        self.ended = ended
        state = Mutex(State(order: order))
    }

    /// A worker may write to this pipe from now on.
    func add(_ descriptor: CInt) {
        state.withLock { _ = $0.open.insert(descriptor) }
    }

    /// Until the worker has closed its end; takes a thread of its own for that long.
    func read(from descriptor: CInt, tell: @escaping @Sendable (RelayOrder) -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var input = BufferedInput(descriptor: descriptor)
                while Self.awaitInput(descriptor), self.relayAll(&input, tell) {}
                self.state.withLock { _ = $0.open.remove(descriptor) }
                close(descriptor)
                continuation.resume()
            }
        }
    }

    /// Whether output waits for an operation of which nothing has come. While some is being written it doesn't.
    var isWaiting: Bool { state.withLockIfAvailable { $0.order?.isWaiting == true } ?? false }

    /// All operations below this number had ended before this is called. It doesn't wait for output that nobody
    /// takes: then it is to be told again.
    func noteEnded(below number: Int) {
        state.withLockIfAvailable { state in
            // What they wrote is read, unless it still is in a pipe.
            guard state.open.allSatisfy(Self.isEmpty) else { return }
            state.order?.advance(to: number)
        }
    }

    /// All workers have gone.
    func finish() {
        state.withLock { $0.order?.finish() }
    }

    /// False at the end, or if the worker ended in the middle.
    private func relayAll(_ input: inout BufferedInput, _ tell: (RelayOrder) -> Void) -> Bool {
        state.withLock { state in
            repeat {
                guard let line = input.readLine(),
                    let header = try? WireFormat.decode(RelayHeader.self, from: line)
                else { return false }
                let isWhole =
                    state.order?.take(header, from: &input) ?? input.copyOutput(header, to: output)
                guard isWhole else { return false }
                if let order = ended(header) { tell(order) }
            } while input.hasBuffered
            return true
        }
    }

    private static func awaitInput(_ descriptor: CInt) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, -1) < 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    private static func isEmpty(_ descriptor: CInt) -> Bool {
        var count: CInt = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count == 0
    }
}
