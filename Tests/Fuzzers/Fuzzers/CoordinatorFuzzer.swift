import AccessControl
import BatchProgress
import BatchProtocol

extension Fuzzer {
    /// Messages of clients and workers, as they come in frames: `c`, `d` or `r` and then the frames of one on control,
    /// dispatch or completions; `t` and so many milliseconds that pass; `k`: the coordinator was killed.
    static let coordinator = Fuzzer(name: "coordinator", isJSON: true) { bytes in
        let coordinator = FuzzedCoordinator()
        for message in Frames.messages(in: bytes) {
            let (kind, frames) = (message[0].first, [Array(message[0].dropFirst())] + message.dropFirst())
            switch kind {
            case UInt8(ascii: "c"): receiveRequest(frames, coordinator)
            case UInt8(ascii: "d"):
                guard let message = try? WorkerMessage(frames: frames) else { continue }
                requireSame(message) { try WorkerMessage(frames: $0.frames) }
                try? coordinator.receive(message)
            case UInt8(ascii: "r"):
                guard let message = try? ReportMessage(frames: frames) else { continue }
                requireSame(message) { try ReportMessage(frames: $0.frames) }
                try? coordinator.receive(message)
            case UInt8(ascii: "t"):
                let digits = String(decoding: frames[0].prefix(8), as: UTF8.self)
                coordinator.wait(milliseconds: max(0, Int(digits) ?? 0))
            case UInt8(ascii: "k"): coordinator.restart()
            default: _ = ControlRequest.id(in: message)
            }
        }
    }

    private static let holders: [AllowList.Holder] = {
        guard let name = KeyName("ann") else { preconditionFailure("this is a name") }
        return [Set(Role.allCases), [.watch]].map { AllowList.Holder(name: name, roles: $0) }
    }()

    private static func receiveRequest(_ frames: [[UInt8]], _ coordinator: FuzzedCoordinator) {
        let request: ControlRequest
        do {
            request = try ControlRequest(frames: frames)
        } catch {
            _ = WireFormat.encode(
                ControlAnswer<NoBody>(id: ControlRequest.id(in: frames), error: error))
            return
        }
        requireSame(request) { try ControlRequest(frames: $0.frames) }
        for holder in holders {
            var verb = request.verb
            try? AccessRules.admit(&verb, by: holder)
        }
        coordinator.receive(request)
    }
}

/// What was decoded means the same once it is encoded and decoded again.
func requireSame<Message: Encodable>(_ message: Message, _ again: (Message) throws -> Message) {
    do {
        let before = WireFormat.encode(message)
        let after = WireFormat.encode(try again(message))
        require(before == after, "\(String(decoding: before, as: UTF8.self)) is another when read again")
    } catch {
        fatalError("\(String(decoding: WireFormat.encode(message), as: UTF8.self)): \(error)")
    }
}
