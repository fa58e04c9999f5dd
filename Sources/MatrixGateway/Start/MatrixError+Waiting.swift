import BatchProgress
import MatrixAPI
import MatrixRoom

extension MatrixError {
    /// How long to wait before the same is tried again; nil where that is of no use.
    func wait(_ backoff: inout Backoff) -> Duration? {
        var random = SystemRandomNumberGenerator()
        switch self {
        case .unreachable, .unusable: return backoff.next(using: &random)
        case .limited(let retryAfter): return max(retryAfter ?? .zero, backoff.next(using: &random))
        case .unknownToken, .forbidden, .notFound, .tooLarge, .refused: return nil
        }
    }
}

extension Duration {
    var formatted: String { HumanText.duration(seconds: inSeconds) }
}
