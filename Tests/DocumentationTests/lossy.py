"""Stands between a coordinator and everybody else, and loses some of what goes through.

Arguments: the coordinator's control, a folder for sockets of its own, and how much is lost of events, of orders
and of reports, each 0 to 1. Prints what it loses, a word a message."""
import json, random, sys, zmq

coordinator, folder = sys.argv[1:3]
shares = dict(zip(("event", "order", "report"), map(float, sys.argv[3:])))
chance = random.Random(2026)
context = zmq.Context()
poller = zmq.Poller()
own = {name: f"ipc://{folder}/{name}" for name in ("control", "events", "dispatch", "completions")}


def make(kind, address, bind=False):
    socket = context.socket(kind)
    socket.bind(address) if bind else socket.connect(address)
    if kind != zmq.PUB and kind != zmq.PUSH:
        poller.register(socket, zmq.POLLIN)
    return socket


def lost(what):
    if chance.random() >= shares[what]:
        return False
    print(what, flush=True)
    return True


asking = make(zmq.DEALER, coordinator)
asking.send_json({"v": 1, "id": 1, "verb": "hello"})
real = {**asking.recv_json()["ok"], "control": coordinator}
poller.unregister(asking)

fronts = {make(zmq.ROUTER, own[name], bind=True): name for name in ("control", "dispatch")}
behind, peers = {}, {}  # front and identity to a socket of its own, and back
events, published = make(zmq.SUB, real["events"]), make(zmq.PUB, own["events"], bind=True)
events.subscribe("")
reports, completions = make(zmq.PULL, own["completions"], bind=True), make(zmq.PUSH, real["completions"])

while True:
    for socket, _ in poller.poll():
        message = socket.recv_multipart()
        if socket is events:
            if not lost("event"):
                published.send_multipart(message)
        elif socket is reports:
            if not lost("report"):
                completions.send_multipart(message)
        elif socket in fronts:
            key = socket, message[0]
            if key not in behind:
                behind[key] = make(zmq.DEALER, real[fronts[socket]])
                peers[behind[key]] = key
            behind[key].send_multipart(message[1:])
        else:
            front, identity = peers[socket]
            answer = json.loads(message[0])
            if "events" in answer.get("ok", {}):
                answer["ok"].update({name: own[name] for name in own if name != "control"})
                message[0] = json.dumps(answer).encode()
            if fronts[front] == "control" or not lost("order"):
                front.send_multipart([identity, *message])
