"""Stands between a gateway and its homeserver, counts what is asked, and has moods.

    proxy.py HOMESERVER MOOD

MOOD is a file with a word, which may change at any time: what is asked from then on, and what is on its way, is
answered accordingly. Prints its URL; tells of each request once it is answered: milliseconds since 1970, the mood, the
answer's status, the method and the path.
"""

import http.client
import http.server
import socket
import sys
import threading
import time
from urllib.parse import urlsplit

HOMESERVER, MOOD = urlsplit(sys.argv[1]), sys.argv[2]
PASSED_ON = ["Authorization", "Content-Type"]
GIVEN_BACK = ["Content-Type", "Retry-After"]


def mood():
    while True:
        with open(MOOD) as file:
            if word := file.read():  # none while it is being written
                return word


class Handler(http.server.BaseHTTPRequestHandler):
    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        feeling = mood()
        status, headers, answer = 0, {}, b""
        if feeling in ("good", "forgetful"):
            status, headers, answer = self.ask(body)
            feeling = mood() if feeling == "good" else feeling
        print(int(time.time() * 1000), feeling, status, self.command, urlsplit(self.path).path,
              file=sys.stderr, flush=True)
        if feeling == "good" and status:
            self.give(status, headers, answer)
        else:
            getattr(self, feeling, self.closed)()

    do_GET = do_PUT = do_POST = handle_any

    def ask(self, body):
        """What the homeserver says; no status if it was cut off, since the mood has changed."""
        connection = http.client.HTTPConnection(HOMESERVER.hostname, HOMESERVER.port, timeout=90)
        try:
            connection.connect()
            threading.Thread(target=cut, args=(connection.sock,), daemon=True).start()
            headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            connection.request(self.command, self.path, body or None, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        finally:
            connection.close()

    def give(self, status, headers, body):
        self.send_response(status)
        for name in GIVEN_BACK:
            if name in headers:
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def failing(self): self.give(500, {"Content-Type": "text/html"}, b"<html>\n<h1>Oops")
    def rubbish(self): self.give(200, {"Content-Type": "application/json"}, b"\0\xff" * 5_000_000)
    def closed(self): pass

    def forgetful(self):
        """What was asked is done, and nobody is told."""

    def hanging(self):
        while mood() == "hanging":
            time.sleep(0.1)

    def log_message(self, *words):
        pass


def cut(connection):
    while connection.fileno() >= 0:
        if mood() not in ("good", "forgetful"):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                return
        time.sleep(0.1)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, request, address):
        pass  # whoever asked has had enough


server = Server(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
