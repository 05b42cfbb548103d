"""Waits and comparisons."""

import socket
import time

# Seconds: longer than anything takes on a busy machine.
PATIENCE = 120


def wait_for(what, condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"tests/otel: not within {PATIENCE} s: {what}")


def expect(what, found, expected):
    if found != expected:
        raise SystemExit(f"tests/otel: {what}: {found}, expected {expected}")
    print(f"ok: {what}: {found}", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
