/// Why a homeserver didn't do what it was asked for.
package enum MatrixError: Error, Hashable, Sendable {
    /// Too many requests; told for how long to wait, at most an hour.
    case limited(retryAfter: Duration?)
    /// The access token isn't known, or no longer. After a soft logout the device may log in again and goes on.
    case unknownToken(softLogout: Bool)
    /// Such as: not in the room.
    case forbidden(String)
    case notFound(String)
    /// An event of more than 65,536 bytes.
    case tooLarge
    /// Any other refusal with one of Matrix's error codes, such as `M_BAD_JSON`.
    case refused(status: Int, code: String, message: String)
    /// What came back is no answer of a homeserver: not JSON, of a wrong shape, too large, a redirection, or 5xx.
    case unusable(String)
    /// No answer, or not in time.
    case unreachable(String)
}

extension MatrixError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .limited(let wait?): "too many requests: wait for \(wait)"
        case .limited: "too many requests"
        case .unknownToken(softLogout: false): "the access token is unknown, or was revoked"
        case .unknownToken: "the access token has expired: log in again"
        case .forbidden(let message): "forbidden: \(message)"
        case .notFound(let message): "not found: \(message)"
        case .tooLarge: "too large for an event"
        case .refused(let status, let code, let message): "\(status) \(code): \(message)"
        case .unusable(let why): "no answer of a Matrix homeserver: \(why)"
        case .unreachable(let why): "the homeserver can't be reached: \(why)"
        }
    }
}
