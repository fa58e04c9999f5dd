import BatchProgress
import FoundationEssentials

extension Fuzzer {
    /// What we read as JSON ourselves is what Foundation reads, which also takes some texts that are none; and what
    /// Foundation writes we read. So it is with what is skipped, since it is too deep.
    static let json = Fuzzer(name: "json", isJSON: true) { bytes in
        let foundations = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        if let ours = try? JSONValue(reading: bytes) {
            require(foundations.map(ours.isAlike) == true, "\(ours) is \(String(describing: foundations))")
        }
        requireSkipped(bytes)
        guard let foundations else { return }
        do throws(JSONValue.ReadingFault) {
            let ours = try JSONValue(reading: foundations.bytes)
            require(ours.isAlike(foundations), "\(ours) is \(foundations)")
        } catch {
            require(error.description.contains("nested"), "\(foundations): \(error)")
        }
    }
}

private func requireSkipped(_ bytes: [UInt8]) {
    let deep =
        [UInt8](repeating: UInt8(ascii: "["), count: 128) + bytes
        + [UInt8](repeating: UInt8(ascii: "]"), count: 128)
    let isSkipped = (try? JSONValue(reading: deep, tooDeep: .null)) != nil
    if (try? JSONValue(reading: bytes)) != nil { require(isSkipped, "what is JSON isn't skipped") }
    // Foundation reads 512 levels.
    guard isSkipped, bytes.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) < 300 else {
        return
    }
    require((try? JSONDecoder().decode(Anything.self, from: Data(deep))) != nil, "what is no JSON is skipped")
}

/// Of which nothing is taken: it is read as far as it has to be to see whether it is JSON.
private struct Anything: Decodable {
    init(from decoder: any Decoder) {}
}

extension JSONValue {
    /// The same, but for the last digits of numbers: those that are whole beyond 2^53 Foundation reads in another way.
    fileprivate func isAlike(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let mine), .array(let others)):
            mine.count == others.count && zip(mine, others).allSatisfy { $0.isAlike($1) }
        case (.object(let mine), .object(let others)):
            mine.count == others.count && mine.allSatisfy { others[$0.key].map($0.value.isAlike) == true }
        default:
            self == other || number.map { number in other.number.map { isNear($0, number) } == true } == true
        }
    }

    private var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

private func isNear(_ one: Double, _ other: Double) -> Bool { abs(one - other) <= 1e-15 * abs(one) }
