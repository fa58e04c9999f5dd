"""Plants in what a good run leaves what must not be there, one thing at a time, and demands that the audit says so."""

import copy
import unittest
from types import SimpleNamespace

import audit
import plan
from everything import nothing_durable_runs_again, what_was_told_is_durable
from load import Entry
from operations import Run
from silences import Done
from store import Contents, Ending, Stored
from subscribers import Seen


def event(id, revision, status="completed", total=3, completed=3, failed=0, cancelled=0):
    return {
        "batchId": id, "revision": revision, "status": status, "totalOperations": total,
        "completedOperations": completed, "failedOperations": failed, "cancelledOperations": cancelled}


class RawSeen(Seen):
    """As it would be read from a file."""

    def __init__(self):
        super().__init__()
        self.lines = []


def subscriber(events):
    seen = RawSeen()
    for epoch, told in events:
        seen.take(told)
        seen.lines.append({"kind": "event", "epoch": epoch, "event": told})
    return seen


def stored(id, revision, endings, **counts):
    total = counts.pop("total", 3)
    counts = {"completed": 3, "failed": 0, "cancelled": 0, "lost": 0} | counts
    status = "cancelled" if counts["cancelled"] else "failed" if counts["failed"] else "completed"
    return Stored(
        id, status, None, total, counts["completed"], counts["failed"], counts["cancelled"], 0, counts["lost"], True,
        False, False, 99, revision, chunks=[(0, total)], endings=endings)


def good():
    """Two batches of three commands: of `a` the second was run twice, since its worker was killed at 20; `b` was cancelled
    when one had ended."""
    told = [
        (1, event("a", 1, "pending", completed=0)), (1, event("a", 2, "processing", completed=1)),
        (1, event("b", 3, "pending", completed=0)), (2, event("a", 10_001)),
        (2, event("b", 10_002, "cancelled", completed=1, cancelled=2))]
    batches = [
        stored("a", 10_001, [
            Ending(0, 1, "completed", 1, "worker-1/1", 0), Ending(1, 1, "completed", 2, "worker-2/1", 0),
            Ending(2, 1, "completed", 1, "k3x9mq2wpdh7c4n8rt2v", 0)]),
        stored("b", 10_002, [Ending(0, 1, "completed", 1, "worker-2/1", 0)], completed=1, cancelled=2)]
    runs = [
        Run("a", 0, 1, "worker-1/1", 10.0), Run("a", 1, 1, "worker-1/1", 19.0), Run("a", 1, 2, "worker-2/1", 26.0),
        Run("a", 2, 1, "worker-2/1", 11.0), Run("b", 0, 1, "worker-2/1", 12.0)]
    found = audit.Found(
        ledger={
            "a": Entry("a", plan.Batch(0, "plain", 3, 0, False), total=3, exit_code=0, kinds=["quick"] * 3),
            "b": Entry("b", plan.Batch(1, "cancelled", 3, 0, False), total=3, exit_code=3, kinds=["quick"] * 3)},
        unanswered_retries=0, store=Contents({batch.id: batch for batch in batches}, ["ok"], 20_000),
        statuses={"a": told[3][1], "b": told[4][1]},
        subscribers={
            "raw": subscriber(told), "lines": subscriber(told[2:]),
            "watch": SimpleNamespace(unknown_ends=lambda labels: [])},
        runs={key: [run for run in runs if (run.batch, run.operation) == key] for key in {
            (run.batch, run.operation) for run in runs}},
        faults=[Done("kill", "worker-1", 20.0, 21.0, "worker-1/1"), Done("stop", "worker-2", 30.0, 31.0)],
        copies=[{("a", 0, 1, "completed", 1)}])
    return copy.deepcopy(found)


