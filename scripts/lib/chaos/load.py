"""Those who submit batches, and pause, cancel and retry them: with the program's own commands, one after the other in a
few lanes, so that there is always something to do and never too much."""

import itertools
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

import operations
import plan
from home import Failed

LANES = 5
# For one batch, however many faults fall on it.
PATIENCE = 240


@dataclass
class Entry:
    """What we know of a batch by what we were told."""
    id: str
    spec: plan.Batch
    retry_of: str = None
    total: int = None  # once it is accepted
    cancelled: bool = False  # was accepted
    exit_code: int = None  # of tally wait
    kinds: list = field(default_factory=list)


class Load:
    def __init__(self, home, seed):
        self.home, self.seed = home, seed
        self.ledger = {}
        self.unanswered_retries = 0
        self.submitters_killed = 0
        self.numbers = itertools.count()
        self.lock = threading.Lock()
        self.is_over = threading.Event()
        self.failures = []
        self.lanes = []

    def start(self):
        self.lanes = [threading.Thread(target=self.lane, daemon=True) for _ in range(LANES)]
        for lane in self.lanes:
            lane.start()

    def finish(self, seconds):
        """Nothing new; what was begun is brought to its end."""
        self.is_over.set()
        deadline = time.monotonic() + seconds
        for lane in self.lanes:
            lane.join(max(0, deadline - time.monotonic()))
        if any(lane.is_alive() for lane in self.lanes):
            waiting = [entry.id for entry in self.ledger.values() if entry.exit_code is None]
            raise Failed(f"{seconds} seconds after the last fault these batches have not ended: {', '.join(waiting)}")
        if self.failures:
            raise Failed("; ".join(self.failures))

    def lane(self):
        try:
            while not self.is_over.is_set():
                with self.lock:
                    spec = plan.batch(self.seed, next(self.numbers))
                self.carry_through(spec)
        except Exception as error:
            self.failures.append(f"{type(error).__name__}: {error}")

    def carry_through(self, spec):
        entry = Entry(f"b{spec.number}", spec)
        entry.kinds = [spec.kind(operation) for operation in range(spec.operations)]
        self.submit(entry)
        if spec.fate in ("cancelled", "paused"):
            time.sleep(spec.after)
        if spec.fate == "cancelled":
            entry.cancelled = self.steer("cancel", entry.id)
        if spec.fate == "paused":
            self.steer("pause", entry.id)
            time.sleep(spec.after)
            self.steer("resume", entry.id)
        self.wait(entry)
        if spec.fate == "failing" and entry.exit_code == 1:
            self.retry(entry)

    def submit(self, entry):
        path = f"{self.home.path}/work/{entry.id}.ndjson"
        with open(path, "w") as file:
            file.writelines(operations.line(kind, entry.id) + "\n" for kind in entry.kinds)
        words = ["submit", "--id", entry.id, "--label", entry.id, "--retries", str(entry.spec.retries), path]
        self.ledger[entry.id] = entry
        if entry.spec.submitter_killed:
            self.submit_and_be_killed(words, entry.spec.after / 10)
        self.until_answered(words)
        entry.total = len(entry.kinds)

    def submit_and_be_killed(self, words, after):
        process = subprocess.Popen(
            [self.home.program, *words], env=self.home.environment("submitter"), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=f"{self.home.path}/work", process_group=0)
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.submitters_killed += 1

    def steer(self, verb, id):
        """False: the batch had ended."""
        return self.until_answered([verb, id], unless="has already ended") is not None

    def wait(self, entry):
        entry.exit_code = self.until_answered(["wait", entry.id], codes=(0, 1, 3)).returncode

    def retry(self, entry):
        """Asked for once: of a retry without an answer nobody knows whether it took place."""
        ended = self.home.run("retry", entry.id, who="submitter", seconds=PATIENCE)
        if ended.returncode != 0:
            self.unanswered_retries += 1
            return
        id = ended.stdout.strip()
        failing = [kind for kind in entry.kinds if kind == "failing"]
        self.ledger[id] = retried = Entry(id, entry.spec, retry_of=entry.id, total=len(failing), kinds=failing)
        self.wait(retried)

    def until_answered(self, words, codes=(0,), unless=None):
        """The command's end with one of these codes; said again while no coordinator answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            ended = self.home.run(*words, who="submitter", seconds=PATIENCE)
            says_why_not = ended.stderr.strip()
            # How a batch has ended is said by the code alone.
            if ended.returncode == 0 or ended.returncode in codes and not says_why_not:
                return ended
            if unless and unless in says_why_not:
                return None
            if time.monotonic() > deadline:
                raise Failed(f"tally {' '.join(words)}: exit code {ended.returncode}: {says_why_not}")
            time.sleep(0.2)
