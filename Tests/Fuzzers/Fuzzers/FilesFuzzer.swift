import AccessControl
import BatchProgress
import BatchProtocol
import ZeroMQ

@testable import BatchWorker
@testable import CLIGateway

extension Fuzzer {
    /// Files, and words of one form, by their first byte.
    static let files = Fuzzer(name: "files") { bytes in
        let (kind, text) = (bytes.first, String(decoding: bytes.dropFirst(), as: UTF8.self))
        switch kind {
        case UInt8(ascii: "s"): checkSettings(text)
        case UInt8(ascii: "a"): checkAllowList(text)
        case UInt8(ascii: "k"): checkKeyFile(text)
        case UInt8(ascii: "p"): checkProgress(Array(bytes.dropFirst()))
        case UInt8(ascii: "t"): checkTimestamp(text)
        case UInt8(ascii: "d"): checkDigest(text)
        case UInt8(ascii: "c"): checkAddress(text)
        default: checkID(text)
        }
    }

    private static let known = ["TALLY_LOG", "TALLY_COORDINATOR"].map { name in
        Setting(name) { $0.isEmpty ? "\(name) is empty" : nil }
    }

    private static func checkSettings(_ text: String) {
        let file = SettingsFile(path: "settings", text: text)
        let settings = ResolvedSettings(known, given: [], environment: [:], file: file)
        let names = Set(known.map(\.name))
        require(settings.entries.allSatisfy { names.contains($0.name) }, "unknown: \(settings.entries)")
        guard !text.contains("\r") else { return }
        let other = SettingsFile(path: "settings", text: text.withCarriageReturns)
        let same = ResolvedSettings(known, given: [], environment: [:], file: other)
        require(same == settings, "with CR LF it says something else")
    }

    private static func checkAllowList(_ text: String) {
        let list = try? AllowList(text)
        guard !text.contains("\r") else { return }
        require(list == (try? AllowList(text.withCarriageReturns)), "with CR LF it says something else")
    }

    private static func checkKeyFile(_ text: String) {
        guard let file = try? KeyFile(text) else { return }
        require((try? KeyFile(file.secretText)) == file, "another when read again")
    }

    private static func checkProgress(_ line: [UInt8]) {
        guard let said = ProgressFile.parse(line) else { return }
        require(0...1 ~= said.progress, "\(said.progress)")
        require((said.message?.unicodeScalars.count ?? 0) <= 200, "a long message")
    }

    private static func checkTimestamp(_ text: String) {
        guard let moment = Timestamp(text) else { return }
        // Written with milliseconds, and rounded down.
        let left = Timestamp(moment.description).map { (moment - $0).microseconds }
        require(left.map { 0..<1000 ~= $0 } == true, "\(text) is \(moment)")
    }

    private static func checkDigest(_ text: String) {
        guard let digest = OperationDigest(text) else { return }
        require(digest.description == text.lowercased(), "\(text) is \(digest)")
    }

    private static func checkAddress(_ text: String) {
        guard let addresses = try? CoordinatorAddresses(control: text) else { return }
        let all = [addresses.control, addresses.events, addresses.dispatch, addresses.completions]
        require(Set(all).count >= 3, "\(all)")
        for address in all.dropFirst() where addresses.isTCP {
            let port = address.split(separator: ":").last.flatMap { UInt16($0) }
            require(port != nil, "\(address) has no port")
        }
        _ = CoordinatorAddresses.reachable(text, via: addresses.control)
    }

    private static func checkID(_ text: String) {
        guard let id = BatchID(text) else { return }
        require(id.description.utf8.elementsEqual(text.utf8) && 1...64 ~= text.utf8.count, text)
        require(BatchID(id.onEnd.description) == id.onEnd && id.onEnd.isOnEnd, "\(id.onEnd)")
        let topic = EventMessage.topic(of: id)
        require(topic.split(separator: UInt8(ascii: ".")).count == 2, "another's topic may begin so")
    }
}

extension String {
    fileprivate var withCarriageReturns: String {
        split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    }
}
