import BatchProgress

/// How operations of a type are run.
enum OperationHandler: Sendable {
    /// At once, on the worker's own thread: for what takes no time at all.
    case immediate(@Sendable ([UInt8]) -> OperationOutcome)
    /// In a task on the worker's own thread, cancelled when the operation is to stop: for what only waits. To wake
    /// another thread and come back takes longer than a short command.
    case waiting(@Sendable ([UInt8], OperationContext) async -> OperationOutcome)
    /// In a task elsewhere that is cancelled when the operation is to stop.
    case task(@Sendable ([UInt8], OperationContext) async -> OperationOutcome)
}

extension OperationHandler {
    /// Wraps a body that throws: a cancellation is one only if somebody asked for it.
    static func throwing(
        _ body: @escaping @Sendable ([UInt8], OperationContext) async throws -> Void
    ) -> OperationHandler {
        .task { data, context in
            do {
                try await body(data, context)
                return OperationOutcome(kind: .completed)
            } catch {
                if Task.isCancelled { return OperationOutcome(kind: .cancelled) }
                let message = (error as? OperationFailure)?.message ?? String(describing: error)
                return OperationOutcome(kind: .failed, message: message.cut(toScalars: 200))
            }
        }
    }

    /// Does nothing, for trials.
    static let noOp = OperationHandler.immediate { _ in OperationOutcome(kind: .completed) }

    /// Sleeps as many seconds as its data says, in decimal, for trials.
    static let sleep = OperationHandler.throwing { data, _ in
        guard let seconds = Double(String(decoding: data, as: UTF8.self)), 0...86_400 ~= seconds else {
            throw OperationFailure("the data of 'sleep' is a number of seconds, 0 to 86400")
        }
        try await Task.sleep(for: .seconds(seconds))
    }
}
