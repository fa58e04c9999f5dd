/// Collects one output of a command: its two ends, and the whole of it if asked.
struct OutputCapture {
    private enum Keeping {
        case no
        /// So far the edges are the whole.
        case inEdges(folder: [UInt8])
        case inFile(TemporaryFile)
        case failed(SystemFailure)
    }

    private var edges = OutputEdges()
    private var keeping: Keeping

    /// - Parameter folder: where to keep what is too large for memory; `nil` keeps the ends only.
    init(keepingIn folder: [UInt8]?) {
        keeping = folder.map { .inEdges(folder: $0) } ?? .no
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        keep(bytes)
        edges.append(bytes)
    }

    /// A failure here is the output's loss and not the command's: it goes on, and its ends are kept.
    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        do throws(SystemFailure) {
            switch keeping {
            case .inEdges(let folder) where edges.totalBytes + Int64(bytes.count) > 2 * edges.edge:
                let file = try TemporaryFile(in: folder)
                try file.append(edges.head)
                try file.append(edges.tail)
                try file.append(bytes)
                keeping = .inFile(file)
            case .inFile(let file): try file.append(bytes)
            case .no, .inEdges, .failed: break
            }
        } catch {
            keeping = .failed(error)
        }
    }

    var output: CapturedOutput {
        CapturedOutput(head: edges.head, tail: edges.tail, totalBytes: edges.totalBytes, whole: whole)
    }

    private var whole: CapturedOutput.Whole {
        switch keeping {
        case .no: .notKept
        case .inEdges:
            .kept(KeptOutput(place: .memory(edges.head + edges.tail), byteCount: edges.totalBytes))
        case .inFile(let file): .kept(KeptOutput(place: .file(file), byteCount: edges.totalBytes))
        case .failed(let failure): .lost(failure)
        }
    }
}
