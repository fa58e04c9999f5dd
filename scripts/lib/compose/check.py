"""Runs docker/compose.yaml and looks at it from outside; scripts/compose-check starts this.

    check.py ENGINE BASE COMPOSE…

ENGINE is docker or podman, BASE the image that Tally's stands on, COMPOSE the command that runs compose on the file.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

ENGINE, BASE, COMPOSE = sys.argv[1], sys.argv[2], sys.argv[3:]
PROCESSES = ["coordinator", "worker", "mcp", "matrix"]
failures = 0


def check(holds, what, seen=""):
    global failures
    failures += not holds
    print(f"{'ok   ' if holds else 'WRONG'} {what}{': ' if seen else ''}{seen}", flush=True)


def call(*words, env={}):
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **env}, timeout=600)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def compose(*words, env={}):
    return call(*COMPOSE, *words, env=env)


def engine(*words):
    return call(ENGINE, *words)


def until(holds, seconds, what):
    """What `holds` answers, when that is true."""
    deadline = time.monotonic() + seconds
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {seconds} s\n{compose('ps')}{compose('logs', '--tail=20')}")
        time.sleep(0.2)
    return answer


# Containers.

def containers(service):
    return compose("ps", "-a", "-q", service).split()


def state(container):
    return json.loads(engine("inspect", "--format", "{{json .State}}", container))


def health(container):
    return state(container)["Health"]["Status"]


def started(container):
    return datetime.fromisoformat(state(container)["StartedAt"])


def inside(container, *words):
    return engine("exec", container, *words)


def metric(container, name):
    text = inside(container, "curl", "-fsS", "http://127.0.0.1:5580/metrics")
    return float(re.search(rf"^{name} (\S+)", text, re.M)[1])


def is_ready(service, container):
    address = "http://127.0.0.1:8008/health" if service == "synapse" else "http://127.0.0.1:5580/readyz"
    words = [ENGINE, "exec", container, "curl", "-fsS", address]
    return subprocess.run(words, capture_output=True, timeout=60).returncode == 0


def until_ready(service, container):
    until(lambda: is_ready(service, container), 60, f"{service} ready")


def until_ended(container, seconds):
    until(lambda: state(container)["Status"] == "exited", seconds, "the demo's end")


# What people see.

def ask(address, token=None, body=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=60) as answer:
        return answer.read().decode()


def port(container, inner):
    return engine("port", container, f"{inner}/tcp").split()[0]


class Gateway:
    def __init__(self, container):
        self.address = f"http://{port(container, 5580)}"
        self.token = inside(container, "cat", "/keys/token").strip()

    def batch(self, id):
        return json.loads(ask(f"{self.address}/batches/{id}", self.token))["event"]

    def stream(self, id):
        """All lines, to the end of the batch or of the gateway."""
        lines = ask(f"{self.address}/batches/{id}/events", self.token).splitlines()
        return [json.loads(line) for line in lines]


class Room:
    """As alice sees it, by the homeserver's published port."""

    def __init__(self):
        synapse = containers("synapse")[0]
        self.address = f"http://{port(synapse, 8008)}/_matrix/client/v3"
        password = inside(synapse, "cat", "/keys/alice").strip()
        self.token = json.loads(ask(f"{self.address}/login", body={
            "type": "m.login.password", "identifier": {"type": "m.id.user", "user": "alice"}, "password": password,
        }))["access_token"]
        alias = urllib.parse.quote("#batches:localhost")
        self.room = json.loads(ask(f"{self.address}/directory/room/{alias}"))["room_id"]

    def messages(self):
        """Of each message its newest text, the oldest message first; and how many edits there were."""
        answer = json.loads(ask(
            f"{self.address}/rooms/{urllib.parse.quote(self.room)}/messages?dir=b&limit=1000", self.token))
        texts, edits = {}, 0
        for event in reversed(answer["chunk"]):
            if event["type"] != "m.room.message":
                continue
            relation = event["content"].get("m.relates_to", {})
            if relation.get("rel_type") == "m.replace":
                edits += 1
                texts[relation["event_id"]] = event["content"]["m.new_content"]["body"]
            else:
                texts[event["event_id"]] = event["content"]["body"]
        return list(texts.values()), edits


