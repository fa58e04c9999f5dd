/// Takes one post, and keeps what was posted.
private let server = """
    import http.server
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            open("posted", "wb").write(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()
        def log_message(self, *_): pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    open("port", "w").write(str(server.server_port))
    server.handle_request()
    """

extension Contract {
    static let onEnd = [
        Sentence(
            #"`--on-end COMMAND\|URL`: durable, at least once"#,
            Row(
                "a command, in this folder, with the event",
                """
                $ tally submit --id told --on-end 'echo "$TALLY_BATCH $TALLY_EVENT" >new; mv new told' \
                    --type command false ::: a
                until [ -e told ]; do sleep 0.1; done
                """, in: .fleet, out: "told\n", leaves: ["told": .says("told {", #""status":"failed""#)]),
            Row(
                "an address",
                """
                $ python3 server.py & until [ -s port ]; do sleep 0.1; done
                tally submit --id posted --on-end "http://127.0.0.1:$(cat port)/x" --type command true ::: a
                wait
                """, files: ["server.py": server], in: .fleet, out: "posted\n",
                leaves: [
                    "port": .anything, "posted": .says(#""batchId":"posted""#, #""status":"completed""#),
                ]),
            Row("nothing", "submit --on-end '' x", in: .own, code: 2, err: .says("--on-end: which command"))
        )
    ]
}
