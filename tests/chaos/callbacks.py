"""A receiver of callbacks, which refuses some of them and leaves others without an answer."""

import json
import random
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    """What came for one object."""

    ids: set[str] = field(default_factory=set)
    accepted: int = 0
    codes: set[str] = field(default_factory=set)


class Receiver:
    def __init__(self, seed: int):
        self.rng = random.Random(f"{seed}-callbacks")
        self.lock = threading.Lock()
        self.received: dict[str, Received] = {}
        self.is_kind = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status = receiver.take(self.path.lstrip("/"), self.headers.get("webhook-id", ""), body)
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, title: str) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/{title}"

    def take(self, title: str, identity: str, body: bytes) -> int | None:
        """The status to answer; `None`: no answer, though what came counts."""
        with self.lock:
            received = self.received.setdefault(title, Received())
            received.ids.add(identity)
            received.codes.add(str(json.loads(body).get("code")))
            choice = 1.0 if self.is_kind else self.rng.random()
            if choice < 0.2:
                return 500
            if choice < 0.3:
                return None
            received.accepted += 1
            return 200

    def close(self) -> None:
        self.server.shutdown()

    def wrong(self, titles: list[str]) -> list[str]:
        """Every outcome was accepted, under one id."""
        wrong = []
        for title in titles:
            received = self.received.get(title, Received())
            if not received.accepted or len(received.ids) != 1 or received.codes != {"200"}:
                wrong.append(f"{title}: its callback: {received}")
        return wrong
