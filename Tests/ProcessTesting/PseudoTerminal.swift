import Glibc
import Synchronization

/// A terminal of a given size, for one process: what is written to it is read here.
package final class PseudoTerminal: Sendable {
    /// What a process has on the terminal.
    package struct Streams: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        package static let input = Streams(rawValue: 1)
        package static let output = Streams(rawValue: 2)
        package static let error = Streams(rawValue: 4)
        package static let all: Streams = [.input, .output, .error]
    }

    // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), and what unlockpt(3) and ptsname(3) are made of: neither is in
    // Swift's Glibc module.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    private let master: Int32
    /// Held open, or reading the master would be an error whenever no process has it open.
    private let slave: Int32
    private let path: String
    private let streams: Streams
    private let received = Mutex<[UInt8]>([])

    package init(columns: Int, rows: Int, for streams: Streams) throws {
        self.streams = streams
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        var unlocked: CInt = 0
        var number: CUnsignedInt = 0
        guard master >= 0, ioctl(master, Self.setLock, &unlocked) == 0,
            ioctl(master, Self.getNumber, &number) == 0
        else { throw SystemError("open a terminal") }
        path = "/dev/pts/\(number)"
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var size = winsize(
            ws_row: UInt16(clamping: rows), ws_col: UInt16(clamping: columns), ws_xpixel: 0, ws_ypixel: 0)
        guard slave >= 0, ioctl(slave, UInt(TIOCSWINSZ), &size) == 0 else {
            throw SystemError("set a terminal's size")
        }
    }

    deinit {
        close(slave)
        close(master)
    }

    func take(its launch: inout TestProcess.Launch) {
        if streams.contains(.input) { launch.input = path }
        if streams.contains(.output) { launch.output = path }
        if streams.contains(.error) { launch.error = path }
    }

    /// All that was written so far. Little fits into a terminal, so this has to be asked for again and again while
    /// the process runs.
    package var output: [UInt8] {
        received.withLock { received in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = read(master, &buffer, buffer.count), count > 0 {
                received += buffer[..<count]
            }
            return received
        }
    }
}
