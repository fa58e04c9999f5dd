"""A folder for one run, and the processes in it: none is left when the run ends, however it ends."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from random import SystemRandom

KEYS = {"submitter": "submit", "watcher": "watch", **{f"worker-{n}": "work" for n in range(1, 5)}}


class Failed(Exception):
    """The run can't go on, or shows that something is wrong."""


class Home:
    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.path = tempfile.mkdtemp(prefix="tally-chaos-")
        for folder in ("state", "work", "log", "keys"):
            os.mkdir(f"{self.path}/{folder}", 0o700)
        self.effects = f"{self.path}/effects"
        open(self.effects, "w").close()
        self.mark = f"TALLY_STATE={self.path}/state"
        self.net, self.port = free_addresses(10)
        # Of each run that is killed itself, this one ends the processes.
        self.guard, self.lifeline = start_guard(self.mark)
        for name, roles in KEYS.items():
            self.run("keygen", "--to", f"{self.path}/keys", "--may", roles, name, to=f"{self.path}/keys/allowed")
        self.run("keygen", "--to", f"{self.path}/keys", "coordinator")

    def host(self, number):
        """The coordinator's is the first; the others are its links'."""
        return f"{self.net}.{number}"

    def address(self, number=1):
        return f"tcp://{self.host(number)}:{self.port}"

    def key(self, who):
        return f"{self.path}/keys/{who}"

    def environment(self, who=None, address=None):
        """What a process is given that is `who`."""
        given = {
            "TALLY_STATE": f"{self.path}/state", "HOME": self.path, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "CHAOS_EFFECTS": self.effects, "TALLY_LOG_FORMAT": "text", "PYTHONDONTWRITEBYTECODE": "1"}
        if who == "coordinator":
            given |= {"TALLY_KEY": self.key("coordinator.key")}
        elif who:
            given |= {
                "TALLY_COORDINATOR": address or self.address(), "TALLY_KEY": self.key(f"{who}.key"),
                "TALLY_COORDINATOR_KEY": self.key("coordinator.pub")}
        return given

    def run(self, *words, who=None, to=None, seconds=60):
        """A command of the program, as `who`; its standard output is appended to `to`."""
        ended = subprocess.run(
            [self.program, *words], env=self.environment(who), cwd=f"{self.path}/work", stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=seconds, process_group=0)
        if to:
            if ended.returncode != 0:
                raise Failed(f"{' '.join(words)}: {ended.stderr}")
            with open(to, "a") as file:
                file.write(ended.stdout)
        return ended

    def living(self):
        return marked(self.mark)

    def end(self, keep):
        """Nothing of it is left, but its folder if that is to be looked into."""
        sweep(self.mark)
        os.write(self.lifeline, b"done")
        os.close(self.lifeline)
        os.waitpid(self.guard, 0)
        if not keep:
            shutil.rmtree(self.path)


@contextmanager
def home(program):
    made = Home(program)
    keep = True
    try:
        yield made
        keep = False
    finally:
        made.end(keep)
        if keep:
            print(f"everything is kept in {made.path}", flush=True)


def free_addresses(hosts):
    """A net of the loopback's and a port, below those that the system gives away, at which nobody listens."""
    random = SystemRandom()
    for _ in range(100):
        net = f"127.{random.randint(1, 254)}.{random.randint(0, 255)}"
        port = random.randrange(20_000, 32_000, 4)
        if all(is_free(f"{net}.{host}", port + offset) for host in range(1, hosts + 1) for offset in range(4)):
            return net, port
    raise Failed("no free ports")


def is_free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def marked(mark):
    """Processes with this in their environment: all that were started here, and what those started."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if mark.encode() in file.read().split(b"\0"):
                    found.append(int(pid))
        except OSError:
            pass  # it has ended, or is somebody else's
    return found


def sweep(mark):
    deadline = time.monotonic() + 20
    while (pids := marked(mark)) and time.monotonic() < deadline:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.02)


def start_guard(mark):
    """A process that ends the others once this one is gone without a word."""
    reading, lifeline = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.close(lifeline)
        if os.read(reading, 8) != b"done":
            sweep(mark)
        os._exit(0)
    os.close(reading)
    return pid, lifeline


