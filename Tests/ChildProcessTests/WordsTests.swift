import ChildProcess
import Glibc
import Testing

@Suite struct WordsTests {
    @Test(arguments: [
        (CommandResult.Ending.exited(code: 3), "exit code 3"),
        (.signalled(9), "killed by SIGKILL (9)"),
        (.signalled(11), "killed by SIGSEGV (11)"),
        (.signalled(40), "killed by signal (40)"),
        (.timedOut(after: .seconds(5)), "timed out after 5 s"),
        (.timedOut(after: .milliseconds(1500)), "timed out after 1.5 s"),
        (.cancelled, "cancelled"),
        (.couldNotStart(.commandNotFound(bytes("foo"))), "command not found: foo"),
        (.couldNotStart(.commandNotFound([0xFF, 0x1B, 0x0A, 0x61])), "command not found: \u{FFFD}a"),
        (.couldNotStart(.permissionDenied(bytes("./x"))), "permission denied: ./x"),
        (.couldNotStart(.noSuchFolder(bytes("/x y"))), "no such folder: /x y"),
        (
            .couldNotStart(.folderNotUsable(bytes("/x"), SystemFailure("enter the folder", code: ENOTDIR))),
            "Not a directory: /x"
        ),
        (
            .couldNotStart(.system(SystemFailure("make a pipe", code: EMFILE))),
            "could not start: make a pipe: Too many open files"
        ),
    ])
    func `endings have words`(_ ending: CommandResult.Ending, _ words: String) {
        #expect(ending.description == words)
    }
}
