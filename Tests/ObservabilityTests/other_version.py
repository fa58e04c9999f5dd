"""Stands between a coordinator and its workers and clients, and makes each take the other for one of the next protocol
version: once the file named last is there, or from the beginning without it. Says when it listens."""

import os
import sys

import zmq

front, back, switch = (*sys.argv[1:], None)[:3]
context = zmq.Context()
poller = zmq.Poller()
routes = {}


def other(frames, to_front=False):
    if switch is None or os.path.exists(switch):
        frames = [frame.replace(b'"v":1', b'"v":2') for frame in frames]
    # Where the coordinator says its other sockets are.
    return [frame.replace(back.encode(), front.encode()) for frame in frames] if to_front else frames


def make(kind, path, bind):
    socket = context.socket(kind)
    socket.linger = 0
    (socket.bind if bind else socket.connect)(f"ipc://{path}")
    return socket


def up_and_down(name):
    """Each peer has a connection of its own to the coordinator."""
    peers = {}
    router = make(zmq.ROUTER, f"{front}/{name}", True)

    def up():
        identity, *frames = router.recv_multipart()
        if identity not in peers:
            dealer = peers[identity] = make(zmq.DEALER, f"{back}/{name}", False)
            watch(dealer, lambda: router.send_multipart([identity] + other(dealer.recv_multipart(), True)))
        peers[identity].send_multipart(other(frames))

    watch(router, up)


def watch(socket, do):
    routes[socket] = do
    poller.register(socket, zmq.POLLIN)


up_and_down("control")
up_and_down("dispatch")
pull, push = make(zmq.PULL, f"{front}/completions", True), make(zmq.PUSH, f"{back}/completions", False)
watch(pull, lambda: push.send_multipart(other(pull.recv_multipart())))
publisher, subscriber = make(zmq.PUB, f"{front}/events", True), make(zmq.SUB, f"{back}/events", False)
subscriber.subscribe(b"")
watch(subscriber, lambda: publisher.send_multipart(other(subscriber.recv_multipart())))
print("listening", flush=True)
while True:
    for socket, _ in poller.poll():
        routes[socket]()
