"""A subscriber that does what docs/protocol.md says under "What a subscriber does", with nothing between it and the
socket, and writes down everything it gets.

Arguments: the address of control, the coordinator's public key, our own key, the file to write to.
"""

import json
import sys
import time

import zmq

from control import Control, Silent, connect


def main(address, coordinator, own, record):
    with open(record, "a", buffering=1) as file:
        follow(address, coordinator, own, lambda **line: print(json.dumps({"at": time.time(), **line}), file=file))


def follow(address, coordinator, own, note):
    control = Control(address, coordinator, own)
    host, port = address.rsplit(":", 1)
    events = connect(zmq.SUB, f"{host}:{int(port) + 1}", coordinator, own)
    epoch, cursor = None, 0
    while True:
        topic, *parts = events.recv_multipart()
        news, origin = json.loads(parts[0]), json.loads(parts[-1])
        if topic == b"beacon":
            note(kind="beacon", epoch=origin["epoch"], revision=news["revision"])
        else:
            note(kind="event", epoch=origin["epoch"], event=news)
        if epoch is not None and origin["epoch"] < epoch:
            continue  # a word of a former coordinator
        if origin["epoch"] == epoch and news["revision"] == cursor + 1 and topic != b"beacon":
            cursor += 1
        elif origin["epoch"] != epoch or news["revision"] > cursor:
            try:
                header, pages = control.ask("snapshot", since=cursor, seconds=2)
            except Silent:
                continue  # the next word asks again
            note(kind="snapshot", since=cursor, **header, events=sum(pages, []))
            epoch, cursor = header["epoch"], header.get("next", header["revision"])


main(*sys.argv[1:])
