"""Which faults may cost a worker its grants."""

from dataclasses import dataclass

# A worker is lost when it was not heard for a lease of 5 seconds, its last word may have been a second before. Faults
# are much shorter or much longer than this.
COSTLY = 3.0
# Between two faults so near to each other it may not have been heard.
RECOVERY = 4.0
# So long after it is heard again a worker may go on with what it was given before, and isn't its own any more.
AFTERMATH = 15.0


@dataclass(frozen=True)
class Done:
    """A fault that took place."""
    kind: str
    target: str
    begun: float
    ended: float
    incarnation: str = ""  # of the worker that was killed


class Silences:
    """When each worker, by the name it has for one start, could not be heard."""

    def __init__(self, faults):
        self.killed = {fault.incarnation: fault.begun for fault in faults if fault.kind == "kill" and fault.incarnation}
        self.silent = {}
        for fault in sorted(faults, key=lambda fault: fault.begun):
            worker = fault.target.removeprefix("link of ")
            if fault.kind != "kill" and worker.startswith("worker-"):
                self.add(worker, fault)

    def add(self, worker, fault):
        spans = self.silent.setdefault(worker, [])
        if spans and fault.begun <= spans[-1][1] + RECOVERY:
            spans[-1] = (spans[-1][0], max(spans[-1][1], fault.ended))
        else:
            spans.append((fault.begun, fault.ended))

    def may_have_cost(self, run, until):
        """Whether the grant by which this was run may have been lost before `until`."""
        if run.at - 1 <= self.killed.get(run.worker, float("inf")) <= until:
            return True
        return any(
            end - begin >= COSTLY and begin <= until and end + AFTERMATH >= run.at
            for begin, end in self.silent.get(run.worker.split("/")[0], []))
