"""Reads the coordinator's store, by a copy, while nobody else has it."""

import os
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass, field

COLUMNS = """id, status, retry_of, total, completed, failed, cancelled, retried, lost, sealed, paused, cancelling,
    ended_at, revision"""


@dataclass
class Ending:
    first: int
    count: int
    kind: str
    attempt: int
    worker: str
    lost: bool

    @property
    def operations(self):
        return range(self.first, self.first + self.count)


@dataclass
class Stored:
    """A batch as it is durable."""
    id: str
    status: str
    retry_of: str
    total: int
    completed: int
    failed: int
    cancelled: int
    retried: int
    lost: int
    sealed: bool
    paused: bool
    cancelling: bool
    ended_at: int
    revision: int
    chunks: list = field(default_factory=list)  # first and count
    endings: list = field(default_factory=list)
    grants: int = 0
    histories: int = 0


@dataclass
class Contents:
    batches: dict
    integrity: list  # of what SQLite says, "ok" if nothing is wrong
    reserved: int

    def ended(self):
        """Everything that counts as ended, in a form that can be compared."""
        return {
            (batch.id, ending.first, ending.count, ending.kind, ending.attempt)
            for batch in self.batches.values() for ending in batch.endings}


def read(home):
    """Opening a store changes files beside it, so it isn't the real one that is opened."""
    state = f"{home.path}/state"
    with tempfile.TemporaryDirectory(dir=home.path) as folder:
        names = [name for name in os.listdir(state) if ".sqlite" in name and not name.endswith((".lock", "-shm"))]
        for name in names:
            shutil.copy(f"{state}/{name}", folder)
        [main] = [name for name in names if name.endswith(".sqlite")]
        database = sqlite3.connect(f"{folder}/{main}")
        try:
            return contents(database)
        finally:
            database.close()


def contents(database):
    integrity = [row[0] for row in database.execute("PRAGMA integrity_check")]
    keys, batches = {}, {}
    for key, *columns in database.execute(f"SELECT key, {COLUMNS} FROM batches"):
        batch = Stored(*columns)
        keys[key] = batches[batch.id] = batch
    for key, first, count in database.execute("SELECT batch, first, count FROM chunks ORDER BY batch, first"):
        keys[key].chunks.append((first, count))
    for key, *columns in database.execute(
            "SELECT batch, first, count, kind, attempt, worker, lost FROM endings ORDER BY batch, first"):
        keys[key].endings.append(Ending(*columns))
    for name in ("grants", "histories"):
        for key, count in database.execute(f"SELECT batch, count(*) FROM {name} GROUP BY batch"):
            setattr(keys[key], name, count)
    [[reserved]] = database.execute("SELECT reserved FROM revisions")
    return Contents(batches, integrity, reserved)
