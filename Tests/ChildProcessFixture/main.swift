import ChildProcess
import Glibc

// A worker for the tests to kill and to count: `ChildProcessFixture storm|hold|leaks|ignoring-sigchld`.

let environment: [[UInt8]] = {
    var all: [[UInt8]] = []
    var next = environ
    while let entry = next.pointee {
        all.append(Array(UnsafeRawBufferPointer(start: entry, count: strlen(entry))))
        next += 1
    }
    return all
}()

func shell(_ line: String) -> Command {
    Command(.shell(Array(line.utf8)), environment: environment)
}

let sleepers = shell("sleep 1000 & sleep 1000")

/// Starts commands as fast as it can, and every fourth stays.
func storm(_ runner: CommandRunner) async {
    await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
            group.addTask {
                while true {
                    Task { await runner.run(sleepers) }
                    for _ in 0..<3 { _ = await runner.run(shell("exit 0")) }
                }
            }
        }
    }
}

func openDescriptors() -> Int {
    (0..<1024).count { fcntl($0, F_GETFD) >= 0 }
}

/// Whether a child has ended and nobody took its status.
func hasZombie() -> Bool {
    var information = siginfo_t()
    let answer = waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT)
    return answer == 0 && information._sifields._sigchld.si_pid != 0
}

func countLeaks(_ runner: CommandRunner) async {
    for _ in 0..<10 { _ = await runner.run(shell("exit 0")) }
    let before = openDescriptors()
    await withTaskGroup(of: Void.self) { group in
        for _ in 0..<10 {
            group.addTask {
                for _ in 0..<100 { _ = await runner.run(shell("echo out; echo error >&2")) }
            }
        }
    }
    print("descriptors \(openDescriptors() - before), zombie \(hasZombie())")
    await runner.close()
    print("children after close \(waitpid(-1, nil, WNOHANG) < 0 && errno == ECHILD ? "none" : "some")")
}

let mode = CommandLine.arguments.dropFirst().first
if mode == "ignoring-sigchld" { signal(SIGCHLD, SIG_IGN) }
let runner = try CommandRunner()
switch mode {
case "storm": await storm(runner)
case "hold": _ = await runner.run(sleepers)
case "leaks": await countLeaks(runner)
case "ignoring-sigchld": print(await runner.run(shell("exit 3")).ending)
default: exit(2)
}
