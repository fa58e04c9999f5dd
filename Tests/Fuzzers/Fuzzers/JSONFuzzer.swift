import BatchProgress
import FoundationEssentials

extension Fuzzer {
    /// What we read as JSON ourselves is what Foundation reads, which also takes some texts that are none; and what
    /// Foundation writes we read.
    static let json = Fuzzer(name: "json", isJSON: true) { bytes in
        let foundations = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        if let ours = try? JSONValue(reading: bytes) {
            require(ours == foundations, "\(ours) is \(String(describing: foundations)) for Foundation")
        }
        guard let written = foundations?.bytes else { return }
        do throws(JSONValue.ReadingFault) {
            let ours = try JSONValue(reading: written)
            require(ours == foundations, "\(ours) is \(String(describing: foundations)) for Foundation")
        } catch {
            require(
                error.description.contains("nested"), "\(String(decoding: written, as: UTF8.self)): \(error)")
        }
    }
}
