"""Does to each of a coordinator's four ports what a stranger can: a thousand connections that say nothing, 100 MB of
rubbish, and the beginning of a frame of 1 GB. Says how much of it was sent.

Arguments: the host, the first port.
"""

import os
import resource
import socket
import sys

IDLE, RUBBISH, PIECE = 1000, 100 << 20, 1 << 20
# Of ZMTP 3.0 (RFC 23): the signature, the version, a mechanism, "as client".
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00%s" + bytes(32)
GIGABYTE = b"\x06" + (1 << 30).to_bytes(8, "big")


def connect(address):
    peer = socket.socket()
    peer.settimeout(5)
    peer.connect(address)
    return peer


def shout(address, words):
    """Says it, or as much of it as the other side takes before it hangs up."""
    with connect(address) as peer:
        try:
            peer.sendall(words)
        except OSError:
            pass


def main(host, port):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    addresses = [(host, int(port) + number) for number in range(4)]
    silent = [connect(address) for address in addresses for _ in range(IDLE)]
    rubbish, sent = os.urandom(PIECE), 0
    while sent < RUBBISH:
        for address in addresses:
            shout(address, rubbish)
            sent += PIECE
    for address in addresses:
        for mechanism in (b"CURVE", b"NULL", b"PLAIN"):
            for _ in range(5):
                shout(address, GREETING % mechanism.ljust(20, b"\0") + GIGABYTE + rubbish)
    print(len(silent), "silent,", sent >> 20, "MB of rubbish")


if __name__ == "__main__":
    main(*sys.argv[1:3])
