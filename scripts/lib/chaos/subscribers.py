"""Four who follow all batches, each by another way, and what each has seen."""

import http.client
import json
import re
import sys
import threading
import time
from collections import Counter

from processes import Process

# Lines of `tally watch` that tell an end, by the batch's label.
END = re.compile(r"^(\S+): (?:[\d,]+ completed|[\d,]+ of [\d,]+ failed|cancelled, |nothing to do)")


class Seen:
    """Events in the order in which they came."""

    def __init__(self):
        self.events = []
        self.last = {}

    def take(self, event):
        self.events.append(event)
        known = self.last.get(event["batchId"])
        if known is None or known["revision"] <= event["revision"]:
            self.last[event["batchId"]] = event

    def unknown_ends(self, labels):
        """Of these batches, those of which no end was told."""
        return [id for id in labels if id not in self.last or not is_end(self.last[id])]


def is_end(event):
    return event["status"] in ("completed", "failed", "cancelled")


class Raw(Seen):
    """Straight from the socket, in a process of its own, which can be stopped."""

    def __init__(self, home, link):
        super().__init__()
        self.record = f"{home.path}/raw"
        self.lines, self.position = [], 0
        script = __file__.replace("subscribers.py", "raw.py")
        words = [
            sys.executable, script, link.address, home.key("coordinator.pub"), home.key("watcher.key"), self.record]
        self.process = Process(home, "raw", lambda _: words, lambda _: home.environment("watcher"))

    def start(self):
        self.process.start()

    def is_there(self):
        self.read()
        return any(line["kind"] == "snapshot" for line in self.lines)

    def unknown_ends(self, labels):
        self.read()
        return super().unknown_ends(labels)

    def read(self):
        """What it has written since."""
        try:
            with open(self.record) as file:
                file.seek(self.position)
                text = file.read()
        except FileNotFoundError:
            return
        whole = text.rfind("\n") + 1
        self.position += len(text[:whole].encode())
        for line in text[:whole].splitlines():
            line = json.loads(line)
            self.lines.append(line)
            for event in [line["event"]] if line["kind"] == "event" else line.get("events", []):
                self.take(event)


class Stream(Seen):
    """An HTTP client of a `tally mcp` of its own: the mirror that every gateway stands on."""

    def __init__(self, home, link, name, accept):
        super().__init__()
        self.accept, self.is_open = accept, False
        words = [home.program, "mcp", "--listen", "127.0.0.1:0"]
        self.process = Process(home, name, lambda _: words, lambda _: home.environment("watcher", link.address))

    def start(self):
        self.process.start()
        threading.Thread(target=self.follow, daemon=True).start()

    def is_there(self):
        return self.is_open

    def follow(self):
        while True:
            try:
                self.read(http.client.HTTPConnection("127.0.0.1", self.port()))
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.2)

    def port(self):
        while True:
            with open(self.process.log) as log:
                if found := re.findall(r"listening on http://127\.0\.0\.1:(\d+)", log.read()):
                    return int(found[-1])
            time.sleep(0.1)

    def read(self, connection):
        connection.request("GET", "/events", headers={"Accept": self.accept})
        answer = connection.getresponse()
        self.is_open = answer.status == 200
        for line in answer:
            text = line.decode().removeprefix("data: ").strip()
            if text.startswith("{") and "batchId" in (event := json.loads(text)):
                self.take(event)


class Watch:
    """`tally watch`, whose lines tell ends alone."""

    def __init__(self, home, link):
        self.link = link
        words = [home.program, "watch"]
        self.process = Process(home, "watch", lambda _: words, lambda _: home.environment("watcher", link.address))

    def start(self):
        self.process.start()

    def is_there(self):
        """It says nothing before there is a batch; but it has connected to control and events."""
        return self.link.connections() == 2

    def unknown_ends(self, labels):
        """A retry has the label of the batch whose operations it tries again."""
        with open(self.process.output) as output:
            told = Counter(found[1] for line in output if (found := END.match(line)))
        return list((Counter(labels.values()) - told).elements())


def subscribers(home, links):
    return {
        "raw": Raw(home, links["raw"]),
        "lines": Stream(home, links["lines"], "lines", "application/x-ndjson"),
        "sse": Stream(home, links["sse"], "sse", "text/event-stream"),
        "watch": Watch(home, links["watch"]),
    }
