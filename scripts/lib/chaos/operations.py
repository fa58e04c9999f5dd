"""What operations do, and what they leave behind: each run of a command appends one line to one file."""

import json
from collections import defaultdict
from dataclasses import dataclass

# One write to a file opened for appending, so that lines of many processes don't mix (open(2), O_APPEND).
EFFECT = (
    'printf "%s %s %s %s %s\\n" "$TALLY_BATCH" "$TALLY_OPERATION" "$TALLY_ATTEMPT" "$CHAOS_WORKER" "$EPOCHREALTIME" '
    '>>"$CHAOS_EFFECTS"')


@dataclass(frozen=True)
class Run:
    """A command that has begun, and got as far as its line."""
    batch: str
    operation: int
    attempt: int
    worker: str
    at: float


def line(kind, batch):
    """An operation as `tally submit` reads it."""
    if kind == "no-op":
        return json.dumps({"type": "no-op"})
    script = {
        "quick": EFFECT,
        "slow": f"{EFFECT}; sleep 0.3",
        "late": f"sleep 0.2; {EFFECT}",
        # Its first attempt fails; if that was lost, none does.
        "flaky": f'{EFFECT}; [ "$TALLY_ATTEMPT" -gt 1 ]',
        # Fails in this batch, and not when it is retried, which makes another batch.
        "failing": f'{EFFECT}; [ "$TALLY_BATCH" != "{batch}" ]',
    }[kind]
    return json.dumps({"type": "command", "data": {"arguments": ["bash", "-c", script]}})


def runs(path):
    """What was run, by batch and operation, in the order in which it was."""
    found = defaultdict(list)
    with open(path) as file:
        for text in file:
            batch, operation, attempt, worker, at = text.split()
            found[batch, int(operation)].append(Run(batch, int(operation), int(attempt), worker, float(at)))
    return found
