import AccessControl
import BatchProgress
import BatchProtocol
import ZeroMQ

extension BatchConnection {
    /// Asks, and waits for the answer.
    ///
    /// - Parameter timeout: nil: waits for ever for a coordinator that is away.
    func ask<Body: Codable & Sendable>(
        _ verb: ControlRequest.Verb, data: [Frame] = [], timeout: Duration? = .seconds(10)
    ) async throws -> Body {
        try await askWithFrames(verb, data: data, timeout: timeout).body
    }

    func askWithFrames<Body: Codable & Sendable>(
        _ verb: ControlRequest.Verb, data: [Frame] = [], timeout: Duration? = .seconds(10)
    ) async throws -> (body: Body, frames: [Frame]) {
        let patience = clock.now + Self.patienceWithTooMany
        while true {
            let frames = try await roundTrip(verb, data, timeout)
            do throws(WireError) {
                let answer = try WireFormat.decode(ControlAnswer<Body>.self, from: frames[0])
                return (try answer.value(), Array(frames.dropFirst()))
            } catch {
                guard error.code == .tooMany, clock.now < patience else { throw BatchClientError(error) }
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    /// Whoever asks very often is only held back; who has too many batches is told so after all.
    private static let patienceWithTooMany: Duration = .seconds(5)

    private func roundTrip(
        _ verb: ControlRequest.Verb, _ data: [Frame], _ timeout: Duration?
    ) async throws -> [Frame] {
        let id = requests.nextID()
        let frames = ControlRequest(id: id, verb, data: data).frames
        let now = clock.now
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !isClosed else {
                    return continuation.resume(throwing: BatchClientError.connectionClosed)
                }
                let request = OutstandingRequests.Request(
                    frames: frames, sentAt: now, deadline: timeout.map { now + $0 },
                    resume: { continuation.resume(with: $0) })
                requests.add(request, id: id)
                send(frames)
                setTimer()
            }
        } onCancel: {
            loop.execute {
                self.assumeIsolated { $0.requests.take(id)?.resume(.failure(CancellationError())) }
            }
        }
    }

    /// What can't be queued now is sent again by the timer.
    private func send(_ frames: [Frame]) {
        _ = try? control.send(frames)
    }

    func drainAnswers() {
        for _ in 0..<256 {
            guard !isClosed, case .message(let frames)? = try? control.receive() else { return }
            struct Head: Decodable { var id: Int? }
            let head = try? WireFormat.decode(Head.self, from: frames[0])
            guard let id = head?.id, let request = requests.take(id) else { continue }
            request.resume(.success(frames))
        }
    }

    func resendRequests(all: Bool) {
        for frames in requests.toSendAgain(at: clock.now, all: all) { send(frames) }
    }

    /// Whoever waits need not wait any longer; the connection is tried again, in case we are let in later.
    func refused(_ failure: HandshakeFailure) {
        let error = BatchClientError(refusedBy: address, keyName, failure)
        for request in requests.takeAll() { request.resume(.failure(error)) }
    }

    // MARK: Time

    func tick() {
        guard !isClosed else { return }
        let now = clock.now
        for request in requests.takeOverdue(at: now) {
            request.resume(.failure(BatchClientError.noCoordinator(address)))
        }
        resendRequests(all: false)
        perform(mirror.tick(at: now))
        attendIfDue(at: now)
        setTimer()
    }

    func setTimer() {
        let deadlines = [requests.nextDeadline, mirror.nextDeadline, nextAttendance].compactMap(\.self)
        if let deadline = deadlines.min() { timer?.set(at: clock.instant(of: deadline)) }
    }

    /// A sign of life every two seconds, with the batches that are attended.
    private func attendIfDue(at now: Timestamp) {
        guard nextAttendance <= now else { return }
        nextAttendance = now + .seconds(2)
        let attend = AttendRequest(batches: attended.sorted())
        send(ControlRequest(id: 0, .attend(attend)).frames)
    }
}
