import BatchProtocol

/// Puts the operations' output into the order of their numbers. That of the next one goes straight on; what comes
/// too early waits in a file, of which only the places are kept in memory.
struct OutputOrder {
    private struct Piece {
        var offset: Int64
        var standardOutputBytes: Int64 = 0
        var standardErrorBytes: Int64 = 0

        var end: Int64 { offset + standardOutputBytes + standardErrorBytes }
    }

    private struct Early {
        /// One for each attempt that wrote something.
        var pieces: [Piece] = []
        var hasEnded = false
    }

    private let spool: SpoolFile
    private let output: OutputStreams
    private var next: Int
    private var early: [Int: Early] = [:]
    /// Where the spool ends.
    private var end: Int64 = 0

    /// - Parameter first: all operations below this number have ended before.
    init(from first: Int, to output: OutputStreams) throws(RunError) {
        spool = try SpoolFile()
        next = first
        self.output = output
    }

    /// Whether something waits for an operation that has not ended.
    var isWaiting: Bool { !early.isEmpty }

    /// Takes what follows the header. False if the input ended too soon.
    mutating func take(_ header: RelayHeader, from input: inout BufferedInput) -> Bool {
        guard header.operation > next else {
            let isWhole = input.copyOutput(header, to: output)
            if header.operation == next, header.isRetried != true { advance(to: next + 1) }
            return isWhole
        }
        let isWhole = keep(header, from: &input)
        if header.isRetried != true { early[header.operation, default: Early()].hasEnded = true }
        return isWhole
    }

    /// All operations below this number have ended, also those of which nothing came: their worker was lost, or
    /// they ended in a former run.
    mutating func advance(to number: Int) {
        for passed in early.keys.filter({ $0 < number }).sorted() { emit(passed) }
        next = max(next, number)
        while let waiting = early[next] {
            emit(next)
            guard waiting.hasEnded else { return }
            next += 1
        }
    }

    /// Nothing more comes.
    mutating func finish() {
        advance(to: .max)
    }

    private mutating func keep(_ header: RelayHeader, from input: inout BufferedInput) -> Bool {
        var piece: Piece? = Piece(offset: end)
        func put(
            _ count: WritableKeyPath<Piece, Int64>, orWrite write: @escaping @Sendable ([UInt8]) -> Void
        ) -> ([UInt8]) -> Void {
            { [spool, output] bytes in
                if let kept = piece {
                    if spool.write(bytes, at: kept.end) {
                        piece?[keyPath: count] += Int64(bytes.count)
                        return
                    }
                    // Out of order is better than not at all.
                    Self.emit(kept, from: spool, to: output)
                    piece = nil
                }
                write(bytes)
            }
        }
        let isWhole =
            input.copy(
                header.standardOutputBytes, to: put(\.standardOutputBytes, orWrite: output.standardOutput))
            && input.copy(
                header.standardErrorBytes, to: put(\.standardErrorBytes, orWrite: output.standardError))
        if let piece, piece.end > piece.offset {
            early[header.operation, default: Early()].pieces.append(piece)
            end = piece.end
        } else if piece == nil {
            let line =
                "tally: the output of value \(header.operation + 1) is out of order: the disk is full\n"
            output.standardError(Array(line.utf8))
        }
        return isWhole
    }

    private mutating func emit(_ operation: Int) {
        for piece in early.removeValue(forKey: operation)?.pieces ?? [] {
            Self.emit(piece, from: spool, to: output)
        }
        if early.isEmpty, end > 0 {
            spool.clear()
            end = 0
        }
    }

    private static func emit(_ piece: Piece, from spool: SpoolFile, to output: OutputStreams) {
        spool.read(from: piece.offset, count: piece.standardOutputBytes, output.standardOutput)
        spool.read(
            from: piece.offset + piece.standardOutputBytes, count: piece.standardErrorBytes,
            output.standardError)
    }
}

extension BufferedInput {
    /// False if it ended too soon.
    mutating func copyOutput(_ header: RelayHeader, to output: OutputStreams) -> Bool {
        copy(header.standardOutputBytes, to: output.standardOutput)
            && copy(header.standardErrorBytes, to: output.standardError)
    }

    fileprivate mutating func copy(_ count: Int64, to write: ([UInt8]) -> Void) -> Bool {
        var rest = count
        while rest > 0 {
            guard let bytes = read(atMost: Int(min(rest, 1 << 16))) else { return false }
            write(bytes)
            rest -= Int64(bytes.count)
        }
        return true
    }
}