class AuditTest(unittest.TestCase):
    def complaints(self, found):
        return [wrong for line in audit.audit(found) for wrong in line.wrong]

    def finds(self, says, found):
        complaints = self.complaints(found)
        self.assertTrue(any(says in complaint for complaint in complaints), f"{says!r} is not among {complaints}")

    def test_nothing_is_wrong_with_a_good_run(self):
        self.assertEqual(self.complaints(good()), [])

    def test_a_damaged_store(self):
        found = good()
        found.store.integrity = ["row 3 missing from index"]
        self.finds("SQLite says: row 3", found)

    def test_operations_that_are_missing(self):
        found = good()
        found.store.batches["a"].chunks = [(0, 1), (2, 1)]
        self.finds("a: operations from 1 to 2 are missing", found)

    def test_grants_of_a_batch_that_ended(self):
        found = good()
        found.store.batches["a"].grants = 1
        self.finds("left 1 grants", found)

    def test_an_operation_that_ended_twice(self):
        found = good()
        found.store.batches["a"].endings.insert(1, Ending(0, 1, "completed", 2, "worker-2/1", 0))
        self.finds("a: operation 0 has ended twice", found)

    def test_an_operation_that_is_not_counted(self):
        found = good()
        found.store.batches["a"].completed = 2
        self.finds("but its operations ended as", found)

    def test_an_end_that_was_lost(self):
        found = good()
        found.store.batches["a"].endings.pop()
        self.finds("but its operations ended as", found)

    def test_a_batch_that_was_accepted_and_lost(self):
        found = good()
        del found.store.batches["a"]
        self.finds("a was accepted, and is not in the store", found)

    def test_operations_that_were_accepted_and_lost(self):
        found = good()
        found.ledger["a"].total = 4
        self.finds("a was accepted with 4 operations, and has 3", found)

    def test_a_batch_that_nobody_submitted(self):
        found = good()
        found.store.batches["c"] = stored("c", 3, [Ending(0, 3, "completed", 1, None, 0)])
        self.finds("nobody submitted c", found)

    def test_a_batch_that_is_stuck(self):
        found = good()
        found.store.batches["a"].ended_at = None
        self.finds("a is stuck", found)

    def test_a_failure_out_of_nothing(self):
        found = good()
        found.store.batches["a"] = stored("a", 10_001, [
            Ending(0, 2, "completed", 1, "worker-1/1", 0), Ending(2, 1, "failed", 1, "worker-1/1", 0)],
            completed=2, failed=1)
        self.finds("1 failed, 0 of them lost; 0 are made to fail", found)

    def test_lost_too_soon(self):
        found = good()
        found.store.batches["a"] = stored("a", 10_001, [
            Ending(0, 2, "completed", 1, "worker-1/1", 0), Ending(2, 1, "failed", 2, None, 1)],
            completed=2, failed=1, lost=1)
        self.finds("failed as lost in attempt 2", found)

    def test_another_end_for_who_waited(self):
        found = good()
        found.ledger["a"].exit_code = 1
        self.finds("a ended as completed, and tally wait with 1", found)

    def test_cancelled_by_nobody(self):
        found = good()
        found.ledger["b"].spec = found.ledger["a"].spec
        self.finds("b was cancelled by nobody", found)

    def test_an_answer_that_is_not_the_stores(self):
        found = good()
        found.statuses["a"] = event("a", 10_001, completed=2)
        self.finds("of a the coordinator says", found)

    def test_an_end_that_was_undone(self):
        found = good()
        found.copies.append({("a", 2, 1, "failed", 1)})
        self.finds("after kill 2 of the coordinator, these ends were undone", found)

    def test_a_revision_that_falls(self):
        found = good()
        found.subscribers["raw"].lines[3]["event"] = event("a", 2)
        self.finds("revision 2 of epoch 2 came after 3", found)

    def test_an_epoch_that_comes_back(self):
        found = good()
        found.subscribers["raw"].lines[4]["epoch"] = 1
        self.finds("epoch 1 came after 2", found)

    def test_a_revision_that_was_used_twice(self):
        found = good()
        found.subscribers["lines"].events[0] = event("b", 3, "paused", completed=0)
        self.finds("revision 3 is one thing to raw and another to lines", found)

    def test_an_event_after_the_end(self):
        found = good()
        found.subscribers["lines"].take(event("a", 10_003, "processing"))
        self.finds("a: processing was told after its end", found)

    def test_counts_that_fall(self):
        found = good()
        found.subscribers["raw"].events[0]["completedOperations"] = 2
        self.finds("a: counts fell", found)

    def test_a_subscriber_that_missed_the_end(self):
        found = good()
        found.subscribers["lines"] = subscriber([(1, event("a", 2, "processing", completed=1)), (2, event(
            "b", 10_002, "cancelled", completed=1, cancelled=2))])
        self.finds("lines ended with ('processing'", found)

    def test_a_subscriber_that_never_heard_of_a_batch(self):
        found = good()
        del found.subscribers["lines"].last["a"]
        self.finds("lines knows nothing of a", found)

    def test_a_watch_that_told_no_end(self):
        found = good()
        found.subscribers["watch"].unknown_ends = lambda labels: [labels["b"]]
        self.finds("watch told no end of b", found)

    def test_an_effect_that_did_not_take_place(self):
        found = good()
        del found.runs["a", 2]
        self.finds("a: operation 2 counts as completed, and has had no effect", found)

    def test_an_effect_of_an_attempt_that_is_not_the_counted_one(self):
        found = good()
        found.runs["a", 1].pop()
        self.finds("a: operation 1 counts as completed, and has had no effect", found)

    def test_an_effect_of_another_worker(self):
        found = good()
        found.runs["a", 0] = [Run("a", 0, 1, "worker-2/1", 10.0)]
        self.finds("a: operation 0 is worker-1/1's, but worker-2/1 ran it", found)

    def test_a_second_run_in_one_attempt(self):
        found = good()
        found.runs["a", 0].append(Run("a", 0, 1, "worker-1/1", 10.5))
        self.finds("a: operation 0 was run twice in one attempt", found)

    def test_second_runs_without_a_cause(self):
        """The worker was not killed; only after the second run; before the first; was stopped, though for a moment."""
        for faults in (
                [], [Done("kill", "worker-1", 27.0, 28.0, "worker-1/1")],
                [Done("kill", "worker-1", 5.0, 6.0, "worker-1/1")], [Done("stop", "worker-1", 20.0, 21.5)],
                [Done("kill", "coordinator", 20.0, 26.0, "coordinator/1")],
                [Done("stall", "link of worker-2", 20.0, 28.0)]):
            found = good()
            found.faults = faults
            self.finds("though nothing had happened to the first", found)

    def test_second_runs_with_a_cause(self):
        for fault in (
                Done("stop", "worker-1", 17.0, 25.0), Done("stall", "link of worker-1", 17.0, 25.0),
                Done("reset", "link of worker-1", 17.0, 25.0)):
            found = good()
            found.faults = [fault]
            self.assertEqual(self.complaints(found), [])

    def test_a_process_that_ended_by_itself(self):
        found = good()
        found.crashes = ["worker-1 ended by itself, by signal 6"]
        self.finds("worker-1 ended by itself", found)

    def test_a_command_that_was_left_behind(self):
        found = good()
        found.leftovers = ["sleep 0.3"]
        self.finds("left behind: sleep 0.3", found)


class EverythingTest(unittest.TestCase):
    store = Contents({"everything": stored("everything", 1, [Ending(0, 2, "completed", 1, "w", 0)])}, ["ok"], 1)

    def test_what_was_told_and_is_not_durable(self):
        self.assertEqual(what_was_told_is_durable([(3, 2)], [self.store]).wrong, [])
        self.assertIn("3 of 3 had ended", what_was_told_is_durable([(3, 3)], [self.store]).wrong[0])
        self.assertIn("durable was 2 of 3", what_was_told_is_durable([(4, 2)], [self.store]).wrong[0])

    def test_a_run_of_what_had_ended(self):
        def lines(operation, at):
            run = Run("everything", operation, 2, "worker-1/2", at)
            return nothing_durable_runs_again([100.0], [self.store], {("everything", operation): [run]}).wrong

        self.assertEqual(lines(1, 99.0) + lines(2, 103.0), [])
        self.assertIn("operation 1 had ended at kill 1", lines(1, 103.0)[0])


if __name__ == "__main__":
    unittest.main()
