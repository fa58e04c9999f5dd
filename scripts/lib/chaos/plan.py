"""What a run will do, made of its seed alone: the same seed gives the same faults and the same batches. Only when each
falls isn't the same, since that depends on the machine."""

from dataclasses import dataclass
from math import ceil
from random import Random

WORKERS = ["worker-1", "worker-2", "worker-3", "worker-4"]
SUBSCRIBERS = ["raw", "lines", "sse", "watch"]

# In ten minutes, a little more than what is promised: a hundred SIGKILLs, twenty of them of the coordinator, forty
# SIGSTOPs, twenty cut links.
COORDINATOR_KILLS, WORKER_KILLS, STOPS, CUTS = 22, 84, 44, 24

# A worker that isn't heard for longer than its lease is lost; nothing here comes near those 5 seconds, so that it is
# known of each fault whether it may cost a grant.
SHORT, LONG = (0.2, 1.5), (7.0, 8.5)


@dataclass(frozen=True)
class Fault:
    at: float  # seconds after the load began, at the earliest
    kind: str  # kill, stop, reset (the link's connections, and new ones), stall (nothing goes through the link)
    target: str
    seconds: float  # until it is started again, goes on, is mended


@dataclass(frozen=True)
class Batch:
    number: int
    fate: str  # plain, no-ops, cancelled, paused, failing (and then retried), flaky
    operations: int
    after: float  # seconds from its acceptance to what its fate does to it, or to the SIGKILL of who submits it
    submitter_killed: bool

    @property
    def retries(self):
        return 3 if self.fate == "flaky" else 0

    def kind(self, operation):
        """What one of its operations does. Some have their effect first and take a while, some the other way round."""
        if self.fate == "no-ops":
            return "no-op"
        if self.fate in ("failing", "flaky") and operation % 7 == 3:
            return self.fate
        return ("quick", "quick", "slow", "late", "quick")[operation % 5]


def faults(seed, minutes):
    """The faults in their order, spread over all but the end."""
    random = Random(f"faults {seed}")
    span = 60 * minutes - 14
    targets = by_target(random, minutes)
    return sorted(
        (fault for target, kinds in targets.items() for fault in spread(random, target, kinds, span)),
        key=lambda fault: fault.at)


def by_target(random, minutes):
    def amount(in_ten_minutes):
        return ceil(in_ten_minutes * minutes / 10)

    stopped = ["coordinator"] + WORKERS[:3] + SUBSCRIBERS[:1] + WORKERS[3:] + SUBSCRIBERS[1:]
    kinds = {}
    deal(kinds, ["coordinator"], ["kill"] * amount(COORDINATOR_KILLS))
    deal(kinds, WORKERS, ["kill"] * amount(WORKER_KILLS))
    deal(kinds, stopped, ["stop"] * amount(STOPS))
    links = [f"link of {name}" for pair in zip(WORKERS, SUBSCRIBERS) for name in pair]
    random.shuffle(links)
    deal(kinds, links, ["reset", "stall"] * ceil(amount(CUTS) / 2))
    for list_of_kinds in kinds.values():
        random.shuffle(list_of_kinds)
    return kinds


def deal(kinds, targets, cards):
    for index, card in enumerate(cards):
        kinds.setdefault(targets[index % len(targets)], []).append(card)


def spread(random, target, kinds, span):
    """One after the other, each somewhere in its share of the time."""
    share = span / len(kinds)
    for index, kind in enumerate(kinds):
        long = random.random() < (0.25 if kind == "kill" else 0.5)
        low, high = LONG if long else SHORT
        if kind == "kill" and long:
            low, high = 1.5, 6.5
        yield Fault(index * share + random.random() * max(0, share - high), kind, target, random.uniform(low, high))


def batch(seed, number):
    random = Random(f"batch {seed} {number}")
    fate = random.choices(
        ["plain", "no-ops", "cancelled", "paused", "failing", "flaky"], [30, 25, 12, 12, 11, 10])[0]
    operations = random.randint(300, 3000) if fate == "no-ops" else random.randint(20, 120)
    return Batch(number, fate, operations, random.uniform(0.02, 1.5), random.random() < 0.15)
