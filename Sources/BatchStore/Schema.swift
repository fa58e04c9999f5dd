import GRDB

/// The tables, and what opens or refuses a file.
///
/// A batch has a small integer key, by which everything else refers to it. It is never used again, since
/// what a batch leaves behind is deleted bit by bit after the batch is forgotten.
enum Schema {
    /// Kept in `user_version`. A change of the tables is a further element of `migrations`.
    static var version: Int { migrations.count }
    /// "Taly": SQLite's mark of whose file it is.
    private static let applicationID = 0x5461_6c79

    /// Refuses what is not ours or too new, before anything is written; then makes the tables up to date.
    static func prepare(_ database: Database, path: String) throws {
        let found = try check(database, path: path)
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        // What a great transaction made of the write-ahead log is given back at the next checkpoint.
        try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
        guard found < version else { return }
        try database.inTransaction(.immediate) {
            for sql in migrations[found...] { try database.execute(sql: sql) }
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// Refuses what is not ours or too new; returns the version, 0 if the file is empty.
    static func check(_ database: Database, path: String) throws -> Int {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        try checkOwner(database, version: found)
        guard found <= version else { throw StoreError(.newer(version: found), path: path) }
        return found
    }

    private static func checkOwner(_ database: Database, version: Int) throws {
        let owner = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        if owner == applicationID { return }
        let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard owner == 0, version == 0, objects == 0 else {
            throw Damage("the database of another program")
        }
    }

    private static let migrations = [
        """
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
        """,
        // What was lost with its worker is marked, and counted. Of what failed otherwise the worker is known.
        """
        ALTER TABLE endings ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
        UPDATE endings SET lost = 1 WHERE kind = 'failed' AND worker IS NULL;
        ALTER TABLE batches ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
        UPDATE batches SET lost = (
            SELECT coalesce(sum(count), 0) FROM endings WHERE batch = key AND kind = 'failed' AND endings.lost);
        ALTER TABLE batches ADD COLUMN retries_lost_only INTEGER NOT NULL DEFAULT 0;
        """,
        "ALTER TABLE batches ADD COLUMN private INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE batches ADD COLUMN on_end TEXT",
    ]
}
