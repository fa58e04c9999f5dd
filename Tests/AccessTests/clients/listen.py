"""Listens to all events until nothing comes for three seconds, though beacons come every quarter of one: then it says
that it was cut off. Leaves a file beside its own key once it has heard something.

Arguments: as of stranger.py.
"""

import sys
import time

import zmq

from stranger import secure


def main(host, port, coordinator, own):
    socket = zmq.Context.instance().socket(zmq.SUB)
    secure(socket, coordinator, own)
    socket.subscribe(b"")
    socket.connect(f"tcp://{host}:{int(port) + 1}")
    assert socket.poll(10_000), "nothing is heard"
    open(f"{own}.heard", "w").close()
    end = time.monotonic() + 30
    while socket.poll(3_000):
        socket.recv_multipart()
        assert time.monotonic() < end, "still heard"
    print("cut off")


main(*sys.argv[1:])
