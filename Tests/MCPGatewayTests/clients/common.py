"""What the scripts share: how they reach the gateway, and how they submit."""

import os
import subprocess
import uuid

TALLY = os.environ["TALLY"]
URL = os.environ.get("MCP_URL", "")
STDIO = [TALLY, "mcp", "--stdio"] + os.environ.get("MCP_FLAGS", "").split()


def submit(operations=28, seconds=1):
    """A batch that takes some seconds with four slots, and of which one operation fails."""
    batch = "b" + uuid.uuid4().hex[:10]
    command = f"sleep {seconds}; test {{}} != 3 || {{ echo broken >&2; exit 7; }}"
    values = [str(number) for number in range(operations)]
    subprocess.run(
        [TALLY, "submit", "--id", batch, "--label", "pears", "--type", "command", command, ":::"] + values,
        check=True, stdout=subprocess.DEVNULL)
    return batch


def wait(batch):
    subprocess.run([TALLY, "wait", batch], check=False)


def drop(batch):
    """It has done its part."""
    subprocess.run([TALLY, "cancel", batch], check=False)


def rises(progress):
    assert len(progress) >= 3, f"three notifications or more: {progress}"
    values = [value for value, _, _ in progress]
    assert all(a < b for a, b in zip(values, values[1:])), f"strictly rising: {values}"
    assert all(total == progress[0][1] for _, total, _ in progress), progress
    assert all(" of " in message and " finished" in message for _, _, message in progress), progress
