import Foundation
import MCPProtocol
import Synchronization

/// MCP on standard input and output: a message a line, any number of requests under way at once, both eras.
package final class StdioServer: Sendable {
    private struct State {
        var session = MCPSession()
        var underway: [RPCID: Task<Void, Never>] = [:]
    }

    private static let mostUnderway = 1000
    /// What was asked just before the input ended is answered, if that takes no longer; clients end a server that stays two
    /// seconds (the official one for Python does).
    private static let lastAnswers: Duration = .seconds(1)

    private let desk: MCPDesk
    private let outbox = Outbox()
    private let watch: ResourceWatch
    private let state = Mutex(State())

    package init(_ desk: MCPDesk) {
        self.desk = desk
        watch = ResourceWatch([], desk.client) { [outbox] uri in
            outbox.put(.resourceUpdated(uri.text, subscription: nil))
        }
    }

    /// Serves until the input ends or the task is cancelled; what is under way then, and stays so, is cancelled.
    ///
    /// - Parameters:
    ///   - descriptor: where the client's messages come from, a line each.
    ///   - write: takes a line with its end.
    package func serve(reading descriptor: CInt, write: @escaping @Sendable ([UInt8]) -> Void) async {
        let watching = Task { await watch.run() }
        let writing = Task {
            while let message = await outbox.next() { write(message.bytes + [UInt8(ascii: "\n")]) }
        }
        await readAll(from: descriptor)
        watching.cancel()
        await endWhatIsUnderway()
        outbox.finish()
        await writing.value
    }

    private func endWhatIsUnderway() async {
        let tasks = state.withLock { $0.underway.values.map(\.self) }
        let deadline = Task {
            try? await Task.sleep(for: Self.lastAnswers)
            for task in tasks { task.cancel() }
        }
        await withTaskCancellationHandler {
            for task in tasks { await task.value }
        } onCancel: {
            deadline.cancel()
        }
        deadline.cancel()
    }

    /// On a thread of its own, which a cancelled task leaves where it is.
    private func readAll(from descriptor: CInt) async {
        let (ended, continuation) = AsyncStream<Never>.makeStream()
        Thread.detachNewThread {
            var input = LineInput(descriptor: descriptor)
            while let line = input.next() { self.receive(line) }
            continuation.finish()
        }
        for await _ in ended {}
    }

    private func receive(_ line: LineInput.Line) {
        do throws(RPCFault) {
            switch line {
            case .tooLong: outbox.put(.error(nil, .tooLong(LineInput.longest)))
            case .whole(let bytes) where bytes.allSatisfy(\.isBlank): break
            case .whole(let bytes): receive(try RPCMessage(bytes))
            }
        } catch {
            outbox.put(OutgoingMessage(error))
        }
    }

    private func receive(_ message: RPCMessage) {
        switch message {
        case .request(let request): receive(request)
        case .notification(let notification): receive(notification)
        case .response: break
        }
    }

    private func receive(_ notification: RPCNotification) {
        guard notification.method == "notifications/cancelled",
            let id = notification.parameters["requestId"].flatMap(RPCID.init)
        else { return }
        state.withLock { $0.underway.removeValue(forKey: id) }?.cancel()
    }

    private func receive(_ request: RPCRequest) {
        switch answer(to: request) {
        case .result(let result): outbox.put(.result(request.id, result))
        case .refusal(let error): outbox.put(.error(request.id, error))
        case .call(let call): start(call)
        }
    }

    /// A request says itself that it is of the newer era; without that it belongs to the handshake.
    private func answer(to request: RPCRequest) -> MCPRules.Answer {
        guard ModernRequest.isOne(request) || request.method == "server/discover" else {
            return state.withLock { $0.session.receive(request, desk.rules) }
        }
        do throws(RPCError) {
            return desk.rules.answer(request, in: try ModernRequest.check(request, headers: nil))
        } catch {
            return .refusal(error)
        }
    }

    private func start(_ call: MCPCall) {
        state.withLock { state in
            guard state.underway.count < Self.mostUnderway else {
                return outbox.put(.error(call.id, .internalError("too many requests are under way")))
            }
            guard state.underway[call.id] == nil else {
                return outbox.put(.error(call.id, .invalidParams("a request with this id is under way")))
            }
            state.underway[call.id] = Task {
                let answer = await self.perform(call)
                // Nothing is said of a request once it was cancelled.
                let isAwaited = self.state.withLock { $0.underway.removeValue(forKey: call.id) != nil }
                if let answer, isAwaited { self.outbox.put(answer) }
            }
        }
    }

    private func perform(_ call: MCPCall) async -> OutgoingMessage? {
        switch call.work {
        case .subscribe(let uri): await subscribe(call, uri)
        case .unsubscribe(let uri):
            unsubscribe(call, uri)
        case .listen(let filter):
            await desk.listen(filter, call) { [outbox] in outbox.put($0) }
        default: await desk.perform(call) { [outbox] in outbox.put($0) }
        }
    }

    private func subscribe(_ call: MCPCall, _ uri: String) async -> OutgoingMessage {
        do throws(RPCError) {
            watch.add(try await desk.check(uri))
            return .result(call.id, call.dialect.result())
        } catch {
            return .error(call.id, error)
        }
    }

    private func unsubscribe(_ call: MCPCall, _ uri: String) -> OutgoingMessage {
        if let uri = BatchURI(uri) { watch.remove(uri) }
        return .result(call.id, call.dialect.result())
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\r") || self == UInt8(ascii: "\t")
    }
}
