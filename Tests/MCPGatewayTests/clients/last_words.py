"""Two streams, of either era, whose gateway is told to end meanwhile."""

from common import submit
from conformance import Session, modern

batch = submit(400, 0.5)
call = {"name": "shell_status", "arguments": {"batchId": batch, "stream": True}}
new = modern("tools/call", call, progressToken="new").events()
old = Session().ask("tools/call", dict(call, _meta={"progressToken": "old"}), identifier=5)
assert next(new)[1]["method"] == "notifications/progress"
for line in old.response:
    if b"notifications/progress" in line:
        break
open("following", "w").close()
last = [message for _, message in new][-1]
assert last["id"] == 1 and last["error"]["code"] == -32603 and "shutting down" in last["error"]["message"], last
rest = old.response.read().decode()
assert rest.rstrip().endswith("retry: 2000"), rest
print("done")
