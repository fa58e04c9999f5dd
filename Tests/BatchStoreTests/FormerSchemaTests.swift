import BatchEngine
import BatchProgress
import BatchStore
import GRDB
import Testing

/// A store that an earlier Tally left behind.
@Suite struct FormerSchemaTests {
    /// Batch 1 has ended: of its ten operations 0 to 3 failed by themselves, 4 and 5 with their worker. Batch 2 waits.
    private func makeStore(_ path: String) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA application_id = \(0x5461_6c79); PRAGMA user_version = 1")
            try database.execute(sql: Self.schema)
            for (id, status, ended) in [("one", "failed", "9" as String?), ("two", "pending", nil)] {
                try database.execute(
                    sql: """
                        INSERT INTO batches (id, label, retries, on_lost, attended, status, total, completed,
                            failed, cancelled, retried, digest, sealed, paused, cancelling, created_at,
                            updated_at, ended_at, revision)
                        VALUES (?, 'a label', 0, 'fail', 0, ?, 0, 0, 6, 0, 0, 0, 1, 0, 0, 1, 1, ?, 7)
                        """, arguments: [id, status, ended])
            }
            for (first, count, worker) in [(0, 4, "w" as String?), (4, 1, nil), (5, 1, nil)] {
                try database.execute(
                    sql: """
                        INSERT INTO endings (batch, first, count, kind, attempt, worker, at, message)
                        VALUES (1, ?, ?, 'failed', 1, ?, 5, 'worker lost')
                        """, arguments: [first, count, worker])
            }
        }
    }

    @Test func `it opens, and what was lost in it is known as lost`() throws {
        try withStorePath { path in
            try makeStore(path)
            let store = try BatchStore(path: path)
            guard case .kept(let one) = try store.known("one") else {
                Issue.record("it is kept")
                return
            }
            #expect(one.request.label == "a label" && one.failed == 6 && one.lost == 2)
            #expect(!one.retriesLostOnly && !one.request.isPrivate && one.request.onEnd == nil)
            let retry = BatchRecord(
                request: BatchRequest(id: batchID("r")), retryOf: batchID("one"), retriesLostOnly: true,
                createdAt: time(20))
            _ = try store.commit([.batch(retry)], loading: [])
            #expect(try store.ask { try $0.unfinishedRetries(limit: 4) }.map(\.lostOnly) == [true])
        }
    }

    private static let schema = """
        CREATE TABLE batches (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            label TEXT, actor TEXT, interface TEXT, lane TEXT,
            retries INTEGER NOT NULL, on_lost TEXT NOT NULL, attended INTEGER NOT NULL,
            status TEXT NOT NULL, retry_of TEXT,
            total INTEGER NOT NULL, completed INTEGER NOT NULL, failed INTEGER NOT NULL,
            cancelled INTEGER NOT NULL, retried INTEGER NOT NULL, digest INTEGER NOT NULL,
            sealed INTEGER NOT NULL, paused INTEGER NOT NULL, cancelling INTEGER NOT NULL,
            created_at INTEGER NOT NULL, started_at INTEGER, updated_at INTEGER NOT NULL, ended_at INTEGER,
            revision INTEGER NOT NULL, errors TEXT,
            copied INTEGER  -- of a retry: the last operation of the other batch that was looked at
        ) STRICT;
        CREATE INDEX batches_active ON batches (key) WHERE ended_at IS NULL;
        CREATE INDEX batches_ended ON batches (ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX batches_kept ON batches (status, ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX batches_revision ON batches (revision) WHERE ended_at IS NOT NULL;

        -- Operations in order, many to a row: those from `first` on. `digest` is over all up to the end of
        -- the row, where a submitted chunk ends.
        CREATE TABLE chunks (
            batch INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, digest INTEGER,
            types BLOB NOT NULL, lengths BLOB NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY (batch, first)
        ) STRICT;

        -- Operations that ended in the same way: those from `first` on.
        CREATE TABLE endings (
            batch INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
            kind TEXT NOT NULL, exit_code INTEGER, attempt INTEGER NOT NULL, worker TEXT,
            at INTEGER NOT NULL, message TEXT,
            output_total INTEGER, error_total INTEGER, output BLOB, error BLOB,
            PRIMARY KEY (batch, first)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX endings_failed ON endings (batch, first) WHERE kind = 'failed';

        CREATE TABLE grants (
            id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, session TEXT NOT NULL, type TEXT NOT NULL,
            attempt INTEGER NOT NULL, operations BLOB NOT NULL
        ) STRICT;
        CREATE INDEX grants_batch ON grants (batch);

        -- Of operations that have not ended only.
        CREATE TABLE histories (
            batch INTEGER NOT NULL, operation INTEGER NOT NULL, failures INTEGER NOT NULL,
            losses INTEGER NOT NULL, withdrawn INTEGER NOT NULL, not_before INTEGER,
            PRIMARY KEY (batch, operation)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE revisions (reserved INTEGER NOT NULL) STRICT;
        INSERT INTO revisions VALUES (0);

        CREATE TABLE forgotten (
            id TEXT PRIMARY KEY, status TEXT NOT NULL, ended_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        -- Keys of forgotten batches of which something is still to be deleted.
        CREATE TABLE remains (batch INTEGER PRIMARY KEY) STRICT;
        """
}
