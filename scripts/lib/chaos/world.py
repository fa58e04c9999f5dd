"""The processes of a run: a coordinator on tcp that asks for keys; workers and subscribers, each behind a link of its
own."""

import time

import plan
from control import Control
from home import Failed
from links import links
from processes import Process
from subscribers import subscribers


class World:
    def __init__(self, home):
        self.home = home
        self.links = links(home, plan.WORKERS + plan.SUBSCRIBERS)
        self.subscribers = subscribers(home, self.links)
        self.coordinator = coordinator(home)
        self.workers = [worker(home, name, self.links[name].address) for name in plan.WORKERS]
        self.processes = {process.name: process for process in [self.coordinator, *self.workers]}
        self.processes |= {name: subscriber.process for name, subscriber in self.subscribers.items()}

    def start(self):
        self.coordinator.start()
        self.control().ask("hello")
        for process in self.workers:
            process.start()
        for subscriber in self.subscribers.values():
            subscriber.start()
        # Whoever begins to follow is told nothing of what has ended before.
        self.until("all workers and subscribers are there", 60, self.everybody_is_there)

    def everybody_is_there(self):
        answer, _ = self.control().ask("workers")
        return len(answer["workers"]) == len(self.workers) and all(
            subscriber.is_there() for subscriber in self.subscribers.values())

    def control(self):
        home = self.home
        return Control(home.address(), home.key("coordinator.pub"), home.key("submitter.key"))

    def until(self, what, seconds, holds, missing=lambda: ""):
        """How long it took."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > seconds:
                raise Failed(f"not in {seconds} seconds: {what} {missing()}")
            time.sleep(0.1)
        return time.monotonic() - began

    def check(self):
        for process in self.processes.values():
            process.check()

    def end(self):
        """Asks all to end, and says what is wrong with how they do, and what is left then."""
        wrong = [
            process.end(30) for process in reversed(self.processes.values()) if process.name not in ("raw", "watch")]
        # Interrupted is how these end; nobody misses them.
        for name in ("raw", "watch"):
            self.processes[name].kill()
        deadline = time.monotonic() + 10
        while (left := self.home.living()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return [fault for fault in wrong if fault], [command(pid) for pid in left]

    def errors(self):
        """Nothing that happens here is one to who meets it."""
        return [
            f"{process.name} logged: {line.rstrip()}" for process in self.processes.values()
            for line in open(process.log, errors="replace") if " error " in line or " critical " in line]

    def crashes(self):
        return [crash for process in self.processes.values() for crash in process.ended_itself]


def coordinator(home):
    words = [home.program, "coordinator", "--bind", home.address(), "--allow", home.key("allowed")]
    return Process(home, "coordinator", lambda _: words, lambda _: home.environment("coordinator"))


def worker(home, name, address):
    """Each start has a name of its own, which its commands write beside what they do."""
    def words(start):
        return [home.program, "worker", "--allow-commands", "--slots", "4", "--name", str(start)]

    def environment(start):
        return home.environment(name, address) | {"CHAOS_WORKER": f"{name}/{start}"}

    return Process(home, name, words, environment)


def command(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read().replace("\0", " ")
    except OSError:
        return f"process {pid}"
