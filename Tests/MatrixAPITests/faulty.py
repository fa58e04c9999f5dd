"""What a homeserver should not be: the first part of the path says how it misbehaves. Prints its port."""

import socketserver
import sys
import time

JSON = "Content-Type: application/json\r\n"


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().decode()
        headers = {}
        while (header := self.rfile.readline().decode().strip()):
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        token = headers.get("authorization", "none")
        print("asked", line.split(" ")[1], token, file=sys.stderr, flush=True)
        fault = line.split(" ")[1].split("/")[1]
        getattr(self, fault.replace("-", "_"))(token)

    def answer(self, status, body, extra=""):
        self.wfile.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{extra}Connection: close\r\n\r\n"
                         .encode() + body)

    def status500(self, token): self.answer(500, b"<html>")
    def rubbish(self, token): self.answer(200, b"\0\xff" * 5_000_000)
    def array(self, token): self.answer(200, b"[]", JSON)
    def shape(self, token): self.answer(200, b'{"versions": {"a": 1}}', JSON)
    def closed(self, token): pass
    def half(self, token): self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    def nonsense(self, token): self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    def hang(self, token): time.sleep(60)
    def echo(self, token): self.answer(403, b'{"errcode":"M_FORBIDDEN","error":"you: ' + token.encode() + b'"}')
    def redirect(self, token): self.answer(302, b"", "Location: /echo/_matrix/client/versions\r\n")

    def endless(self, token):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            self.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")

    def drops(self, token):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            self.wfile.write(b" ")
            time.sleep(0.05)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass  # whoever asked has had enough


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