def batch_of(demo):
    """The batch that a demo's log names, and of how many operations it is."""
    log = engine("logs", demo)
    named, counted = re.search(r"id ([a-z0-9]+)", log), re.search(r"Compressing (\d+) files", log)
    return (named[1], int(counted[1])) if named and counted else None


def check_end(demo, gateway):
    id, total = batch_of(demo)
    code, event = state(demo)["ExitCode"], gateway.batch(id)
    counts = [event[f"{name}Operations"] for name in ("total", "completed", "failed", "cancelled")]
    check(code == 0, "the demo ended well: each file was compressed once", f"exit code {code}")
    check(event["status"] == "completed" and counts == [total, total, 0, 0], "the batch's counts are right",
          "total {}, completed {}, failed {}, cancelled {}".format(*counts))
    return total


def check_room(room, batches):
    def are_ended():
        texts = room.messages()[0]
        return len(texts) == batches and all(re.search("^✅ .*completed", text) for text in texts)

    until(are_ended, 60, "messages of ended batches in the room")
    texts, edits = room.messages()
    check(True, f"the room has a message for each batch, {batches}, and it is ended",
          f"{texts[-1].splitlines()[0]} ({edits} edits in the room)")


def check_demo():
    begun = datetime.now(UTC)
    compose("up", "-d", "--no-build")
    demo, gateway = containers("demo")[0], Gateway(containers("mcp")[0])
    id, _ = until(lambda: batch_of(demo), 60, "the demo's batch")
    with ThreadPoolExecutor() as others:
        stream = others.submit(gateway.stream, id)
        print(f"     from nothing to the demo's start {(started(demo) - begun).total_seconds():.0f} s")
        seen = {service: health(containers(service)[0]) for service in PROCESSES + ["synapse"]}
        check(set(seen.values()) == {"healthy"}, "all are healthy", ", ".join(f"{s} {h}" for s, h in seen.items()))
        events = stream.result()
    check(len(events) > 2 and events[-1]["status"] == "completed",
          "the stream at the published port tells of the batch to its end", f"{len(events)} lines")
    try:
        ask(f"{gateway.address}/batches/{id}/events")
        check(False, "without the token there is no stream")
    except urllib.error.HTTPError as error:
        check(error.code == 401, "without the token there is no stream", error.code)
    until_ended(demo, 300)
    total = check_end(demo, gateway)
    files = int(engine("run", "--rm", "--entrypoint", "sh", "tally", "-c", "find /usr -xdev -type f | wc -l"))
    check(files == total, "the batch has an operation for each file of the image", files)
    check_room(Room(), 1)
    log = engine("logs", demo)
    print(f"     the demo's log:\n\n{log}")
    check_readme(log)


def check_readme(log):
    """Whether each line that README.md shows of a demo's log is in this one, in that order; figures apart."""
    with open("README.md", encoding="utf-8") as file:
        shown = re.search(r"^## In containers\n.*?^```text\n(.*?)^```", file.read(), re.M | re.S)[1]
    lines = iter(shapes(log))
    missing = [line for line in shapes(shown) if line != "…" and line not in lines]
    check(not missing, "the log is README.md's", "; ".join(missing))


def shapes(log):
    log = log.replace(re.search(r"id ([a-z0-9]+)", log)[1], "ID")
    log = re.sub(r"([0-9]+m )?[0-9]+s\b", "TIME", log)
    return [re.sub(r"[0-9][0-9,.]*", "N", line).strip() for line in log.splitlines()]


