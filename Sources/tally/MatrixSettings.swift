import BatchProgress
import CLIGateway
import Foundation
import MatrixGateway
import MatrixRoom

/// What is right for the settings of `tally matrix`.
enum MatrixSettings {
    static let known = [
        Setting("TALLY_MATRIX_HOMESERVER") { address in
            homeserverFault(address).map { "TALLY_MATRIX_HOMESERVER: \($0)" }
        },
        Setting("TALLY_MATRIX_ROOM") { names in
            rooms(names).compactMap(roomFault).first.map { "TALLY_MATRIX_ROOM: \($0)" }
        },
        Setting("TALLY_MATRIX_USER") { name in
            name.contains(where: \.isWhitespace) ? "TALLY_MATRIX_USER: a user's name has no spaces" : nil
        },
        Setting("TALLY_MATRIX_TOKEN") { token in
            isToken(token) ? nil : "TALLY_MATRIX_TOKEN is an access token, without spaces"
        },
        Setting("TALLY_MATRIX_TOKEN_FILE") { fault(path: $0, "TALLY_MATRIX_TOKEN_FILE") },
        Setting("TALLY_MATRIX_PASSWORD") { _ in nil },
        Setting("TALLY_MATRIX_PASSWORD_FILE") { fault(path: $0, "TALLY_MATRIX_PASSWORD_FILE") },
    ]

    static func homeserverFault(_ address: String) -> String? {
        let isAddress = ["https://", "http://"].contains { address.hasPrefix($0) && address.count > $0.count }
        return isAddress
            ? nil : "'\(address)' is no homeserver's address, such as https://matrix.example.org"
    }

    static func rooms(_ names: String) -> [String] {
        names.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    static func roomFault(_ name: String) -> String? {
        let isRoom = name.count > 1 && (name.hasPrefix("!") || name.hasPrefix("#"))
        return isRoom ? nil : "'\(name)' is no room's id or alias, such as '#builds:example.org'"
    }

    static func user(_ name: String, from flag: String) throws -> MatrixUserID {
        guard let user = MatrixUserID(name) else {
            throw UsageError("\(flag): '\(name)' is not \(MatrixUserID.requirement)")
        }
        return user
    }

    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    private static func fault(path: String, _ name: String) -> String? {
        path.hasPrefix("/") ? nil : "\(name): '\(path)' is no absolute path"
    }
}

/// Secrets come from variables or files, never from the command line, which others can read.
struct MatrixSecrets {
    let environment: [String: String]

    /// - Parameter user: as it was said by a flag.
    func credentials(user: String?) throws -> GatewayConfiguration.Credentials {
        if let token = try secret("TALLY_MATRIX_TOKEN") {
            guard MatrixSettings.isToken(token) else {
                throw UsageError("TALLY_MATRIX_TOKEN_FILE: in the file there should be an access token alone")
            }
            return .token(token)
        }
        guard let user = user ?? set("TALLY_MATRIX_USER") else {
            throw UsageError(
                "no account: put its access token into TALLY_MATRIX_TOKEN, or into a file that TALLY_MATRIX_TOKEN_FILE "
                    + "names; or say --user, and put the password into TALLY_MATRIX_PASSWORD or TALLY_MATRIX_PASSWORD_FILE"
            )
        }
        return .login(user: user, password: try secret("TALLY_MATRIX_PASSWORD"))
    }

    /// That of a variable, or of the file that the variable with `_FILE` behind its name names.
    private func secret(_ name: String) throws -> String? {
        let given = set(name)
        guard let path = set("\(name)_FILE") else { return given }
        guard given == nil else { throw UsageError("\(name) and \(name)_FILE are both set; one is enough") }
        guard let content = FileManager.default.contents(atPath: path) else {
            throw UsageError("\(name)_FILE: \(path) can't be read")
        }
        let text = String(decoding: content, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard !text.isEmpty else { throw UsageError("\(name)_FILE: \(path) is empty") }
        return text
    }

    private func set(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
