"""Says what is wrong with what a run has left behind. Nothing here asks anybody or waits: what was found goes in, lines
come out."""

from dataclasses import dataclass, field

from silences import Silences
from subscribers import is_end

# An operation that ran in so many lost workers has failed as "worker lost".
LOSSES_ALLOWED = 3


@dataclass
class Found:
    """All that a run has left."""
    ledger: dict  # what the submitters know, by id
    unanswered_retries: int
    store: object
    statuses: dict  # the coordinator's last answers, by id
    subscribers: dict  # what each has seen
    runs: dict  # of commands, by batch and operation
    faults: list
    copies: list = field(default_factory=list)  # of what counted as ended each time the coordinator was dead
    crashes: list = field(default_factory=list)
    leftovers: list = field(default_factory=list)


@dataclass
class Line:
    """One thing that was looked at."""
    says: str
    wrong: list


def audit(found):
    return [
        store_is_whole(found), each_operation_counts_once(found), batches_are_those_submitted(found),
        ends_are_right(found), statuses_are_the_stores(found), what_was_durable_stays(found),
        revisions_rise(found), a_revision_is_one_event(found), counts_never_fall(found),
        subscribers_agree(found), effects_took_place(found), second_runs_have_causes(found), processes_behaved(found),
    ]


def store_is_whole(found):
    wrong = [] if found.store.integrity == ["ok"] else [f"SQLite says: {found.store.integrity[0]}"]
    for batch in found.store.batches.values():
        expected = 0
        for first, count in batch.chunks:
            if first != expected:
                wrong.append(f"{batch.id}: operations from {expected} to {first} are missing, or there twice")
            expected = first + count
        if expected != batch.total:
            wrong.append(f"{batch.id} has {expected} operations in the store, not {batch.total}")
        if batch.grants or batch.histories:
            wrong.append(f"{batch.id} has ended, and left {batch.grants} grants and {batch.histories} histories")
    return Line(f"the store: {len(found.store.batches)} batches, whole", wrong)


def each_operation_counts_once(found):
    """Operations that were never handed out when their batch was cancelled have no ending: they are what is left."""
    wrong, operations = [], 0
    for batch in found.store.batches.values():
        operations += batch.total
        counts = {"completed": 0, "failed": 0, "cancelled": 0}
        end = 0
        for ending in batch.endings:
            counts[ending.kind] += ending.count
            if ending.first < end:
                wrong.append(f"{batch.id}: operation {ending.first} has ended twice")
            end = ending.first + ending.count
        if end > batch.total:
            wrong.append(f"{batch.id}: operation {end - 1} has ended, of {batch.total}")
        if batch.cancelled > counts["cancelled"]:
            counts["cancelled"] = batch.total - counts["completed"] - counts["failed"]
        told = {"completed": batch.completed, "failed": batch.failed, "cancelled": batch.cancelled}
        if counts != told:
            wrong.append(f"{batch.id} counts {told}, but its operations ended as {counts}")
        if sum(told.values()) != batch.total:
            wrong.append(f"{batch.id} counts {told}, of {batch.total}")
    return Line(f"{operations} operations, each counted once", wrong)


def batches_are_those_submitted(found):
    wrong = []
    for entry in found.ledger.values():
        batch = found.store.batches.get(entry.id)
        if batch is None:
            wrong.append(f"{entry.id} was accepted, and is not in the store")
        elif batch.total != entry.total:
            wrong.append(f"{entry.id} was accepted with {entry.total} operations, and has {batch.total}")
        elif batch.retry_of != entry.retry_of:
            wrong.append(f"{entry.id} is a retry of {batch.retry_of}, not of {entry.retry_of}")
    strangers = [batch for id, batch in found.store.batches.items() if id not in found.ledger]
    # A retry whose answer didn't come may have taken place all the same.
    unknown = [batch.id for batch in strangers if batch.retry_of not in found.ledger]
    if unknown or len(strangers) > found.unanswered_retries:
        wrong.append(f"nobody submitted {', '.join(unknown or [batch.id for batch in strangers])}")
    return Line(f"{len(found.ledger)} batches were accepted, and no others are there", wrong)


