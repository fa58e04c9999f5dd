"""Standard input and output, line by line: nothing but the protocol comes out, whatever goes in."""

import json
import subprocess
import time

from common import STDIO, drop, submit

META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


class Peer:
    def __init__(self):
        self.process = subprocess.Popen(STDIO, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def say(self, line):
        self.process.stdin.write((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")
        self.process.stdin.flush()

    def ask(self, method, identifier, params=None, meta=META):
        parameters = dict(params or {}, **({"_meta": meta} if meta else {}))
        self.say({"jsonrpc": "2.0", "id": identifier, "method": method, "params": parameters})

    def hear(self):
        line = self.process.stdout.readline()
        assert line.endswith(b"\n"), line
        message = json.loads(line)
        assert message["jsonrpc"] == "2.0", message
        return message

    def leave(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        assert self.process.wait(10) == 0, self.process.returncode
        return rest


def bad_lines():
    peer = Peer()
    for line, code in ((b"{", -32700), (b"[]", -32600), (b"\xff", -32700), (b"x" * 3_000_000, -32700),
                       (b'{"jsonrpc":"2.0","id":null,"method":"x"}', -32600), (b"7", -32600)):
        peer.say(line)
        assert peer.hear()["error"]["code"] == code, line[:50]
    peer.say(b"")
    peer.say(b"  \r")
    peer.say({"jsonrpc": "2.0", "id": 1, "result": {}})
    peer.say({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "nosuch"}})
    peer.ask("tools/list", 2, meta=None)
    assert peer.hear()["error"]["code"] == -32600, "'initialize' comes first, or _meta"
    peer.ask("server/discover", 3, meta=None)
    assert peer.hear()["error"]["code"] == -32602
    peer.ask("tools/list", 4)
    assert peer.hear()["result"]["tools"]
    assert peer.leave() == b""


def cancel():
    """A cancellation is seen while the call runs, others are served meanwhile, and nothing more is said of it."""
    batch = submit(400, 0.5)
    peer = Peer()
    peer.ask("tools/call", "long", {"name": "shell_status", "arguments": {"batchId": batch, "stream": True}},
             dict(META, progressToken="p"))
    assert peer.hear()["params"]["progressToken"] == "p"
    peer.ask("tools/call", "long", {"name": "shell_status"})
    assert peer.hear()["error"]["code"] == -32602, "the id is in use"
    peer.ask("tools/list", "short")
    while (message := peer.hear()).get("id") != "short":
        assert message["method"] == "notifications/progress"
    peer.say({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "long"}})
    peer.ask("tools/list", "after")
    while peer.hear().get("id") != "after":
        pass
    # Progress would come every second.
    time.sleep(1.5)
    peer.ask("tools/list", "later")
    assert peer.hear()["id"] == "later", "nothing more is said of it"
    drop(batch)
    assert peer.leave() == b"", "nothing more is said of it"


def many_at_once():
    peer = Peer()
    for number in range(200):
        peer.ask("tools/call", number, {"name": "batch_list", "arguments": {}})
    assert {peer.hear()["id"] for _ in range(200)} == set(range(200))
    peer.leave()


def end_in_the_middle():
    """The input ends while a call runs: so does the process, at once."""
    batch = submit(400, 0.5)
    peer = Peer()
    peer.ask("tools/call", 1, {"name": "shell_status", "arguments": {"batchId": batch, "stream": True}})
    began = time.monotonic()
    peer.leave()
    assert time.monotonic() - began < 3
    drop(batch)


for check in (bad_lines, cancel, many_at_once, end_in_the_middle):
    check()
print("done")
