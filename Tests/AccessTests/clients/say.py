"""Says what its lines of standard input say, and prints the answers. A line is the name of a socket and a message in
JSON: `control {"v":1,"id":1,"verb":"list"}`; `completions` answers nothing.

Arguments: as of stranger.py.
"""

import sys

import zmq

from stranger import SOCKETS, secure


def main(host, port, coordinator, own):
    sockets = {}
    for number, (name, kind) in enumerate(SOCKETS.items()):
        sockets[name] = zmq.Context.instance().socket(kind)
        secure(sockets[name], coordinator, own)
        sockets[name].connect(f"tcp://{host}:{int(port) + number}")
    for line in sys.stdin:
        name, message = line.split(" ", 1)
        sockets[name].send(message.strip().encode())
        if name == "completions":
            continue
        assert sockets[name].poll(10_000), f"no answer: {line}"
        print(sockets[name].recv_multipart()[0].decode(), flush=True)


main(*sys.argv[1:])
