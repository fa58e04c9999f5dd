import CChildProcess

/// A command as system calls want it: zero-terminated strings and tables of where they begin.
/// Made by the caller of a run, so that the room's one thread doesn't have to.
struct SpawnPlan: Sendable {
    private var strings: [UInt8] = []
    private var candidates: [Int] = []
    private var arguments: [Int] = []
    private var environment: [Int] = []
    private var directory: Int?

    init(_ command: Command) throws(StartFailure) {
        let words = command.words
        guard let program = words.first else { throw .emptyCommand }
        let paths = SearchPath(command.environment).candidates(for: program)
        let all = [paths, words, command.environment]
        strings.reserveCapacity(all.reduce(0) { $1.reduce($0) { $0 + $1.count + 1 } })
        candidates = try place(paths)
        arguments = try place(words)
        environment = try place(command.environment)
        if let folder = command.workingDirectory { directory = try place(folder) }
    }

    private mutating func place(_ list: [[UInt8]]) throws(StartFailure) -> [Int] {
        var starts: [Int] = []
        starts.reserveCapacity(list.count)
        for string in list { starts.append(try place(string)) }
        return starts
    }

    private mutating func place(_ string: [UInt8]) throws(StartFailure) -> Int {
        guard !string.contains(0) else { throw .zeroByte }
        let start = strings.count
        strings += string
        strings.append(0)
        return start
    }

    /// Calls `body` with a request that lacks only descriptors and a slot; valid during the call.
    func withRequest<Answer>(_ body: (inout cchild_request) -> Answer) -> Answer {
        strings.withUnsafeBytes { bytes in
            let characters = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let at = { (start: Int) in characters?.advanced(by: start) }
            let candidates = self.candidates.map(at) + [nil]
            var arguments = [nil] + self.arguments.map(at) + [nil]
            let environment = self.environment.map(at) + [nil]
            return candidates.withUnsafeBufferPointer { candidates in
                arguments.withUnsafeMutableBufferPointer { arguments in
                    environment.withUnsafeBufferPointer { environment in
                        var request = cchild_request()
                        request.candidates = candidates.baseAddress
                        request.arguments = arguments.baseAddress
                        request.environment = environment.baseAddress
                        request.directory = directory.flatMap(at)
                        return body(&request)
                    }
                }
            }
        }
    }
}

extension Command {
    var words: [[UInt8]] {
        switch invocation {
        case .arguments(let words): words
        // Without the `--`, a line that begins with `-` would be an option.
        case .shell(let line): [Array("/bin/sh".utf8), Array("-c".utf8), Array("--".utf8), line]
        }
    }
}
