import BatchEngine
import BatchProgress
import BatchProtocol

// Between the words of the wire and those of the engine, which knows no wire.

extension WorkerIntroduction {
    /// Throws what is wrong with it, in the words of the message.
    package init(_ ready: WorkerMessage.Ready, session: SessionID) throws(WireError) {
        guard 1...WireLimits.workerSlots ~= ready.slots else {
            throw WireError(.malformed, "'slots' is 1 to \(WireLimits.workerSlots), not \(ready.slots)")
        }
        try Self.check(capacity: ready.capacity)
        guard 1...WireLimits.workerTypes ~= ready.types.count, ready.types.allSatisfy({ BatchID($0) != nil })
        else {
            throw WireError(
                .malformed, "'types' is 1 to \(WireLimits.workerTypes) names, each \(BatchID.requirement)")
        }
        if let lane = ready.lane, lane.unicodeScalars.count > WireLimits.labelCharacters {
            throw WireError(.tooLarge, "'lane' has more than \(WireLimits.labelCharacters) characters")
        }
        self.init(
            session: session, name: ready.worker.cut(toScalars: WireLimits.nameCharacters),
            types: Set(ready.types).sorted(), lane: ready.lane, slots: ready.slots, capacity: ready.capacity)
    }

    package static func check(capacity: Int) throws(WireError) {
        guard 0...WireLimits.workerCapacity ~= capacity else {
            throw WireError(.malformed, "'capacity' is 0 to \(WireLimits.workerCapacity), not \(capacity)")
        }
    }
}

extension SessionID {
    package init(checking text: String) throws(WireError) {
        guard let session = SessionID(text) else {
            throw WireError(.malformed, "a session is \(BatchID.requirement)")
        }
        self = session
    }
}

extension OperationReport {
    package init(_ message: ReportMessage) throws(WireError) {
        self.init(
            session: try SessionID(checking: message.session), batch: message.batch, attempt: message.attempt,
            started: message.started ?? [], shares: message.progress ?? [],
            completed: message.completed ?? [],
            ended: message.outcomes.map { Ended(operation: $0.operation, outcome: $0.outcome) })
    }
}

extension WorkerOrder {
    package init(_ grant: Grant, sequence: Int, operations: [BatchOperation]) {
        let header = GrantHeader(
            batch: grant.batch, type: grant.type, attempt: grant.attempt,
            retriesFailures: grant.retriesFailures, sequence: sequence, operations: grant.operations)
        self = .grant(header, data: operations.map(\.data))
    }
}

extension ChunkHeader {
    /// The chunk's operations, with their data.
    package func operations(data: [[UInt8]]) throws(WireError) -> [BatchOperation] {
        try check(data)
        var operations: [BatchOperation] = []
        operations.reserveCapacity(data.count)
        for run in types {
            for _ in 0..<run.count {
                let index = operations.count
                operations.append(
                    BatchOperation(type: run.type, data: data[index], label: labels?[index]))
            }
        }
        return operations
    }

    private func check(_ data: [[UInt8]]) throws(WireError) {
        guard 1...WireLimits.operationsPerChunk ~= data.count else {
            throw WireError(
                .tooLarge, "a chunk holds 1 to \(WireLimits.operationsPerChunk) operations, not \(data.count)"
            )
        }
        guard 0...WireLimits.highestOperation ~= first else {
            throw WireError(.malformed, "'first' is 0 to \(WireLimits.highestOperation), not \(first)")
        }
        guard types.allSatisfy({ 1...data.count ~= $0.count }),
            types.reduce(0, { $0 + $1.count }) == data.count
        else {
            throw WireError(.malformed, "'types' doesn't count \(data.count) operations, as many as came")
        }
        guard labels == nil || labels?.count == data.count else {
            throw WireError(.malformed, "'labels' holds \(labels?.count ?? 0), for \(data.count) operations")
        }
        if let type = types.map(\.type).first(where: { BatchID($0) == nil }) {
            throw WireError(.malformed, "'\(type.prefix(80))' is no type: \(BatchID.requirement)")
        }
        if let long = labels?.firstIndex(where: {
            ($0?.unicodeScalars.count ?? 0) > WireLimits.labelCharacters
        }) {
            throw WireError(
                .tooLarge,
                "operation \(first + long) has a label of more than \(WireLimits.labelCharacters) characters")
        }
        if let large = data.firstIndex(where: { $0.count > WireLimits.dataBytes }) {
            throw WireError(
                .tooLarge,
                "operation \(first + large) has \(data[large].count) bytes of data; at most \(WireLimits.dataBytes)"
            )
        }
        guard data.reduce(0, { $0 + $1.count }) <= WireLimits.chunkBytes else {
            throw WireError(.tooLarge, "a chunk holds at most \(WireLimits.chunkBytes) bytes of data")
        }
    }
}

extension OperationDigest {
    package init?(checking text: String?) throws(WireError) {
        guard let text else { return nil }
        guard let digest = OperationDigest(text) else {
            throw WireError(.malformed, "'digest' is 16 hexadecimal digits")
        }
        self = digest
    }
}

extension BatchRequest {
    /// What is wrong with it; nil if nothing is.
    package var fault: WireError? {
        if !(0...100).contains(retries) {
            return WireError(.malformed, "'retries' is 0 to 100, not \(retries)")
        }
        for (name, text) in [("label", label), ("actor", actor), ("interface", interface), ("lane", lane)] {
            if let text, text.unicodeScalars.count > WireLimits.labelCharacters {
                return WireError(
                    .tooLarge, "'\(name)' has more than \(WireLimits.labelCharacters) characters")
            }
        }
        return onEnd?.fault
    }
}

extension EndAction {
    fileprivate var fault: WireError? {
        if BatchID(type) == nil {
            return WireError(.malformed, "'onEnd.type' is \(BatchID.requirement)")
        }
        if data[Self.eventField] != nil {
            return WireError(.malformed, "'onEnd.data.\(Self.eventField)' is put in when the batch has ended")
        }
        if JSONValue.object(data).bytes.count > WireLimits.onEndBytes {
            return WireError(.tooLarge, "'onEnd.data' has more than \(WireLimits.onEndBytes) bytes")
        }
        return nil
    }
}

extension OpenAnswer {
    package init(_ opened: OpenedBatch) {
        self.init(total: opened.total, digest: opened.digest.description, sealed: opened.sealed)
    }
}

extension WireError {
    package init(_ refusal: Refusal) {
        let code: Code =
            switch refusal {
            case .unknownBatch: .unknownBatch
            case .reservedID: .malformed
            case .conflictingBatch, .conflictingOperations, .conflictingSeal, .wrongDigest: .conflict
            case .alreadySealed, .alreadyEnded, .nothingToRetry, .nothingLost, .notEnded, .emptyBatch:
                .wrongState
            case .tooManyTypes, .tooManyOperations: .tooLarge
            case .tooManyOpenBatches, .tooManyActiveBatches: .tooMany
            }
        self.init(code, refusal.description)
        if case .conflictingOperations(_, let expected) = refusal { self.expected = expected }
    }
}