def ends_are_right(found):
    wrong = []
    for entry in found.ledger.values():
        batch = found.store.batches.get(entry.id)
        if batch is None:
            continue
        if batch.ended_at is None:
            wrong.append(f"{entry.id} is stuck as {batch.status}")
            continue
        if entry.exit_code not in (None, {"completed": 0, "failed": 1, "cancelled": 3}[batch.status]):
            wrong.append(f"{entry.id} ended as {batch.status}, and tally wait with {entry.exit_code}")
        if batch.status == "cancelled":
            if entry.spec.fate != "cancelled" or entry.retry_of:
                wrong.append(f"{entry.id} was cancelled by nobody")
            continue
        failing = 0 if entry.retry_of else entry.kinds.count("failing")
        if batch.failed - batch.lost != failing:
            wrong.append(f"{entry.id}: {batch.failed} failed, {batch.lost} of them lost; {failing} are made to fail")
        if (batch.status == "failed") != (batch.failed > 0):
            wrong.append(f"{entry.id} is {batch.status} with {batch.failed} that failed")
        wrong += [
            f"{entry.id}: operation {ending.first} failed as lost in attempt {ending.attempt}"
            for ending in batch.endings if ending.lost and ending.attempt < LOSSES_ALLOWED]
    return Line("each batch ended, as it had to", wrong)


def statuses_are_the_stores(found):
    wrong = []
    for id, batch in found.store.batches.items():
        event = found.statuses.get(id)
        if event is None:
            wrong.append(f"the coordinator knows nothing of {id}")
        elif (told := counts(event)) != (kept := stored_counts(batch)):
            wrong.append(f"of {id} the coordinator says {told}, the store {kept}")
    return Line("the coordinator's last answers are what the store says", wrong)


def what_was_durable_stays(found):
    wrong, at_last = [], found.store.ended()
    for number, copy in enumerate(found.copies, start=1):
        if lost := copy - at_last:
            wrong.append(f"after kill {number} of the coordinator, these ends were undone: {sorted(lost)[:3]}")
    return Line(f"what had ended at {len(found.copies)} kills of the coordinator, ended so", wrong)


def revisions_rise(found):
    """As they came from the socket: within an epoch, and from one epoch to the next."""
    wrong, events, epochs, epoch, last = [], 0, set(), 0, 0
    for line in found.subscribers["raw"].lines:
        if line["kind"] == "event":
            events += 1
            revision = line["event"]["revision"]
            if line["epoch"] < epoch:
                wrong.append(f"epoch {line['epoch']} came after {epoch}")
            if revision <= last:
                wrong.append(f"revision {revision} of epoch {line['epoch']} came after {last} of {epoch}")
            epoch, last = line["epoch"], revision
            epochs.add(epoch)
    if not events:
        wrong.append("no event came")
    return Line(f"revisions rise: {events} events straight from the socket, of {len(epochs)} epochs", wrong)


def a_revision_is_one_event(found):
    wrong, known, compared = [], {}, 0
    for name, seen in found.subscribers.items():
        for event in getattr(seen, "events", []):
            first_name, first = known.setdefault(event["revision"], (name, event))
            compared += first is not event
            if first != event:
                wrong.append(f"revision {event['revision']} is one thing to {first_name} and another to {name}")
    return Line(f"a revision is the same event to all: {len(known)} of them, compared {compared} times", wrong)


def counts_never_fall(found):
    wrong, batches = [], {}
    for name, seen in found.subscribers.items():
        for event in getattr(seen, "events", []):
            batches.setdefault(event["batchId"], {})[event["revision"]] = event
    for id, events in batches.items():
        before = None
        for event in (events[revision] for revision in sorted(events)):
            if before and is_end(before):
                wrong.append(f"{id}: {event['status']} was told after its end")
            if before and any(event[count] < before[count] for count in COUNTS):
                wrong.append(f"{id}: counts fell from {counts(before)} to {counts(event)}")
            before = event
    return Line(f"counts never fall, and ends are final: {len(batches)} batches", wrong)