def check_faults():
    compose("up", "-d", "--no-build", "--scale", "worker=4", "--scale", "mcp=2", env={"DELAY": "0.5"})
    workers, gateways, coordinator = containers("worker"), containers("mcp"), containers("coordinator")[0]
    check([health(worker) for worker in workers] == ["healthy"] * 4, "--scale worker=4", "all healthy")
    until(lambda: metric(coordinator, "tally_workers") == 4, 30, "four workers at the coordinator")
    ports = {port(gateway, 5580) for gateway in gateways}
    check([health(gateway) for gateway in gateways] == ["healthy"] * 2 and len(ports) == 2, "--scale mcp=2",
          "both healthy, at " + " and ".join(sorted(ports)))

    demo = containers("demo")[0]
    id, total = until(lambda: batch_of(demo), 60, "the second batch")
    with ThreadPoolExecutor() as others:
        # At the gateway that lives on.
        stream = others.submit(Gateway(gateways[1]).stream, id)
        for service in PROCESSES + ["synapse"]:
            check_kill(service, gateways[0] if service == "mcp" else containers(service)[0])
        check_recreation(gateways[1])
        gateway = Gateway(gateways[1])
        event = gateway.batch(id)
        check(event["status"] == "processing", "all of that was in mid-batch",
              f"{event['completedOperations']} of {total} completed")
        until_ended(demo, 600)
        events = stream.result()
    counts = [event["completedOperations"] for event in events]
    check(counts == sorted(counts) and counts[-1] == total, "a stream that was open all the time never went back",
          f"{len(events)} lines")
    check_end(demo, gateway)
    retried = gateway.batch(id)["retriedOperations"]
    print(f"     operations that were tried again, of the worker that was killed: {retried}")
    check_room(Room(), 2)


def check_kill(service, container):
    former, begun = state(container)["Pid"], time.monotonic()
    os.kill(former, signal.SIGKILL)
    until(lambda: state(container)["Pid"] not in (0, former), 60, f"{service} again")
    until_ready(service, container)
    check(True, f"kill -9 of {service}", f"ready again after {time.monotonic() - begun:.1f} s")


def check_recreation(gateway):
    former, begun = containers("coordinator")[0], time.monotonic()
    compose("rm", "-s", "-f", "coordinator")
    compose("up", "-d", "--no-build", "--no-deps", "coordinator")
    container = containers("coordinator")[0]
    until_ready("coordinator", container)
    ready = time.monotonic()
    # It has another address: until a gateway has found it, that answers questions with 503.
    until_ready("mcp", gateway)
    check(container != former, "the coordinator's container removed, and another made on its volume",
          f"ready after {ready - begun:.1f} s, found by mcp {time.monotonic() - ready:.1f} s later")


def check_figures():
    size = [int(engine("image", "inspect", "--format", "{{.Size}}", image)) / 1e6 for image in ("tally", BASE)]
    check(size[0] - size[1] < 120, "the image is less than 120 MB over its base",
          f"{size[0] - size[1]:.1f} MB over {size[1]:.1f} MB")
    for service in PROCESSES:
        compose("up", "-d", "--no-build", "--no-deps", "--force-recreate", service)
        container = containers(service)[0]
        until_ready(service, container)
        seconds = (datetime.now(UTC) - started(container)).total_seconds()
        print(f"     {service} is ready {seconds:.1f} s after its start")
    time.sleep(10)
    for service in PROCESSES:
        memory = metric(containers(service)[0], "process_resident_memory_bytes") / 1e6
        check(service not in ("coordinator", "worker") or memory < 40, f"{service} at rest", f"{memory:.1f} MB resident")


def check_ends():
    # In compose's order.
    for service in reversed(PROCESSES):
        container, begun = containers(service)[0], time.monotonic()
        engine("stop", "-t", "30", container)
        seconds, code = time.monotonic() - begun, state(container)["ExitCode"]
        check(seconds < 8 and code == 0, f"SIGTERM ends {service}", f"after {seconds:.1f} s, exit code {code}")


check_demo()
check_faults()
check_figures()
check_ends()
print(f"{failures} of these don't hold" if failures else "All of that holds.")
sys.exit(failures > 0)
