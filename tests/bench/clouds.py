"""The local clouds in a process of their own, and next to them a function process that is never frozen."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

MIB = 1 << 20
TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """The measured program did not do its work."""


def http(method, url, body=None, headers=None):
    """The answer's body, whatever its status."""
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=7200) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Clouds:
    """`oss2youku dev`: OSS and Youku, their links as a row wants them."""

    def __init__(self, programs, data):
        command = [f"{programs}/oss2youku", "dev", "--json", "--port-base", "0", "--data", data]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.places = json.loads(self.process.stdout.readline())
        self.youku = self.places["youku"]["api"]
        self.bucket = json.loads(http("GET", f"{self.youku}/_sandbox"))["bucket"]
        self.servers = [self.places["oss"]["endpoint"], self.youku, self.bucket]

    def link(self, latency_ms=None, rate=None, rate_per_connection=None):
        """Sets the same link on source and target; the rate is in bytes per second."""
        settings = {
            "latency_ms": latency_ms,
            "bytes_per_second": rate,
            "bytes_per_second_per_connection": rate_per_connection,
        }
        for server in self.servers:
            http("POST", f"{server}/_sandbox/link", json.dumps(settings).encode())

    def count(self):
        """Begins to count requests, by a rule that never acts."""
        for server in self.servers:
            http("DELETE", f"{server}/_sandbox/faults")
            for operation in ("*", "UploadPart", "ListObjectsV2"):
                rule = {"operation": operation, "skip": 1 << 30, "fault": {"kind": "hold_before"}}
                http("POST", f"{server}/_sandbox/faults", json.dumps(rule).encode())

    def seen(self, operation):
        rules = [json.loads(http("GET", f"{server}/_sandbox/faults")) for server in self.servers]
        return sum(rule["seen"] for server in rules for rule in server if rule["operation"] == operation)

    def counted(self):
        """All requests but the lists of the sweep that the clouds' own function makes."""
        return self.seen("*") - self.seen("ListObjectsV2")

    def videos(self):
        """The videos that Youku has, by id."""
        return {video["id"]: video for video in json.loads(http("GET", f"{self.youku}/_sandbox/videos"))}

    def video(self, video_id):
        return self.videos()[video_id]

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def figures(pid):
    """CPU seconds so far, peak memory in KiB, bytes written to disk."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    with open(f"/proc/{pid}/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    with open(f"/proc/{pid}/io") as io:
        written = next(int(line.split()[1]) for line in io if line.startswith("write_bytes:"))
    return (int(fields[11]) + int(fields[12])) / TICKS, peak, written


def resident(pid):
    """Resident and proportional memory in KiB."""
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        sizes = dict(line.split(":", 1) for line in rollup.readlines()[1:])
    return tuple(int(sizes[name].split()[0]) for name in ("Rss", "Pss"))


CALL = {
    "x-fc-control-path": "/invoke",
    "x-fc-request-id": "bench",
    "x-fc-function-timeout": "7200",
    "content-type": "application/octet-stream",
}


class Function:
    """The function's process as the platform starts it, called as the platform calls it."""

    def __init__(self, program, env, arguments=()):
        self.port = free_port()
        env = {**env, "FC_CUSTOM_LISTEN_PORT": str(self.port), "FC_SERVER_PORT": str(self.port)}
        self.log = tempfile.TemporaryFile()
        self.begun = time.monotonic()
        self.process = subprocess.Popen([program, *arguments], env=env, stdout=self.log, stderr=self.log)

    def ready(self):
        """Waits until it listens; returns the time since its start, in seconds."""
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return time.monotonic() - self.begun
            except ConnectionRefusedError as refused:
                if self.process.poll() is not None:
                    raise Failed("the function ended: " + self.said()) from refused
                # On a busy machine this leaves the processor to the function.
                os.sched_yield()

    def call(self, event):
        return http("POST", f"http://127.0.0.1:{self.port}/invoke", json.dumps(event).encode(), CALL)

    def first_answer(self, event):
        """Calls as soon as it listens, with nothing of a client's own in between; seconds since its start."""
        body = json.dumps(event).encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in {**CALL, "content-length": len(body)}.items())
        self.ready()
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(f"POST /invoke HTTP/1.1\r\nhost: function\r\n{head}\r\n".encode() + body)
            answer = connection.recv(1 << 16)
        seconds = time.monotonic() - self.begun
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise Failed(f"it answered {answer[:200]!r}: {self.said()}")
        return seconds

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-2000:]

    def close(self):
        self.process.kill()
        self.process.wait()


def arrival(places, key, size):
    """The event of a new object."""
    record = {
        "eventName": "ObjectCreated:PutObject",
        "eventSource": "acs:oss",
        "region": places["oss"]["region"],
        "oss": {"bucket": {"name": places["oss"]["bucket"]}, "object": {"key": key, "size": size}},
    }
    return {"events": [record]}
