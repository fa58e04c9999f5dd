import BatchClient
import HTTPTypes
import Hummingbird

/// An error as a client is told it: problem details (RFC 9457).
package struct Problem: Error {
    package var status: HTTPResponse.Status
    package var detail: String
    package var headers: HTTPFields

    package init(_ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    /// What the coordinator said, or that it said nothing.
    package init(_ error: BatchClientError) {
        switch error.code {
        case .unknownBatch, .unknownOperation: self.init(.notFound, error.description)
        case .forgotten: self.init(.gone, error.description)
        case .conflict, .wrongState: self.init(.conflict, error.description)
        case .tooLarge: self.init(.contentTooLarge, error.description)
        case .malformed: self.init(.badRequest, error.description)
        // The gateway itself may not do it, whoever asked.
        case .wrongVersion, .forbidden, .keys: self.init(.badGateway, error.description)
        case .tooMany: self.init(.tooManyRequests, error.description, headers: [.retryAfter: "1"])
        case .noCoordinator, .storage, .closed:
            self.init(.serviceUnavailable, error.description, headers: [.retryAfter: "2"])
        }
    }

    static func wrongID(_ text: String) -> Problem {
        Problem(.badRequest, "'\(text.prefix(80))' is no batch id: \(BatchID.requirement)")
    }

    private struct Body: Encodable {
        /// "about:blank": it means no more than its status does.
        var type = "about:blank"
        var title: String
        var status: Int
        var detail: String
    }

    package var response: Response {
        let body = Body(title: status.reasonPhrase, status: status.code, detail: detail)
        var response = Response.json(body, status: status)
        response.headers[.contentType] = "application/problem+json"
        for field in headers { response.headers[field.name] = field.value }
        return response
    }
}
