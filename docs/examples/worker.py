"""Runs `upper` operations for Tally. Arguments: the addresses of dispatch and completions, a folder."""
import itertools, json, os, pathlib, sys, time, zmq
dispatch, completions = map(zmq.Context().socket, (zmq.DEALER, zmq.PUSH))
dispatch.connect(sys.argv[1])
completions.connect(sys.argv[2])
head, numbers, said = {"v": 1, "session": os.urandom(8).hex()}, itertools.count(1), 0
held, outbox = {}, {}  # operations until their end is acknowledged, reports until they are

def report(operation, then, **what):  # and, once it is acknowledged, then(operation)
    number, fields = next(numbers), {"batch": operation[0], "attempt": operation[1], **what}
    outbox[number] = then, operation, {**head, "verb": "report", "report": number, **fields}
    completions.send_json(outbox[number][-1])

def run(operation):  # perhaps for the second time: its effect is the same
    try:
        pathlib.Path(sys.argv[3], f"{operation[0]}-{operation[2]}").write_bytes(held[operation].upper())
        report(operation, held.pop, completed=[operation[2]])
    except OSError as error:
        failure = {"operation": operation[2], "outcome": "failed", "message": str(error)}
        report(operation, held.pop, ended=[failure])

while True:
    if dispatch.poll(500):
        header, *data = dispatch.recv_multipart()
        order = json.loads(header)
        if order["verb"] == "grant":  # of one operation: more is not asked for
            operation = order["batch"], order["attempt"], order["operations"][0]
            if operation not in held:
                held[operation] = data[0]
                report(operation, run, started=[operation[2]])
        for number in filter(outbox.get, order.get("reports", [])):  # these are acknowledged
            then, operation, _ = outbox.pop(number)
            then(operation)
    if time.monotonic() > said + 1:  # READY every second is a heartbeat that mends whatever was lost
        said = time.monotonic()
        holds = [{"batch": batch, "attempt": attempt, "operations": [n]} for batch, attempt, n in held]
        ready = {"worker": "python", "types": ["upper"], "slots": 1, "capacity": 1, "holds": holds}
        dispatch.send_json({**head, "verb": "ready", **ready})
        for _, _, message in list(outbox.values()):
            completions.send_json(message)
