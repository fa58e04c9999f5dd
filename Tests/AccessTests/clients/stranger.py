"""Knocks at each of a coordinator's sockets, and says on each line what came of it: `control in`, `events refused`.

Arguments: the host, the first port, the file of the coordinator's public key, our own key's file or `-` for none.
"""

import sys

import zmq
from zmq.utils.monitor import recv_monitor_message

SOCKETS = {"control": zmq.DEALER, "events": zmq.SUB, "dispatch": zmq.DEALER, "completions": zmq.PUSH}
IN = zmq.EVENT_HANDSHAKE_SUCCEEDED
REFUSED = zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL


def keys(path):
    with open(path) as file:
        return dict(line.split() for line in file)


def secure(socket, coordinator, own):
    if own == "-":
        return
    mine = keys(own)
    socket.curve_serverkey = keys(coordinator)["public"].encode()
    socket.curve_publickey, socket.curve_secretkey = mine["public"].encode(), mine["secret"].encode()


def main(host, port, coordinator, own):
    for number, (name, kind) in enumerate(SOCKETS.items()):
        socket = zmq.Context.instance().socket(kind)
        socket.linger = 0
        secure(socket, coordinator, own)
        monitor = socket.get_monitor_socket(IN | REFUSED)
        socket.connect(f"tcp://{host}:{int(port) + number}")
        assert monitor.poll(10_000), f"{name}: nothing happens"
        print(name, "in" if recv_monitor_message(monitor)["event"] == IN else "refused", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
