"""The checklist of the official conformance suite, as far as it fits, on the wire: each row is a function whose
docstring says what is demanded. Results are held against the official schemas."""

import http.client
import json
import sys
import time
import traceback
import urllib.parse

from mcp_types import methods

from common import URL, drop, submit, wait

MODERN, LEGACY = "2026-07-28", "2025-11-25"
ADDRESS = urllib.parse.urlparse(URL)
META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
ROWS = []


def row(function):
    ROWS.append(function)
    return function


class Answer:
    def __init__(self, connection, response):
        self.connection, self.response = connection, response
        self.status = response.status

    def header(self, name):
        return self.response.getheader(name)

    def body(self):
        return self.response.read()

    def json(self):
        return json.loads(self.body())

    def error(self):
        return self.json()["error"]["code"]

    def events(self):
        """Events of a stream: (id, data as JSON or None), until it is closed."""
        identifier, data = None, None
        for line in self.response:
            line = line.decode().rstrip("\n")
            if line.startswith("id:"):
                identifier = line[3:].strip()
            elif line.startswith("data:"):
                data = line[5:].strip()
            elif not line and data is not None:
                yield identifier, json.loads(data) if data else None
                identifier, data = None, None

    def leave(self):
        self.connection.sock.close() if self.connection.sock else None
        self.response.close()
        self.connection.close()


def send(method, body=None, headers=None, path="/mcp", timeout=20):
    connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=timeout)
    payload = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    connection.request(method, path, payload, headers or {})
    return Answer(connection, connection.getresponse())


BASE = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def modern(method, params=None, headers=None, identifier=1, meta=META, **more):
    parameters = dict(params or {}, _meta=dict(meta, **more))
    sent = dict(BASE, **{"MCP-Protocol-Version": MODERN, "Mcp-Method": method})
    name = parameters.get("name") or parameters.get("uri") or parameters.get("taskId")
    if (method in ("tools/call", "resources/read") or method.startswith("tasks/")) and name:
        sent["Mcp-Name"] = name
    sent.update(headers or {})
    sent = {key: value for key, value in sent.items() if value is not None}
    return send("POST", {"jsonrpc": "2.0", "id": identifier, "method": method, "params": parameters}, sent)


class Session:
    def __init__(self, version=LEGACY):
        request = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "row", "version": "1"}}}
        answer = send("POST", request, BASE)
        self.hello = answer.json()["result"]
        self.version = self.hello["protocolVersion"]
        self.id = answer.header("MCP-Session-Id")
        assert self.id and all(0x21 <= ord(letter) <= 0x7E for letter in self.id), self.id
        self.headers = dict(BASE, **{"MCP-Session-Id": self.id, "MCP-Protocol-Version": self.version})
        assert self.notify("notifications/initialized").status == 202

    def ask(self, method, params=None, identifier=1, headers=None):
        request = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or {}}
        return send("POST", request, dict(self.headers, **(headers or {})))

    def notify(self, method, params=None):
        return send("POST", {"jsonrpc": "2.0", "method": method, "params": params or {}}, self.headers)

    def listen(self, last=None):
        return send("GET", None, dict(self.headers, **({"Last-Event-ID": last} if last else {})))


def refused(answer, status, code):
    assert answer.status == status, (answer.status, answer.body())
    assert answer.header("Content-Type") == "application/json"
    assert answer.error() == code


# Both eras


@row
def dns_rebinding():
    "A foreign Host is refused with 421, a foreign Origin with 403; the loopback's names are welcome."
    assert modern("tools/list", headers={"Host": "evil.example"}).status == 421
    assert modern("tools/list", headers={"Origin": "http://evil.example"}).status == 403
    assert modern("tools/list", headers={"Origin": f"http://localhost:{ADDRESS.port}"}).status == 200
    assert modern("tools/list", headers={"Host": f"localhost:{ADDRESS.port}"}).status == 200


