"""Our processes, each under a name that it keeps however often it is started."""

import signal
import subprocess
import threading
import time


class Process:
    """`words` and `environment` are given the number of the start, from 1."""

    def __init__(self, home, name, words, environment):
        self.home, self.name = home, name
        self.words, self.environment = words, environment
        self.output, self.log = f"{home.path}/log/{name}.out", f"{home.path}/log/{name}.log"
        self.starts = 0
        self.process = None  # while it isn't there because somebody killed it
        self.lock = threading.RLock()
        self.ended_itself = []

    def start(self):
        with self.lock, open(self.output, "ab") as output, open(self.log, "ab") as log:
            self.starts += 1
            log.write(f"--- start {self.starts} at {time.time():.3f}\n".encode())
            log.flush()
            self.process = subprocess.Popen(
                self.words(self.starts), env=self.environment(self.starts), cwd=f"{self.home.path}/work",
                stdin=subprocess.DEVNULL, stdout=output, stderr=log, process_group=0)

    def signal(self, number):
        with self.lock:
            self.check()
            self.process.send_signal(number)

    def kill(self):
        with self.lock:
            self.signal(signal.SIGKILL)
            self.was_killed()

    def was_killed(self):
        with self.lock:
            self.process.wait()
            self.process = None

    def end(self, seconds):
        """Asks it to, and says what is wrong with how it does."""
        with self.lock:
            self.signal(signal.SIGTERM)
            process, self.process = self.process, None
        try:
            code = process.wait(seconds)
            return None if code == 0 else f"{self.name}, asked to end, ended {described(code)}: {self.last_lines()}"
        except subprocess.TimeoutExpired:
            return f"{self.name} didn't end within {seconds} seconds when asked to"

    def check(self):
        """What ended by itself is remembered, and started again, as any supervisor would."""
        with self.lock:
            if self.process and (code := self.process.poll()) is not None:
                self.ended_itself.append(f"{self.name} ended by itself, {described(code)}: {self.last_lines()}")
                self.start()

    def last_lines(self):
        with open(self.log, errors="replace") as log:
            return " | ".join(log.read()[-2000:].splitlines()[-4:])


def described(code):
    return f"by signal {-code}" if code < 0 else f"with exit code {code}"
