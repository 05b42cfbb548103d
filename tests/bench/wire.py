"""Small clients over bare sockets, so that the other side is measured."""

import selectors
import socket
import struct
import threading
import time

from clouds import Failed

# Gearman's packets.
SUBMIT_JOB, JOB_CREATED, WORK_COMPLETE = 7, 8, 13


def gearman_jobs(port: int, payload: bytes, jobs: int, outstanding: int = 8) -> float:
    """Jobs per second, so many outstanding; the first one, which waits for the worker to come, is not counted."""

    def packet(kind: int, body: bytes) -> bytes:
        return struct.pack(">4sII", b"\0REQ", kind, len(body)) + body

    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = connection.makefile("rb")

        def completed() -> None:
            while True:
                _, kind, length = struct.unpack(">4sII", stream.read(12))
                stream.read(length)
                if kind == WORK_COMPLETE:
                    return
                if kind != JOB_CREATED:
                    raise Failed(f"gearmand sent a packet of type {kind}")

        def submit(count: int) -> None:
            connection.sendall(packet(SUBMIT_JOB, b"upload\0\0" + payload) * count)

        submit(1)
        completed()
        begun = time.monotonic()
        submit(outstanding)
        for done in range(jobs):
            completed()
            if done + outstanding < jobs:
                submit(1)
        return jobs / (time.monotonic() - begun)


def http_requests(port: int, head: str, connections: int, seconds: float) -> float:
    """Answers of 200 per second to this one request, over so many connections that stay open."""
    request = f"{head}\r\nhost: function\r\n\r\n".encode()
    selector, done = selectors.DefaultSelector(), 0
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        selector.register(connection, selectors.EVENT_READ, bytearray())
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        ready = selector.select(10)
        if not ready:
            raise Failed("no answer within 10 s")
        for key, _ in ready:
            answer = key.data
            answer += key.fileobj.recv(1 << 16)
            if whole(answer):
                answer.clear()
                done += 1
                key.fileobj.sendall(request)
    elapsed = time.monotonic() - begun
    for key in list(selector.get_map().values()):
        key.fileobj.close()
    return done / elapsed


def whole(answer: bytearray) -> bool:
    head, found, body = bytes(answer).partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(b"HTTP/1.1 200"):
        raise Failed(f"the answer is {head.splitlines()[0]!r}")
    lengths = [line.split(b":")[1] for line in head.lower().splitlines() if line.startswith(b"content-length:")]
    return len(body) >= int(lengths[0])


class RuntimeApi:
    """As much of Lambda's runtime API as a function needs to ask for an event: it reports when one asks, and never answers."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.asked: list[float] = []
        self.ask = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        with connection:
            stream = connection.makefile("rb")
            for line in stream:
                length = 0
                while (header := stream.readline().strip()) != b"":
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                stream.read(length)
                if b"/runtime/invocation/next" in line:
                    self.asked.append(time.monotonic())
                    self.ask.set()
                elif b"/extension/register" in line:
                    body = b'{"functionName":"f","functionVersion":"1","handler":"h"}'
                    head = "HTTP/1.1 200 OK\r\nlambda-extension-identifier: 1\r\ncontent-type: application/json\r\n"
                    connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)

    def wait(self, seconds: float = 10) -> float:
        """When the function asked for its first event since the last call."""
        if not self.ask.wait(seconds):
            raise Failed("it asked for no event")
        self.ask.clear()
        return self.asked[-1]
