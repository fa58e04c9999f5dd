import CZeroMQ

/// Half of a key pair of CURVE (RFC 26), as text: 40 characters of Z85 (RFC 32).
public struct CurveKey: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// Nil unless it is 40 characters of Z85.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 40, text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        description = String(text)
    }

    /// The 32 bytes as they travel.
    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        var text = [CChar](repeating: 0, count: 41)
        guard zmq_z85_encode(&text, bytes, bytes.count) != nil else { return nil }
        self.init(String(decoding: text.prefix(40).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    private static let alphabet = Set(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)
}

/// Who a process is. Whoever has the secret half is that process to all others.
public struct CurveKeyPair: Hashable, Sendable {
    public let publicKey: CurveKey
    public let secretKey: CurveKey

    /// A new one, by libsodium's or the system's source of randomness.
    public static func generate() -> CurveKeyPair {
        var (publicText, secretText) = ([CChar](repeating: 0, count: 41), [CChar](repeating: 0, count: 41))
        precondition(zmq_curve_keypair(&publicText, &secretText) == 0, "this libzmq was built without CURVE")
        guard let publicKey = CurveKey(string(publicText)), let secretKey = CurveKey(string(secretText))
        else {
            preconditionFailure("libzmq makes keys in Z85")
        }
        return CurveKeyPair(publicKey: publicKey, secretKey: secretKey)
    }

    /// Nil if no key pair has this secret half.
    public init?(secretKey: CurveKey) {
        var publicText = [CChar](repeating: 0, count: 41)
        guard zmq_curve_public(&publicText, secretKey.description) == 0,
            let publicKey = CurveKey(Self.string(publicText))
        else { return nil }
        self.init(publicKey: publicKey, secretKey: secretKey)
    }

    private init(publicKey: CurveKey, secretKey: CurveKey) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
