"""Asks the coordinator over control, as docs/protocol.md says, with CURVE."""

import itertools
import json
import time

import zmq


class Refused(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]


class Silent(Exception):
    """No answer came in time."""


def keys(path):
    with open(path) as file:
        return dict(line.split() for line in file if not line.startswith("#"))


def connect(kind, address, coordinator, own):
    """A socket as one that survives anything: made for those who hold `own`."""
    socket = zmq.Context.instance().socket(kind)
    socket.linger = 0
    socket.reconnect_ivl, socket.reconnect_ivl_max = 10, 250
    socket.handshake_ivl = 2000
    mine = keys(own)
    socket.curve_serverkey = keys(coordinator)["public"].encode()
    socket.curve_publickey, socket.curve_secretkey = mine["public"].encode(), mine["secret"].encode()
    if kind == zmq.SUB:
        socket.rcvhwm = 10_000
        socket.subscribe("batch-progress.")
        socket.subscribe("beacon")
    socket.connect(address)
    return socket


class Control:
    """For one thread."""

    def __init__(self, address, coordinator, own):
        self.socket = connect(zmq.DEALER, address, coordinator, own)
        self.numbers = itertools.count(1)

    def ask(self, verb, seconds=30, again=2, **fields):
        """The answer and the frames after it. Asks again every so many seconds, which does no harm."""
        number, deadline = next(self.numbers), time.monotonic() + seconds
        request = {"v": 1, "id": number, "verb": verb, **fields}
        while time.monotonic() < deadline:
            self.socket.send_json(request)
            asked = time.monotonic()
            while (left := min(asked + again, deadline) - time.monotonic()) > 0:
                if not self.socket.poll(left * 1000 + 1):
                    continue
                answer, *frames = map(json.loads, self.socket.recv_multipart())
                if answer.get("id") != number:
                    continue
                if "error" in answer:
                    raise Refused(answer["error"])
                return answer["ok"], frames
        raise Silent(f"no answer to {verb} within {seconds} seconds")
