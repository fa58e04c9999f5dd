/// What libzmq asks when a peer shakes hands (RFC 27, ZAP 1.0).
struct AuthenticationRequest: Hashable {
    /// Which socket: its `SocketSecurity.server` domain.
    var domain: String
    /// Nil where the mechanism is not CURVE.
    var key: CurveKey?
    private var id: Frame

    /// Nil for what is no request: nobody could be answered.
    init?(frames: [Frame]) {
        guard frames.count >= 6, frames[0] == Self.version else { return nil }
        id = frames[1]
        domain = String(decoding: frames[2], as: UTF8.self)
        let isCurve = frames[5] == Array("CURVE".utf8) && frames.count == 7
        key = isCurve ? CurveKey(bytes: frames[6]) : nil
    }

    /// Lets the peer in. Its messages carry its key as their user id.
    func acceptance(of key: CurveKey) -> [Frame] {
        answer(status: "200", user: key.description)
    }

    func refusal() -> [Frame] { answer(status: "400", user: "") }

    private func answer(status: String, user: String) -> [Frame] {
        let text = status == "200" ? "OK" : "this key is not allowed"
        return [Self.version, id, Array(status.utf8), Array(text.utf8), Array(user.utf8), []]
    }

    private static let version = Array("1.0".utf8)
}
