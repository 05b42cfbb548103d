"""Whom the product calls: the receiver of callbacks, and the runtime of Lambda."""

import http.server
import json
import time

from waiting import PATIENCE

# Of one run to deliver a callback.
ATTEMPTS = 3
# The trace that Lambda names, and the span in it that calls.
XRAY = "5759e988bd862e3fe1be46a994272793"
CALLER = "00f067aa0ba902b7"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps the path and the headers of callbacks; those to /late are accepted after a few attempts."""

    seen = []

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.seen.append((self.path, dict(self.headers)))
        refused = self.path == "/late" and len(self.traces("/late")) <= ATTEMPTS
        self.send_response(503 if refused else 200)
        self.end_headers()

    def log_message(self, *_):
        pass

    @classmethod
    def traces(cls, path):
        """The `traceparent` of each callback to this path."""
        return [headers.get("traceparent") for seen, headers in cls.seen if seen == path]


class RuntimeApi(http.server.BaseHTTPRequestHandler):
    """Lambda's runtime API, which has one event, in a trace of X-Ray."""

    events, answers = [], []

    def do_GET(self):
        if not self.events:
            # The function waits for the next one until it is ended.
            return self.rfile.read(1)
        body = json.dumps(self.events.pop()).encode()
        self.send_response(200)
        self.send_header("lambda-runtime-aws-request-id", "one")
        self.send_header("lambda-runtime-deadline-ms", str(int((time.time() + PATIENCE) * 1000)))
        self.send_header("lambda-runtime-trace-id", f"Root=1-{XRAY[:8]}-{XRAY[8:]};Parent={CALLER};Sampled=1")
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.answers.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(202)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass
