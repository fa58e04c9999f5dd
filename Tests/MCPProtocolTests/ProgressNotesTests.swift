import BatchProgress
import MCPProtocol
import Testing

@Suite struct ProgressNotesTests {
    /// Seconds, the progress that is known, and what is told of it.
    @Test func `progress rises, once a second, and a silence is broken`() {
        var notes = ProgressNotes(token: 0)
        let rows: [(at: Double, progress: Double, told: Double?)] = [
            (0, 0, 0), (0.5, 3, nil), (1, 5, 5), (1.9, 9, nil), (2, 9, 9), (3.5, 9, nil), (4, 4, nil),
            (31.9, 9, nil), (32, 9, 9.000001), (40, 9, nil), (41, 10, 10), (71, 2, 10.000001),
        ]
        var last = -1.0
        for row in rows {
            let now = Timestamp(microseconds: Int64(row.at * 1e6))
            let message = notes.note(progress: row.progress, total: 10, message: "so far", at: now)
            guard case .notification(let method, let parameters)? = message else {
                #expect(row.told == nil, "at \(row.at)")
                continue
            }
            #expect(method == "notifications/progress")
            #expect(parameters["progressToken"] == 0)
            guard case .number(let progress)? = parameters["progress"], let told = row.told else {
                #expect(Bool(false), "told at \(row.at): \(parameters)")
                continue
            }
            #expect(abs(progress - told) < 1e-9)
            #expect(progress > last)
            last = progress
        }
    }
}
