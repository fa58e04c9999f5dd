import AccessControl
import ArgumentParser
import CLIGateway
import Foundation
import Glibc
import ZeroMQ

struct KeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make the keys by which processes on several machines know each other.",
        discussion: """
              tally keygen coordinator
              tally keygen --may work builder-1 >> allowed
              tally coordinator --bind tcp://10.0.0.1:5550 --allow allowed

            It writes NAME.key, which is secret, and NAME.pub, which need not be. Whoever uses the one as TALLY_KEY, \
            and the coordinator's .pub as TALLY_COORDINATOR_KEY, is NAME to the coordinator, and may do what NAME's \
            line in the allow-list says.
            """)

    @Argument(help: "Who the key is for: \(KeyName.requirement).")
    var name: String

    @Option(
        help: ArgumentHelp(
            "Also print the key's line for the allow-list, with these roles: watch, submit, work.",
            valueName: "roles"))
    var may: String?

    @Option(help: ArgumentHelp("Where to put the files.", valueName: "folder"))
    var to = "."

    func run() throws {
        guard let name = KeyName(name) else {
            throw UsageError("'\(name)' is no name for a key: \(KeyName.requirement)")
        }
        let file = KeyFile(name: name, keys: .generate())
        let line = try may.map { roles in
            do {
                _ = try AllowList.roles(roles)
            } catch {
                throw UsageError("--may: \(error)")
            }
            return AllowList.line(file, roles: roles)
        }
        // The secret one first: a name that is taken is found before anything was made.
        try Self.write(file.secretText, to: "\(to)/\(name).key", mode: 0o600)
        try Self.write(file.text, to: "\(to)/\(name).pub", mode: 0o644)
        if let line { try Descriptor.standardOutput.print([line]) }
        Descriptor.standardError.write(line: "tally: made \(name).key, which is secret, and \(name).pub")
    }

    /// Never over a file that is there: a key that is lost can't be had again.
    private static func write(_ text: String, to path: String, mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            let remedy = errno == EEXIST ? "; take another name, or another folder: --to FOLDER" : ""
            throw UsageError("\(path): \(String(cString: strerror(errno)))\(remedy)")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(text.utf8))
    }
}
