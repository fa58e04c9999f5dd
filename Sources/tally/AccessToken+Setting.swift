import CLIGateway
import Foundation
import HTTPGateway

extension AccessToken {
    /// That of `TALLY_MCP_TOKEN`, or of the file that `TALLY_MCP_TOKEN_FILE` names; nil if neither is set.
    static func setting() throws -> AccessToken? {
        let given = setting("TALLY_MCP_TOKEN")
        guard let path = setting("TALLY_MCP_TOKEN_FILE") else { return given.flatMap { AccessToken($0) } }
        guard given == nil else {
            throw UsageError("TALLY_MCP_TOKEN and TALLY_MCP_TOKEN_FILE are both set; one is enough")
        }
        guard let content = FileManager.default.contents(atPath: path) else {
            throw UsageError("TALLY_MCP_TOKEN_FILE: \(path) can't be read")
        }
        let text = String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let token = AccessToken(text) else {
            throw UsageError("TALLY_MCP_TOKEN_FILE: in \(path) there should be \(AccessToken.requirement)")
        }
        return token
    }

    private static func setting(_ name: String) -> String? {
        Settings.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