def subscribers_agree(found):
    wrong = []
    watch = found.subscribers.get("watch")
    for name, seen in found.subscribers.items():
        if seen is watch:
            continue
        for id, batch in found.store.batches.items():
            event = seen.last.get(id)
            if event is None:
                wrong.append(f"{name} knows nothing of {id}")
            elif (counts(event), event["revision"]) != (stored_counts(batch), batch.revision):
                wrong.append(
                    f"{name} ended with {counts(event)} of {id}, revision {event['revision']}; the store says "
                    f"{stored_counts(batch)}, revision {batch.revision}")
    if watch:
        labels = {id: batch.retry_of or id for id, batch in found.store.batches.items()}
        wrong += [f"watch told no end of {label}" for label in watch.unknown_ends(labels)]
    return Line(f"{len(found.subscribers)} subscribers ended with the same states", wrong)


def effects_took_place(found):
    """The attempt that is counted has left its line, written by the worker that the store names."""
    wrong, effects = [], 0
    for entry in found.ledger.values():
        batch = found.store.batches.get(entry.id)
        for ending in batch.endings if batch else []:
            for operation in ending.operations if ending.kind == "completed" else []:
                if operation >= len(entry.kinds) or entry.kinds[operation] == "no-op":
                    continue
                effects += 1
                runs = found.runs.get((entry.id, operation), [])
                counted = [run for run in runs if run.attempt == ending.attempt]
                if not counted:
                    wrong.append(f"{entry.id}: operation {operation} counts as completed, and has had no effect")
                # A worker that hasn't said READY since the coordinator's start is known by its session.
                elif "/" in (ending.worker or "") and counted[0].worker != ending.worker:
                    wrong.append(
                        f"{entry.id}: operation {operation} is {ending.worker}'s, but {counted[0].worker} ran it")
    return Line(f"{effects} side effects, each took place", wrong)


def second_runs_have_causes(found):
    """Each attempt is one grant, to one worker's session, and is run once at most. So an operation runs no more often
    than it was granted; and it is granted again only if a grant was lost or its run failed and is to be tried again.
    Whether a grant may have been lost is known: its worker was killed after it began the run, or not heard for longer
    than its lease. A stop, a cut or a kill of anything else is no cause: a coordinator's restart is nobody's loss."""
    wrong, second, by_failure = [], 0, 0
    silences = Silences(found.faults)
    for (id, operation), runs in found.runs.items():
        if id not in found.ledger:
            continue  # of a retry that nobody knows of
        attempts = sorted(run.attempt for run in runs)
        if len(set(attempts)) < len(attempts):
            wrong.append(f"{id}: operation {operation} was run twice in one attempt: {attempts}")
        kind = found.ledger[id].kinds[operation]
        latest = max(runs, key=lambda run: run.attempt)
        for run in runs:
            if run is latest:
                continue
            second += 1
            if kind == "flaky" and run.attempt == 1:
                by_failure += 1
            elif not silences.may_have_cost(run, until=latest.at):
                wrong.append(
                    f"{id}: operation {operation} was run by {run.worker} in attempt {run.attempt}, and again by "
                    f"{latest.worker} in attempt {latest.attempt}, though nothing had happened to the first")
    total = sum(len(runs) for runs in found.runs.values())
    return Line(
        f"{total} runs, {second} of them second ones: {by_failure} after a failure, {second - by_failure} after a lost "
        "grant", wrong)


def processes_behaved(found):
    wrong = found.crashes + [f"left behind: {leftover}" for leftover in found.leftovers]
    return Line("no process ended by itself, logged an error, or was left behind", wrong)


COUNTS = ("totalOperations", "completedOperations", "failedOperations", "cancelledOperations")


def counts(event):
    return (event["status"], *(event[count] for count in COUNTS))


def stored_counts(batch):
    return (batch.status, batch.total, batch.completed, batch.failed, batch.cancelled)
