import BatchClient
import BatchEngine
import BatchProgress
import BatchProtocol
import BatchWorker
import Coordinator
import Testing

/// Holds the tables of docs/protocol.md against the code.
@Suite struct ProtocolTablesTests {
    private let document: Document

    init() throws {
        document = try Document("docs/protocol.md")
    }

    @Test func `every error code is explained`() {
        let explained = document.table(under: "### Errors").map { $0[0] }
        #expect(Set(explained) == Set(WireError.Code.allCases.map { "`\($0.rawValue)`" }))
    }

    @Test func limits() throws {
        let engine = BatchEngine.Configuration()
        let values = [
            WireLimits.headerBytes, WireLimits.dataBytes, WireLimits.chunkBytes,
            WireLimits.operationsPerChunk, WireLimits.highestOperation, WireLimits.labelCharacters,
            WireLimits.operationsPerReport, WireLimits.onEndBytes,
            WireLimits.listedOperations, WireLimits.listedBatches, WireLimits.workerSlots,
            WireLimits.workerCapacity, WireLimits.workerTypes, WireLimits.nameCharacters,
            WireLimits.messagesPerSecond, WireLimits.messageBurst, WireLimits.sessions, WireLimits.frameBytes,
            WireLimits.frames,
            engine.operationsPerBatch, engine.typesPerBatch, engine.openBatchesPerActor, engine.activeBatches,
            engine.operationsPerGrant,
        ]
        let rows = document.table(under: "## Limits")
        #expect(rows.map { number(in: $0[1]) } == values.map(Double.init))
    }

    @Test func times() throws {
        let engine = BatchEngine.Configuration()
        let worker = WorkerSession.Configuration()
        let addresses = try CoordinatorAddresses(control: "tcp://127.0.0.1:5550")
        let coordinator = CoordinatorConfiguration(addresses: addresses, storePath: "", program: "")
        let values: [Duration] = [
            engine.eventInterval, coordinator.beacon, engine.lease, worker.heartbeat, worker.resend,
            worker.silence, BatchMirror.Configuration().silence, BatchMirror.Configuration().fetchAgain,
            engine.cancelGrace, engine.openTimeout, engine.attendance,
        ]
        let rows = document.table(under: "## Times")
        let told = rows.map { (number(in: $0[1]) ?? 0) * ($0[1].hasSuffix(" ms") ? 0.001 : 1) }
        #expect(told == values.map(\.inSeconds))
    }

    @Test(arguments: [
        "tcp://HOST:5550": ["tcp://HOST:5550", "tcp://HOST:5551", "tcp://HOST:5552", "tcp://HOST:5553"],
        "ipc://FOLDER/control": [
            "ipc://FOLDER/control", "ipc://FOLDER/events", "ipc://FOLDER/dispatch",
            "ipc://FOLDER/completions",
        ],
    ])
    func `addresses follow from that of control`(control: String, all: [String]) throws {
        let column = control.hasPrefix("ipc") ? 1 : 2
        #expect(document.table(under: "### Addresses").map { $0[column] } == all.map { "`\($0)`" })
        let addresses = try CoordinatorAddresses(control: control)
        #expect(
            [addresses.control, addresses.events, addresses.dispatch, addresses.completions] == all)
    }

    private func number(in cell: String) -> Double? {
        Double(cell.filter { $0.isNumber })
    }
}
