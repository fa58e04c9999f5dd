"""As much of a Matrix homeserver as a gateway needs to post; each third message is one too many. Prints its port, the
one asked for or any.

A test may have it changed: PUT /_matrix/client/v3/mood/sending/413 refuses messages from now on with that status, and
mood/claims/rival has another gateway post in the room, mood/claims/500 fails to say who does.
"""

import json
import socketserver
import sys
import time


CODES = {403: "M_FORBIDDEN", 404: "M_NOT_FOUND", 413: "M_TOO_LARGE", 500: "M_UNKNOWN"}


class Handler(socketserver.StreamRequestHandler):
    sent = 0
    moods = {"sending": "good", "claims": "none"}

    def handle(self):
        while line := self.rfile.readline().decode():
            length = 0
            while header := self.rfile.readline().decode().strip():
                name, _, value = header.partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            self.rfile.read(length)
            method, path, _ = line.split(" ")
            status, body = self.answer(method, path.split("?")[0].split("/")[4:], "timeout=0" in path)
            text = json.dumps(body).encode()
            self.wfile.write(f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
                             f"Content-Length: {len(text)}\r\n\r\n".encode() + text)

    def answer(self, method, path, at_once):
        match path:
            case ["account", "whoami"]:
                return 200, {"user_id": "@bot:h", "device_id": "D"}
            case ["join", _]:
                return 200, {"room_id": "!r:h"}
            case ["sync"]:
                time.sleep(0 if at_once else 0.3)
                return 200, {"next_batch": "s"}
            case ["mood", what, mood]:
                Handler.moods[what] = mood
                return 200, {}
            case ["rooms", _, "send", *_] if Handler.moods["sending"] != "good":
                return self.refusal(Handler.moods["sending"])
            case ["user", _, "rooms", _, "account_data", _] if method == "GET":
                return self.claim()
            case ["rooms", _, "send", *_]:
                Handler.sent += 1
                if Handler.sent % 3 == 0:
                    return 429, {"errcode": "M_LIMIT_EXCEEDED", "error": "slow", "retry_after_ms": 50}
                return 200, {"event_id": f"$e{Handler.sent}"}
        if method == "PUT":
            return 200, {}
        return self.refusal("404")

    def claim(self):
        match Handler.moods["claims"]:
            case "none":
                return self.refusal("404")
            case "rival":
                return 200, {"device": "D", "instance": "rival", "since": 1, "at": int(time.time() * 1000)}
            case status:
                return self.refusal(status)

    def refusal(self, status):
        return int(status), {"errcode": CODES[int(status)], "error": "none"}


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, address):
        pass  # whoever asked has left


server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
