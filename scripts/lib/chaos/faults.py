"""Does to processes and links what the plan says: each target has a thread, in which one fault follows the other."""

import signal
import threading
import time

import store
from control import Control
from silences import Done


class Faults:
    def __init__(self, world, planned):
        self.world, self.planned = world, planned
        self.done, self.copies, self.failures = [], [], []
        self.answers, self.ends = [], []  # seconds from a start of the coordinator
        self.threads = []

    def start(self):
        began = time.monotonic()
        for target in {fault.target for fault in self.planned}:
            faults = [fault for fault in self.planned if fault.target == target]
            self.threads.append(threading.Thread(target=self.carry_out, args=(faults, began), daemon=True))
        for thread in self.threads:
            thread.start()

    def finish(self):
        """Returns when all took place and were mended."""
        for thread in self.threads:
            thread.join()

    def carry_out(self, faults, began):
        try:
            for fault in faults:
                time.sleep(max(0, began + fault.at - time.monotonic()))
                if fault.target.startswith("link of "):
                    self.cut(fault, self.world.links[fault.target.removeprefix("link of ")])
                elif fault.kind == "stop":
                    self.stop(fault, self.world.processes[fault.target])
                else:
                    self.kill(fault, self.world.processes[fault.target])
        except Exception as error:
            self.failures.append(f"{faults[0].target}: {type(error).__name__}: {error}")

    def note(self, fault, begun, incarnation=""):
        self.done.append(Done(fault.kind, fault.target, begun, time.time(), incarnation))
        with open(f"{self.world.home.path}/log/faults", "a") as file:
            print(self.done[-1], file=file)

    def cut(self, fault, link):
        begun = time.time()
        link.cut(fault.kind)
        time.sleep(fault.seconds)
        link.mend(fault.kind)
        self.note(fault, begun)

    def stop(self, fault, process):
        process.signal(signal.SIGSTOP)
        begun = time.time()
        time.sleep(fault.seconds)
        process.signal(signal.SIGCONT)
        self.note(fault, begun)

    def kill(self, fault, process):
        begun, incarnation = time.time(), f"{process.name}/{process.starts}"
        process.kill()
        if fault.target == "coordinator":
            # Nobody else has the store now.
            self.copies.append(store.read(self.world.home).ended())
        time.sleep(max(0, begun + fault.seconds - time.time()))
        self.note(fault, begun, incarnation)
        process.start()
        if fault.target == "coordinator":
            self.recover()

    def recover(self):
        """Measures how soon the coordinator answers, and how soon an operation ends again."""
        began = time.monotonic()
        control = self.world.control()
        control.ask("hello", again=0.5)
        self.answers.append(time.monotonic() - began)
        if (first := active(control)) and self.moves(control, first):
            self.ends.append(time.monotonic() - began)

    def moves(self, control, first):
        """False: not for so long that other faults have a part in that."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            now = active(control)
            if any(id not in now or now[id] > count for id, count in first.items()):
                return True
            time.sleep(0.02)
        return False


def active(control):
    """Of each batch that has not ended, how many of its operations have."""
    answer, _ = control.ask("list", again=0.5)
    return {batch["event"]["batchId"]: finished(batch["event"]) for batch in answer["batches"]}


def finished(event):
    return sum(event[f"{end}Operations"] for end in ("completed", "failed", "cancelled"))