@row
def media_types():
    "Content-Type is application/json (415); Accept has JSON and event streams (406)."
    assert modern("tools/list", headers={"Content-Type": "text/plain"}).status == 415
    assert modern("tools/list", headers={"Accept": "application/json"}).status == 406
    assert modern("tools/list", headers={"Accept": "text/html"}).status == 406


@row
def bad_bodies():
    "What is no single request or notification is refused with 400 and the right code."
    for body, code in ((b"{", -32700), (b"", -32700), (b"[]", -32600), (b"[{}]", -32600), (b"7", -32600),
                       (b'{"id":1}', -32600), (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
                       (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600),
                       (b"[" * 100_000, -32700), (b'{"a":' * 5000 + b"1" + b"}" * 5000, -32700),
                       (b'\xff\xfe{"jsonrpc"', -32700)):
        refused(send("POST", body, BASE), 400, code)


@row
def large_bodies():
    "A body of 3 MB is refused with 413, with and without a length said before."
    assert send("POST", b"x" * 3_000_000, BASE).status == 413
    connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=20)
    try:
        connection.request("POST", "/mcp", iter([b"x" * 100_000] * 30), BASE, encode_chunked=True)
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # cut off in the middle, since nobody reads the rest


@row
def other_methods():
    "PUT and PATCH are refused with 405, and Allow says what is taken."
    for method in ("PUT", "PATCH"):
        answer = send(method, b"{}", BASE)
        assert answer.status == 405 and "POST" in answer.header("Allow"), (answer.status, answer.header("Allow"))


@row
def tool_names():
    "Names fit the strictest clients; input and output schemas are objects; what looks is marked so."
    for tool in modern("tools/list").json()["result"]["tools"]:
        assert tool["name"].replace("_", "").isalnum() and len(tool["name"]) <= 64
        assert tool["inputSchema"]["type"] == "object" and tool["outputSchema"]["type"] == "object"
        assert tool["annotations"]["readOnlyHint"] is True


# 2026-07-28


@row
def modern_shapes():
    "Results are as the schema has them."
    batch = submit(4, 0.1)
    wait(batch)
    calls = {
        "server/discover": {}, "tools/list": {}, "resources/list": {}, "resources/templates/list": {},
        "resources/read": {"uri": f"batch://{batch}"}, "tools/call": {"name": "shell_status", "arguments": {}},
        "completion/complete": {"ref": {"type": "ref/resource", "uri": "batch://{id}"},
                                "argument": {"name": "id", "value": batch[:4]}}}
    for method, params in calls.items():
        answer = modern(method, params)
        assert answer.status == 200 and answer.header("MCP-Session-Id") is None
        result = answer.json()["result"]
        methods.validate_server_result(method, MODERN, result)
        assert result["resultType"] == "complete"
        assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "tally"
        if method not in ("tools/call", "completion/complete"):
            assert result["ttlMs"] >= 0 and result["cacheScope"] in ("public", "private")
    assert batch in modern("completion/complete", calls["completion/complete"]).json()["result"]["completion"]["values"]


@row
def modern_discovery():
    "server/discover says which revisions are spoken."
    result = modern("server/discover").json()["result"]
    assert result["supportedVersions"] == [MODERN, LEGACY, "2025-06-18", "2025-03-26"]
    assert set(result["capabilities"]) == {"tools", "resources", "completions", "extensions"}


@row
def modern_headers():
    "Headers that are missing, doubled or unlike the body: 400, -32020."
    refused(modern("tools/list", headers={"MCP-Protocol-Version": None}), 400, -32020)
    refused(modern("tools/list", headers={"Mcp-Method": None}), 400, -32020)
    refused(modern("tools/list", headers={"Mcp-Method": "tools/call"}), 400, -32020)
    call = {"name": "shell_status"}
    refused(modern("tools/call", call, headers={"Mcp-Name": None}), 400, -32020)
    refused(modern("tools/call", call, headers={"Mcp-Name": "other"}), 400, -32020)
    assert modern("tools/call", call, headers={"Mcp-Name": "=?base64?c2hlbGxfc3RhdHVz?="}).status == 200


@row
def modern_meta():
    "A field of _meta that is missing: 400, -32602; clientInfo isn't demanded."
    for missing in META:
        refused(modern("tools/list", meta={key: META[key] for key in META if key != missing}), 400, -32602)


@row
def modern_versions():
    "A revision that isn't spoken: 400, -32022, and which ones are."
    answer = modern("tools/list", headers={"MCP-Protocol-Version": "2099-01-01"},
                    **{"io.modelcontextprotocol/protocolVersion": "2099-01-01"})
    assert answer.status == 400
    error = answer.json()["error"]
    assert error["code"] == -32022 and error["data"]["requested"] == "2099-01-01"
    assert MODERN in error["data"]["supported"]


@row
def modern_methods():
    "An unknown method: 404, -32601, the id kept; what only the older era has is unknown."
    for method in ("nosuch", "ping", "initialize", "resources/subscribe", "logging/setLevel"):
        answer = modern(method, identifier="seven")
        assert answer.status == 404
        message = answer.json()
        assert message["error"]["code"] == -32601 and message["id"] == "seven"


@row
def modern_unknowns():
    "An unknown tool, resource or cursor: -32602."
    refused(modern("tools/call", {"name": "nosuch"}), 400, -32602)
    refused(modern("resources/read", {"uri": "batch://nosuch"}), 400, -32602)
    refused(modern("resources/list", {"cursor": "nosuch"}), 400, -32602)
    refused(modern("tools/list", {"cursor": "nosuch"}), 400, -32602)


