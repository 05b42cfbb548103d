"""Collectors of traces: one of others, and one that only counts."""

import http.server
import pathlib
import subprocess

import rotel
from waiting import free_port, is_open, wait_for


class Collector:
    """Rotel, which prints every span that it receives."""

    def __init__(self, port, log):
        self.log = log
        program = pathlib.Path(rotel.__file__).with_name("rotel-agent")
        program.chmod(0o755)
        arguments = ["start", "--exporter", "blackhole", "--debug-log", "traces", "--debug-log-verbosity", "detailed"]
        arguments += ["--otlp-http-endpoint", f"127.0.0.1:{port}", "--otlp-grpc-endpoint", f"127.0.0.1:{free_port()}"]
        self.process = subprocess.Popen([program, *arguments], stdout=log.open("w"), stderr=subprocess.STDOUT)
        wait_for("the collector listens", lambda: is_open(port))

    def spans(self):
        """Every span so far: trace, id, parent, name, status and attributes."""
        spans, place = [], {"Trace ID": "trace", "Parent ID": "parent", "ID": "id", "Name": "name", "Status code": "status"}
        for line in self.log.read_text().splitlines():
            field, _, value = (part.strip() for part in line.partition(":"))
            if line.startswith("Span #"):
                spans.append({"attributes": {}})
            elif line.startswith("ResourceSpans #"):
                resource = {}
            elif field in place and spans:
                spans[-1] |= {place[field]: value, "resource": resource}
            elif field.startswith("-> "):
                # Those of the resource come before its spans.
                into = spans[-1]["attributes"] if spans and spans[-1].get("resource") is resource else resource
                into[field[3:]] = value
        return spans


class Sink(http.server.BaseHTTPRequestHandler):
    """A collector that counts what it takes."""

    sizes = []

    def do_POST(self):
        self.sizes.append(len(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass
