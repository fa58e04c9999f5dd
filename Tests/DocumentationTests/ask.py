"""Sends control requests to a coordinator, one after the other, and prints what is answered.

Arguments: the address of control, and a file with a line for each request: a JSON array of the frames' texts. What is
not answered within two seconds is answered with an empty line."""
import json, sys, zmq

control = zmq.Context().socket(zmq.DEALER)
control.connect(sys.argv[1])
with open(sys.argv[2]) as requests:
    for line in requests:
        control.send_multipart([frame.encode() for frame in json.loads(line)])
        print(control.recv_multipart()[0].decode() if control.poll(2000) else "", flush=True)
