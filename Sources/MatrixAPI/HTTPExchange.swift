import AsyncHTTPClient
import BatchProgress
import Glibc
import NIOCore
import NIOHTTP1

/// Carries out requests: the only place that knows of HTTP connections.
struct HTTPExchange: Sendable {
    // For the whole process, since a client must be shut down before it goes: this one never goes.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            // Never sent on with the token to wherever an answer points to.
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10)))
        // Whoever asks waits and tries again; the reason of the first failure is told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    let homeserver: HomeserverAddress
    let accessToken: String?
    private let metrics = RequestMetrics()

    init(homeserver: HomeserverAddress, accessToken: String?) {
        self.homeserver = homeserver
        self.accessToken = accessToken
    }

    /// - Throws: `MatrixError`, or `CancellationError`.
    func answer(to request: MatrixRequest) async throws -> JSONValue {
        do {
            let answer = try await rawAnswer(to: request).object()
            metrics.answer()
            return answer
        } catch let error as MatrixError {
            metrics.failed(error)
            throw error.without(secret: accessToken)
        }
    }

    private func rawAnswer(to request: MatrixRequest) async throws -> RawAnswer {
        try await withThrowingTaskGroup(of: RawAnswer.self) { group in
            group.addTask { try await send(request) }
            // HTTPClient's own deadline ends with the head: a body could come by drops for ever.
            group.addTask {
                try await Task.sleep(for: request.timeout)
                throw MatrixError.unreachable("no answer within \(request.timeout)")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { preconditionFailure("two tasks were added") }
            return first
        }
    }

    private func send(_ request: MatrixRequest) async throws -> RawAnswer {
        do {
            let response = try await Self.client.execute(
                httpRequest(request), deadline: .now() + TimeAmount(request.timeout))
            let body = try await response.body.collect(upTo: request.answerLimit)
            return RawAnswer(
                status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"),
                location: response.headers.first(name: "Location"), body: Array(body.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw MatrixError.unusable("more than \(request.answerLimit) bytes")
        } catch let error as CancellationError {
            throw error
        } catch let error as IOError {
            throw MatrixError.unreachable(String(cString: strerror(error.errnoCode)))
        } catch {
            try Task.checkCancellation()
            throw MatrixError.unreachable("\(error)".shown)
        }
    }

    private func httpRequest(_ request: MatrixRequest) -> HTTPClientRequest {
        var sent = HTTPClientRequest(url: homeserver.text + request.target)
        sent.method = .init(rawValue: request.method.rawValue)
        sent.headers.add(name: "User-Agent", value: "tally")
        if let accessToken { sent.headers.add(name: "Authorization", value: "Bearer \(accessToken)") }
        if let body = request.body {
            sent.headers.add(name: "Content-Type", value: "application/json")
            sent.body = .bytes(body.bytes)
        }
        return sent
    }
}

extension MatrixError {
    /// A homeserver, or what poses as one, may say back what it was sent.
    fileprivate func without(secret: String?) -> MatrixError {
        guard let secret, !secret.isEmpty else { return self }
        func clean(_ text: String) -> String {
            text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "…")
        }
        return switch self {
        case .limited, .unknownToken, .tooLarge: self
        case .forbidden(let text): .forbidden(clean(text))
        case .notFound(let text): .notFound(clean(text))
        case .refused(let status, let code, let text):
            .refused(status: status, code: clean(code), message: clean(text))
        case .unusable(let text): .unusable(clean(text))
        case .unreachable(let text): .unreachable(clean(text))
        }
    }
}
