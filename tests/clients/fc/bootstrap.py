#!/usr/bin/env python3
"""A function as a beginner would write it: the standard library's http.server, nothing else."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

calls = 0


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        global calls
        calls += 1
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if body == b"fail":
            self.answer(404, {"errorMessage": "asked to fail", "errorType": "Asked"}, {"x-fc-status": "404"})
            return
        print(f"call {calls}", flush=True)
        self.answer(
            200,
            {
                "calls": calls,
                "pid": os.getpid(),
                "request_id": self.headers["x-fc-request-id"],
                "control_path": self.headers["x-fc-control-path"],
                "event": json.loads(body),
            },
        )

    def answer(self, status, document, headers=()):
        data = json.dumps(document).encode()
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    port = int(os.environ.get("FC_CUSTOM_LISTEN_PORT", "9000"))
    HTTPServer(("0.0.0.0", port), Handler).serve_forever()
