import Logging
import MatrixAPI
import MatrixRoom

/// How the gateway comes to its account, each fault told with what to do.
struct AccountLogin {
    let configuration: GatewayConfiguration
    let store: GatewayStore
    let log: Logger

    private static let deviceName = "tally matrix"

    /// A homeserver that was there in an earlier run is waited for; where there was none, its address is wrong.
    func account() async throws -> MatrixAccount {
        let kept: MatrixAccount? = try store.fact(.account)
        let known = kept?.homeserver == configuration.homeserver ? kept : nil
        var backoff = Backoff()
        while true {
            do {
                let account = try await check(known)
                try keep(account)
                return account
            } catch let error as MatrixError {
                guard known != nil, let wait = error.wait(&backoff) else { throw fault(error) }
                log.warning("\(error); trying again in \(wait.formatted)")
                try await Task.sleep(for: wait)
            }
        }
    }

    /// A token that was given stays where it was put: it isn't ours to keep.
    private func keep(_ account: MatrixAccount) throws {
        var kept = account
        if case .token = configuration.credentials { kept.accessToken = "" }
        try store.setFact(.account, to: kept)
    }

    private func check(_ known: MatrixAccount?) async throws -> MatrixAccount {
        switch configuration.credentials {
        case .token(let token):
            let client = try MatrixClient(homeserver: configuration.homeserver, accessToken: token)
            let (user, device) = try await client.whoAmI()
            guard let device else {
                throw GatewayFault(
                    "the token of \(user) belongs to no device, and without one a message might be sent twice: log in "
                        + "as that user, and take the token of that login")
            }
            return MatrixAccount(
                homeserver: configuration.homeserver, userID: user, deviceID: device, accessToken: token)
        case .login(let user, let password): return try await login(user, password, known)
        }
    }

    private func login(_ user: String, _ password: String?, _ known: MatrixAccount?) async throws
        -> MatrixAccount
    {
        let earlier = known.flatMap { $0.isOf(user) && !$0.accessToken.isEmpty ? $0 : nil }
        if let earlier, try await isGood(earlier) { return earlier }
        guard let password else {
            throw GatewayFault(
                "there is no login of \(user) to go on with: put the password into TALLY_MATRIX_PASSWORD, or into a "
                    + "file that TALLY_MATRIX_PASSWORD_FILE names")
        }
        // With the same device the homeserver still knows what was sent before.
        return try await MatrixClient.login(
            homeserver: configuration.homeserver, user: user, password: password,
            deviceID: earlier?.deviceID, deviceName: Self.deviceName)
    }

    private func isGood(_ account: MatrixAccount) async throws -> Bool {
        do {
            _ = try await MatrixClient(account).whoAmI()
            return true
        } catch MatrixError.unknownToken {
            return false
        }
    }

    private func fault(_ error: MatrixError) -> GatewayFault {
        let homeserver = configuration.homeserver
        switch error {
        case .unreachable, .unusable, .notFound:
            return GatewayFault(
                "\(homeserver): \(error). Is it the address of the homeserver's Client-Server API? See: curl "
                    + "\(homeserver)/_matrix/client/versions")
        case .unknownToken, .refused(status: 401, _, _): return .tokenRefused(homeserver, error)
        case .forbidden:
            return GatewayFault("\(homeserver) refuses the login: \(error). Are user and password right?")
        case .limited:
            return GatewayFault("\(homeserver) allows no login now: \(error). Try again in some minutes")
        case .tooLarge, .refused: return GatewayFault("\(homeserver) refuses the login: \(error)")
        }
    }
}

extension MatrixAccount {
    /// - Parameter user: an id, or its first part.
    fileprivate func isOf(_ user: String) -> Bool {
        userID == user || userID.hasPrefix("@\(user):")
    }
}

extension GatewayFault {
    static func tokenRefused(_ homeserver: String, _ error: MatrixError) -> GatewayFault {
        GatewayFault(
            "\(homeserver): \(error). Log in again, and put the new token where TALLY_MATRIX_TOKEN or "
                + "TALLY_MATRIX_TOKEN_FILE says; with --user and a password that is done by itself at the next start"
        )
    }
}
