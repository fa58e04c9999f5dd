import CLIGateway
import Testing

@Suite struct ResolvedSettingsTests {
    static let known = [
        Setting("TALLY_LOG") { $0 == "debug" ? nil : "TALLY_LOG is 'debug', not '\($0)'" },
        Setting("TALLY_STATE") { $0.hasPrefix("/") ? nil : "TALLY_STATE is no absolute path" },
    ]

    struct Row: CustomTestStringConvertible {
        var variables: [String: String] = [:]
        var file: String?
        /// `NAME=value` and where it comes from.
        var entries: [String] = []
        var errors: [String] = []

        var testDescription: String { "\(variables) \(file ?? "no file")" }
    }

    static let rows: [Row] = [
        Row(),
        Row(file: ""),
        Row(variables: ["HOME": "/x", "TALLY": "y"]),
        Row(variables: ["TALLY_LOG": "debug"], entries: ["TALLY_LOG=debug variable"]),
        Row(file: "TALLY_LOG=debug", entries: ["TALLY_LOG=debug line 1"]),
        Row(file: "\n# mine\n  TALLY_LOG = debug \r\n", entries: ["TALLY_LOG=debug line 3"]),
        Row(
            file: "# as on Windows\r\nTALLY_LOG=debug\r\n\r\nTALLY_STATE=/a\r\n",
            entries: ["TALLY_LOG=debug line 2", "TALLY_STATE=/a line 4"]),
        Row(file: "TALLY_STATE=/a=b # c\n", entries: ["TALLY_STATE=/a=b # c line 1"]),
        Row(
            variables: ["TALLY_STATE": "/v"], file: "TALLY_STATE=/f\nTALLY_LOG=debug",
            entries: ["TALLY_LOG=debug line 2", "TALLY_STATE=/v variable"]),
        Row(variables: ["TALLY_LOG": ""], file: "TALLY_LOG=debug", entries: ["TALLY_LOG=debug line 1"]),
        Row(variables: ["TALLY_BATCH": "k3x"]),
        Row(
            variables: ["TALLY_LOGS": "debug"],
            errors: ["there is no setting TALLY_LOGS; known: TALLY_LOG, TALLY_STATE"]),
        Row(variables: ["TALLY_LOG": "loud"], errors: ["TALLY_LOG is 'debug', not 'loud'"]),
        Row(
            file: "TALLY_LOG=debug\nTALLY_LOGS=debug\n", entries: ["TALLY_LOG=debug line 1"],
            errors: ["/settings, line 2: there is no setting TALLY_LOGS; known: TALLY_LOG, TALLY_STATE"]),
        Row(
            file: "TALLY_BATCH=k3x",
            errors: ["/settings, line 1: there is no setting TALLY_BATCH; known: TALLY_LOG, TALLY_STATE"]),
        Row(
            file: "debug",
            errors: ["/settings, line 1: 'debug' is no setting; one looks like: TALLY_LOG=debug"]),
        Row(
            file: "=debug",
            errors: ["/settings, line 1: '=debug' is no setting; one looks like: TALLY_LOG=debug"]),
        Row(file: "TALLY_LOG=", errors: ["/settings, line 1: TALLY_LOG is 'debug', not ''"]),
        Row(
            file: "TALLY_STATE=\"/a\"", errors: ["/settings, line 1: TALLY_STATE is no absolute path"]),
        // Wrong in the file, though a variable goes before it: it would be wrong without the variable.
        Row(
            variables: ["TALLY_LOG": "debug"], file: "TALLY_LOG=loud", entries: ["TALLY_LOG=debug variable"],
            errors: ["/settings, line 1: TALLY_LOG is 'debug', not 'loud'"]),
        Row(
            file: "TALLY_STATE=/a\n\nTALLY_STATE=/b", entries: ["TALLY_STATE=/a line 1"],
            errors: ["/settings, line 3: TALLY_STATE is set already, in line 1"]),
    ]

    @Test(arguments: rows) func variablesGoBeforeTheFileAndAllIsChecked(_ row: Row) {
        let resolved = ResolvedSettings(
            Self.known, given: ["TALLY_BATCH"], environment: row.variables,
            file: row.file.map { SettingsFile(path: "/settings", text: $0) })
        let entries = resolved.entries.map { entry in
            switch entry.origin {
            case .variable: "\(entry.name)=\(entry.value) variable"
            case .file(_, let line): "\(entry.name)=\(entry.value) line \(line)"
            }
        }
        #expect(entries == row.entries)
        #expect(resolved.errors.map(\.description) == row.errors)
    }

    @Test(arguments: [
        (["XDG_CONFIG_HOME": "/c", "HOME": "/h"], "/c/tally/settings"),
        (["XDG_CONFIG_HOME": "", "HOME": "/h"], "/h/.config/tally/settings"),
        (["XDG_CONFIG_HOME": "c", "HOME": "/h"], "/h/.config/tally/settings"),
        (["HOME": "/h"], "/h/.config/tally/settings"),
        ([:], nil),
    ])
    func theFileIsWhereTheDesktopKeepsSettings(_ environment: [String: String], _ path: String?) {
        #expect(SettingsFile.path(environment: environment) == path)
    }
}
