"""Follows all batches of Tally until one of them has ended. Arguments: the address of control, its id."""
import itertools, json, sys, zmq
control, events = map(zmq.Context().socket, (zmq.DEALER, zmq.SUB))
control.connect(sys.argv[1])
numbers, epoch, cursor, told = itertools.count(1), None, 0, {}
ends = ("completed", "failed", "cancelled")

def ask(verb, **fields):  # again until it is answered, which does no harm
    number = next(numbers)
    while True:
        control.send_json({"v": 1, "id": number, "verb": verb, **fields})
        while control.poll(2000):
            answer, *frames = map(json.loads, control.recv_multipart())
            if answer["id"] == number:
                return answer["ok"], frames

def tell(event):  # an event is the whole state of its batch
    if event["revision"] > told.get(event["batchId"], 0):
        told[event["batchId"]] = event["revision"]
        finished = sum(event[f"{end}Operations"] for end in ends)
        print(event["batchId"], event["status"], f"{finished}/{event['totalOperations']}", flush=True)
        if event["batchId"] == sys.argv[2] and event["status"] in ends:
            sys.exit()

events.subscribe("")  # to batches and beacons, before the first snapshot is fetched
events.connect(ask("hello")[0]["events"])
while True:
    topic, *parts = events.recv_multipart()
    news, origin = json.loads(parts[0]), json.loads(parts[-1])  # a beacon is both
    if origin["epoch"] == epoch and news["revision"] == cursor + 1 and topic != b"beacon":
        cursor += 1
        tell(news)
    elif origin["epoch"] != epoch or news["revision"] > cursor:
        print("missed what came after revision", cursor, file=sys.stderr, flush=True)
        header, pages = ask("snapshot", since=cursor)
        for event in sum(pages, []):
            tell(event)
        epoch, cursor = header["epoch"], header.get("next", header["revision"])
