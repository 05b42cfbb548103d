"""Who asks for uploads: HTTP callers, which ask again until they know the outcome, and clients of gearmand."""

import json
import socket
import struct
import threading
import time

from programs import Programs
from sandbox import request

# The longest that a caller waits as it is told to; and where it is not told.
LONGEST_WAIT, WAIT = 30.0, 1.0
# Gearman's packets: a background job, and that it was accepted.
SUBMIT_JOB_BG, JOB_CREATED = 18, 8
CALL = {
    "x-fc-control-path": "/invoke",
    "x-fc-function-timeout": "7200",
    "content-type": "application/octet-stream",
}


class Callers:
    def __init__(self, programs: Programs):
        self.programs = programs
        # No caller asks again after this.
        self.over = threading.Event()

    def once(self, method: str, path: str, document: dict | None = None, kept: bool = False, seconds: float = 120) -> tuple[int, dict, float]:
        """One request to the function's HTTP trigger, or to the function that nobody kills: status, document, and when to ask again."""
        base = f"http://127.0.0.1:{self.programs.function_port}" if kept else self.programs.trigger
        headers = {"authorization": f"Bearer {self.programs.places['function']['token']}", "accept": "application/json"}
        body = None if document is None else json.dumps(document).encode()
        if body is None and method == "POST":
            body = b""
        status, answered, answer = request(method, f"{base}{path}", body, headers, seconds)
        try:
            document = json.loads(answer)
        except ValueError as error:
            raise OSError(f"{status} without JSON") from error
        # A gateway's answer is not the function's.
        if not isinstance(document, dict) or "code" not in document and "state" not in document and "uploads" not in document:
            raise OSError(f"{status}: {answer[:200]!r}")
        return status, document, min(LONGEST_WAIT, float(answered.get("retry-after", WAIT)))

    def until(self, definite: tuple[int, ...], method: str, path: str, document: dict | None = None, kept: bool = False) -> tuple[int, dict] | None:
        """Asks until the answer has one of these statuses; `None` where the run is over before."""
        while not self.over.is_set():
            wait = WAIT
            try:
                status, answer, wait = self.once(method, path, document, kept)
                if status in definite:
                    return status, answer
            except OSError:
                pass
            self.over.wait(wait)
        return None

    def send_event(self, key: str, size: int) -> None:
        """An object's event, to the function that nobody kills; what it answers is no concern."""
        record = {
            "eventName": "ObjectCreated:PutObject",
            "eventSource": "acs:oss",
            "region": self.programs.places["oss"]["region"],
            "oss": {"bucket": {"name": "videos"}, "object": {"key": key, "size": size}},
        }
        try:
            url = f"http://127.0.0.1:{self.programs.function_port}/invoke"
            request("POST", url, json.dumps({"events": [record]}).encode(), {**CALL, "x-fc-request-id": f"soak-{time.time_ns()}"}, 600)
        except OSError:
            pass

    def submit_job(self, unique: str, task: dict) -> None:
        body = b"upload\0" + unique.encode() + b"\0" + json.dumps(task).encode()
        with socket.create_connection(("127.0.0.1", self.programs.gearman_port), timeout=30) as connection:
            connection.sendall(struct.pack(">4sII", b"\0REQ", SUBMIT_JOB_BG, len(body)) + body)
            _, kind, _ = struct.unpack(">4sII", connection.makefile("rb").read(12))
            if kind != JOB_CREATED:
                raise OSError(f"gearmand sent a packet of type {kind}")

    def jobs(self) -> int:
        """Gearman jobs that wait or run."""
        with socket.create_connection(("127.0.0.1", self.programs.gearman_port), timeout=30) as connection:
            connection.sendall(b"status\r\n")
            for line in connection.makefile():
                fields = line.split("\t")
                if fields[0] == "upload":
                    return int(fields[1])
                if line == ".\n":
                    break
        return 0