@row
def modern_notifications():
    "A notification: 202 without a body."
    answer = send("POST", {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
                  dict(BASE, **{"MCP-Protocol-Version": MODERN}))
    assert answer.status == 202 and answer.body() == b""


@row
def modern_get_and_delete():
    "GET and DELETE: 405, POST is allowed."
    for method in ("GET", "DELETE"):
        answer = send(method, None, dict(BASE, **{"MCP-Protocol-Version": MODERN}))
        assert answer.status == 405 and answer.header("Allow") == "POST"


@row
def modern_progress():
    "Progress on the request's own stream, rising, with its token, 0 as well; nothing after the answer."
    batch = submit(60, 0.5)
    answer = modern("tools/call", {"name": "shell_status", "arguments": {"batchId": batch, "stream": True}},
                    progressToken=0)
    assert answer.status == 200 and answer.header("Content-Type") == "text/event-stream"
    assert answer.header("X-Accel-Buffering") == "no"
    messages = [message for _, message in answer.events()]
    *notes, last = messages
    assert len(notes) >= 3 and last["id"] == 1
    methods.validate_server_result("tools/call", MODERN, last["result"])
    values = []
    for note in notes:
        assert note["method"] == "notifications/progress"
        methods.parse_server_notification(note["method"], MODERN, note["params"])
        assert note["params"]["progressToken"] == 0 and len(note["params"]["message"]) <= 200
        values.append(note["params"]["progress"])
    assert all(a < b for a, b in zip(values, values[1:])), values


@row
def modern_listen():
    "subscriptions/listen: acknowledged first, then only what was asked for, each with the subscription's id."
    batch, other = submit(400, 0.5), submit(400, 0.5)
    answer = modern("subscriptions/listen", {"notifications": {
        "resourceSubscriptions": [f"batch://{batch}"], "toolsListChanged": True}}, identifier="mine")
    events = answer.events()
    acknowledged = next(events)[1]
    assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
    assert acknowledged["params"]["notifications"] == {"resourceSubscriptions": [f"batch://{batch}"]}
    for message in (acknowledged, next(events)[1], next(events)[1]):
        methods.parse_server_notification(message["method"], MODERN, message["params"])
        assert message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == "mine"
        assert message["params"].get("uri", f"batch://{batch}") == f"batch://{batch}"
    answer.leave()
    drop(batch), drop(other)


@row
def modern_disconnect():
    "A client that leaves has cancelled: its stream is gone at once."
    batch = submit(400, 0.5)
    answer = modern("tools/call", {"name": "shell_status", "arguments": {"batchId": batch, "stream": True}})
    assert streams() == 1, streams()
    answer.leave()
    until(lambda: streams() == 0, "the stream is gone")
    drop(batch)


# 2025-11-25 and older


@row
def modern_tasks():
    "A client that declares the extension may be given a task, which any gateway knows by its id; nobody else is."
    extension = {"io.modelcontextprotocol/tasks": {}}
    assert modern("server/discover").json()["result"]["capabilities"]["extensions"] == extension
    meta = dict(META, **{"io.modelcontextprotocol/clientCapabilities": {"extensions": extension}})
    batch = submit(4, 0.3)
    call = {"name": "shell_status", "arguments": {"batchId": batch, "stream": True}}
    created = modern("tools/call", call, meta=meta).json()["result"]
    assert created["resultType"] == "task" and created["taskId"] == batch, created
    assert created["status"] == "working" and created["ttlMs"] is None and created["pollIntervalMs"] == 2000
    assert modern("tasks/cancel", {"taskId": batch}, meta=meta).json()["result"]["resultType"] == "complete"

    def over():
        task = modern("tasks/get", {"taskId": batch}, meta=meta).json()["result"]
        assert task["resultType"] == "complete" and " of " in task["statusMessage"], task
        assert ("result" in task) == (task["status"] == "completed"), task
        return task["status"] == "completed" and task

    until(over, "cancelling the task cancels no batch, so it ends")
    result = over()["result"]
    methods.validate_server_result("tools/call", MODERN, result)
    assert result["structuredContent"]["complete"] is True
    assert modern("tools/call", call).header("Content-Type") == "text/event-stream", "no extension, no task"
    refused(modern("tasks/get", {"taskId": "nosuch"}, meta=meta), 400, -32602)
    refused(modern("tasks/get", {"taskId": "no such; id"}, meta=meta), 400, -32602)
    refused(modern("tasks/get", {"taskId": batch}, {"Mcp-Name": "other"}, meta=meta), 400, -32020)
    refused(modern("tasks/result", {"taskId": batch}, meta=meta), 404, -32601)


@row
def legacy_handshake():
    "A known revision is agreed on; an unknown one is answered with the newest."
    for asked, agreed in ((LEGACY, LEGACY), ("2025-06-18", "2025-06-18"), ("2025-03-26", "2025-03-26"),
                          ("2024-11-05", LEGACY), ("2099-01-01", LEGACY)):
        session = Session(asked)
        assert session.version == agreed
        methods.validate_server_result("initialize", agreed, session.hello)


@row
def legacy_shapes():
    "Results are as each revision's schema has them."
    batch = submit(4, 0.1)
    wait(batch)
    for version in ("2025-03-26", "2025-06-18", LEGACY):
        session = Session(version)
        calls = {"ping": {}, "tools/list": {}, "resources/list": {}, "resources/templates/list": {},
                 "resources/read": {"uri": f"batch://{batch}"}, "tools/call": {"name": "shell_status"}}
        for method, params in calls.items():
            answer = session.ask(method, params)
            assert answer.status == 200
            result = answer.json()["result"]
            methods.validate_server_result(method, version, result)
            assert "resultType" not in result


@row
def legacy_sessions():
    "No session: 400; an unknown one: 404; DELETE ends one, then it is unknown."
    session = Session()
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    refused(send("POST", request, BASE), 400, -32600)
    assert send("POST", request, dict(BASE, **{"MCP-Session-Id": "nosuch"})).status == 404
    assert send("DELETE", None, {"MCP-Session-Id": session.id}).status in (200, 204)
    assert session.ask("tools/list").status == 404
    assert send("DELETE", None, {"MCP-Session-Id": session.id}).status == 404
    assert send("GET", None, session.headers).status == 404


@row
def legacy_versions():
    "An unknown MCP-Protocol-Version: 400; none at all: as in 2025-03-26."
    session = Session()
    assert session.ask("tools/list", headers={"MCP-Protocol-Version": "1999-01-01"}).status == 400
    headers = {key: value for key, value in session.headers.items() if key != "MCP-Protocol-Version"}
    assert send("POST", {"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers).status == 200


@row
def legacy_order():
    "A second handshake within a session is refused, a client's answers are taken, unknown methods are -32601."
    session = Session()
    assert session.ask("initialize", {"protocolVersion": LEGACY}).status == 200  # one without a session: a new one
    assert send("POST", {"jsonrpc": "2.0", "id": 1, "result": {}}, session.headers).status == 202
    answer = session.ask("nosuch", identifier=9)
    assert answer.status == 200 and answer.error() == -32601
    answer = session.ask("subscriptions/listen", {"notifications": {}})
    assert answer.error() == -32601


@row
def legacy_streams():
    "Streams open with a priming event; several at once; an update goes to the session's own stream alone."
    session, other = Session(), Session()
    batch = submit(60, 0.5)
    assert session.ask("resources/subscribe", {"uri": f"batch://{batch}"}).json()["result"] == {}
    listening, elsewhere = session.listen(), other.listen()
    assert listening.header("Content-Type") == "text/event-stream"
    events = listening.events()
    first = next(events)
    assert first[0] and first[1] is None, first
    update = next(events)
    assert update[1]["method"] == "notifications/resources/updated"
    call = session.ask("tools/call", {"name": "shell_status", "arguments": {"batchId": batch, "stream": True},
                                      "_meta": {"progressToken": "t"}}, identifier=5)
    messages = [message for _, message in call.events()]
    assert messages[0] is None and messages[-1]["id"] == 5
    assert {message["method"] for message in messages[1:-1]} == {"notifications/progress"}
    listening.leave(), elsewhere.leave()


@row
def legacy_resume():
    "A client that lost its connection goes on with GET and Last-Event-ID: what it asked for went on."
    session, other = Session(), Session()
    batch = submit(40, 0.5)
    call = session.ask("tools/call", {"name": "shell_status", "arguments": {"batchId": batch, "stream": True},
                                      "_meta": {"progressToken": 1}}, identifier=5)
    events = call.events()
    next(events)
    seen, message = next(events)
    assert message["method"] == "notifications/progress"
    call.leave()
    assert other.listen(seen).status == 400, "another session's stream is nobody else's"
    rest = list(session.listen(seen).events())
    answers = [message for _, message in rest if message and message.get("id") == 5]
    assert len(answers) == 1 and answers[0]["result"]["structuredContent"]["complete"] is True
    assert seen not in [identifier for identifier, message in rest if message]
    assert session.listen("nonsense").status == 400


@row
def legacy_takeover():
    "A second GET takes the stream over: the first one ends, without a fight."
    session = Session()
    first = session.listen()
    events = first.events()
    next(events)
    second = session.listen()
    assert second.status == 200
    assert list(events) == []
    second.leave()


@row
def legacy_cancel():
    "notifications/cancelled ends a call: nothing more is said of it, not even an answer."
    session = Session()
    batch = submit(400, 0.5)
    call = session.ask("tools/call", {"name": "shell_status", "arguments": {"batchId": batch, "stream": True}},
                       identifier=5)
    events = call.events()
    next(events)
    session.notify("notifications/cancelled", {"requestId": 5})
    assert all(message is None for _, message in events)
    drop(batch)


def streams():
    return send("GET", None, {}, path="/healthz").json()["streams"]


def until(condition, what, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def main(prefix):
    failed = []
    rows = [function for function in ROWS if function.__name__.startswith(prefix)]
    assert rows, prefix

    def check(function):
        try:
            function()
        except Exception:  # whatever it is, it is told
            failed.append(function.__name__)
            print(f"{function.__name__}: {function.__doc__}\n{traceback.format_exc()}", file=sys.stderr)

    for function in rows:
        check(function)
    until(lambda: streams() == 0, "all streams have ended")
    print(f"{len(rows)} rows")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
