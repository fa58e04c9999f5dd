"""Everything is killed at once, again and again, while one batch runs: as if the machine had lost its power."""

import os
import signal
import time

import audit
import operations
import plan
import report
import store
from audit import Found, Line
from control import Control, Refused
from faults import finished
from home import Failed
from load import Entry
from processes import Process
from silences import Done
from world import coordinator, worker

BATCH = "everything"
# One operation in so many is a command, which leaves a line. The others do nothing, and are counted.
COMMANDS = 20
PATIENCE = 300


class Submission(Process):
    """`tally submit`, again until it has said that all is accepted. It waits two seconds for a coordinator."""

    def __init__(self, home, path):
        words = [home.program, "submit", "--id", BATCH, path]
        super().__init__(home, "submit", lambda _: words, lambda _: home.environment("submitter"))
        self.is_accepted = False

    def check(self):
        if self.process and self.process.poll() == 0:
            self.is_accepted, self.process = True, None
        elif self.process and self.process.poll() == 4:
            self.start()
        super().check()


class Everything:
    def __init__(self, home, kills, total):
        self.home, self.kills, self.total = home, kills, total
        self.kinds = ["quick" if number % COMMANDS == 0 else "no-op" for number in range(total)]
        path = f"{home.path}/work/operations.ndjson"
        with open(path, "w") as file:
            file.writelines(operations.line(kind, BATCH) + "\n" for kind in self.kinds)
        self.submission = Submission(home, path)
        workers = [worker(home, name, home.address()) for name in plan.WORKERS]
        self.processes = [coordinator(home), *workers]
        self.kills_done = []
        self.told, self.durable = [], []  # at each kill, how many there were and had ended; and the store
        self.answers, self.ends = [], []

    def run(self):
        self.start()
        for number in range(1, self.kills + 1):
            self.kill(self.reach(self.total * number // (self.kills + 1)))
            self.start()
        self.reach(self.total)
        status = self.control.ask("status", batch=BATCH)[0]["event"]
        self.submission.check()
        wrong = [process.end(30) for process in reversed(self.processes)]
        return self.judge(status, [fault for fault in wrong if fault])

    def start(self):
        """Measures how soon the coordinator answers, and how soon an operation ends again."""
        began = time.monotonic()
        for process in self.processes:
            process.start()
        if not self.submission.is_accepted:
            self.submission.start()
        home = self.home
        self.control = Control(home.address(), home.key("coordinator.pub"), home.key("submitter.key"))
        self.control.ask("hello", seconds=PATIENCE, again=0.2)
        if self.kills_done:
            self.answers.append(time.monotonic() - began)
            self.reach(ended_in(self.durable[-1]) + 1)
            self.ends.append(time.monotonic() - began)

    def reach(self, ended):
        """How many operations there are, and how many have ended, once that is so many."""
        deadline = time.monotonic() + PATIENCE
        while (now := self.ask())[1] < ended:
            for process in [self.submission, *self.processes]:
                process.check()
            if time.monotonic() > deadline:
                raise Failed(f"in {PATIENCE} seconds {now[1]} of {now[0]} operations have ended, not {ended}")
            time.sleep(0.01)
        return now

    def ask(self):
        try:
            event = self.control.ask("status", batch=BATCH, again=0.2)[0]["event"]
            return event["totalOperations"], finished(event)
        except Refused as refused:
            if refused.code != "unknown-batch":
                raise
            return 0, 0

    def kill(self, told):
        """Keepers and commands as well: nothing is left that could still do anything."""
        begun = time.time()
        deadline = time.monotonic() + 20
        while pids := self.home.living():
            if time.monotonic() > deadline:
                raise Failed("processes survive SIGKILL")
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        for process in [self.submission, *self.processes]:
            self.kills_done.append(Done("kill", process.name, begun, time.time(), f"{process.name}/{process.starts}"))
            if process.process:
                process.was_killed()
        self.told.append(told)
        self.durable.append(store.read(self.home))

    def judge(self, status, wrong):
        entry = Entry(BATCH, plan.Batch(0, "plain", self.total, 0, False), total=self.total, kinds=self.kinds)
        found = Found(
            ledger={BATCH: entry}, unanswered_retries=0, store=store.read(self.home), statuses={BATCH: status},
            subscribers={}, runs=operations.runs(self.home.effects), faults=self.kills_done,
            copies=[contents.ended() for contents in self.durable],
            crashes=wrong + [crash for process in self.processes for crash in process.ended_itself],
            leftovers=self.home.living())
        print(f"{self.kills} times everything was killed, during a batch of {self.total}", flush=True)
        report.print_seconds("from the start until the coordinator answers", self.answers)
        report.print_seconds("until the first operation ends again", self.ends)
        return report.print_audit([
            audit.store_is_whole(found), audit.each_operation_counts_once(found),
            audit.batches_are_those_submitted(found), audit.ends_are_right(found),
            audit.statuses_are_the_stores(found), audit.what_was_durable_stays(found),
            what_was_told_is_durable(self.told, self.durable), audit.effects_took_place(found),
            audit.second_runs_have_causes(found), nothing_durable_runs_again(self.deaths(), self.durable, found.runs),
            audit.processes_behaved(found)])

    def deaths(self):
        return sorted({kill.begun for kill in self.kills_done})


def what_was_told_is_durable(told, durable):
    wrong = []
    for number, ((total, ended), contents) in enumerate(zip(told, durable), start=1):
        batch = contents.batches.get(BATCH)
        kept = (sum(count for _, count in batch.chunks), ended_in(contents)) if batch else (0, 0)
        if kept[0] < total or kept[1] < ended:
            wrong.append(
                f"before kill {number} {ended} of {total} had ended, as was told; durable was {kept[1]} of {kept[0]}")
    return Line(f"what was told before {len(told)} kills was durable", wrong)


def nothing_durable_runs_again(deaths, durable, runs):
    """What had ended in the store when everything was dead is nobody's business any more."""
    wrong = []
    for number, (death, contents) in enumerate(zip(deaths, durable), start=1):
        batch = contents.batches.get(BATCH)
        for ending in batch.endings if batch else []:
            for operation in ending.operations:
                wrong += [
                    f"operation {operation} had ended at kill {number}, and {run.worker} ran it after that"
                    for run in runs.get((BATCH, operation), []) if run.at > death + 1]
    return Line("nothing that had ended was run again", wrong)


def ended_in(contents):
    batch = contents.batches.get(BATCH)
    return sum(ending.count for ending in batch.endings) if batch else 0
