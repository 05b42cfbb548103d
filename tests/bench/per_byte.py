"""Per byte: one object between two local endpoints without a limit, compared with programs that only move bytes."""

import hashlib
import hmac
import json
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from clouds import MIB, Failed
from context import QUIET, Bench
from figures import CPU, PEAK, SECONDS, Cost, Row, find, median, name, ratio, shown, table

KEY = "film.mp4"
# The clouds' own function ignores objects here.
COPY = f"{QUIET}copy.mp4"


def high_water(pid: int) -> int:
    """A process's own: what the system tells of an ended child counts its parent's memory before the exec."""
    with open(f"/proc/{pid}/status") as status:
        return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)


def clients(commands: list[list[str]], env: dict[str, str] | None = None) -> Cost:
    """The cost of programs that feed each other through pipes."""
    begun, source, running, peaks, cpu, failed = time.monotonic(), subprocess.DEVNULL, {}, {}, 0.0, []
    for number, command in enumerate(commands, 1):
        sink = subprocess.DEVNULL if number == len(commands) else subprocess.PIPE
        process = subprocess.Popen(command, stdin=source, stdout=sink, env={"PATH": os.environ["PATH"], **(env or {})})
        if source != subprocess.DEVNULL:
            source.close()
        source, running[process.pid] = process.stdout, process
    while running:
        for pid in list(running):
            peaks[pid] = max(peaks.get(pid, 0), high_water(pid))
            ended, status, used = os.wait4(pid, os.WNOHANG)
            if ended:
                cpu += used.ru_utime + used.ru_stime
                running.pop(pid).returncode = status
                failed += [pid] if status else []
        time.sleep(0.005)
    if failed:
        raise Failed(f"{commands[0][0]} ended with an error")
    return {"seconds": time.monotonic() - begun, "cpu_seconds": cpu, "peak_kib": sum(peaks.values())}


@contextmanager
def s3(bench: Bench):
    """Two S3 endpoints in a process of their own."""
    folders = [f"{bench.data}/s3-{number}" for number in (1, 2)]
    for folder in folders:
        os.makedirs(f"{folder}/films", exist_ok=True)
    command = [bench.program("examples/s3"), *folders]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield {"folders": folders, **json.loads(server.stdout.readline())}
    finally:
        server.stdin.close()
        server.wait()


def md5_of(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def curl(get: str, put: str, size: int) -> Cost:
    """One connection each way; the length stated, as a store without chunked bodies wants it."""
    length = ["-H", f"content-length: {size}", "-H", "transfer-encoding:"]
    return clients([["curl", "-sSf", get], ["curl", "-sSf", "-T", "-", *length, put]])


def oss_to_oss(bench: Bench, key: str, size: int) -> Cost:
    get, put = (bench.store.sign_url(method, name, 3600, slash_safe=True) for method, name in (("GET", key), ("PUT", COPY)))
    cost = curl(get, put, size)
    etag = bench.store.head_object(COPY).etag
    if etag.lower() != bench.expected[key]["md5"]:
        raise Failed(f"the copy's ETag is {etag}")
    return cost


def s3_to_s3(places: dict, md5: str, copy: Callable[[str, str], Cost]) -> Cost:
    first, second = (f"{endpoint}/films/{KEY}" for endpoint in places["endpoints"])
    cost = copy(first, second)
    path = f"{places['folders'][1]}/films/{KEY}"
    if md5_of(path) != md5:
        raise Failed("the copy has other bytes")
    os.remove(path)
    return cost


def presigned(method: str, url: str, places: dict) -> str:
    """Signed in its query (AWS Signature V4) for an hour."""
    (key, secret), host = places["access_key"], url.split("/")[2]
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = [now[:8], places["region"], "s3", "aws4_request"]
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "/".join([key, *scope]),
        "X-Amz-Date": now,
        "X-Amz-Expires": "3600",
        "X-Amz-SignedHeaders": "host",
    }
    asked = urlencode(query, quote_via=quote, safe="")
    path = url.split(host, 1)[1]
    canonical = "\n".join([method, path, asked, f"host:{host}", "", "host", "UNSIGNED-PAYLOAD"])
    text = "\n".join(["AWS4-HMAC-SHA256", now, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
    signing = f"AWS4{secret}".encode()
    for part in (*scope, text):
        signing = hmac.digest(signing, part.encode(), "sha256")
    return f"{url}?{asked}&X-Amz-Signature={signing.hex()}"


def curl_s3(places: dict, size: int) -> Callable[[str, str], Cost]:
    return lambda first, second: curl(presigned("GET", first, places), presigned("PUT", second, places), size)


def rclone(places: dict) -> Cost:
    key, secret = places["access_key"]
    env = {"RCLONE_CONFIG": "/dev/null"}
    for remote, endpoint in zip(("FIRST", "SECOND"), places["endpoints"], strict=True):
        settings = {"TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": endpoint, "REGION": places["region"]}
        settings |= {"ACCESS_KEY_ID": key, "SECRET_ACCESS_KEY": secret, "FORCE_PATH_STYLE": "true", "NO_CHECK_BUCKET": "true"}
        env |= {f"RCLONE_CONFIG_{remote}_{name}": value for name, value in settings.items()}
    return clients([["rclone", "copyto", f"first:films/{KEY}", f"second:films/{KEY}"]], env)


def measure(bench: Bench) -> None:
    size = (512 if bench.options.quick else 1024) * MIB
    known, unknown = f"{QUIET}free-known.mp4", f"{QUIET}free-unknown.mp4"
    bench.put(known, size)
    bench.put(unknown, size, md5_known=False)
    with s3(bench) as places:
        source = f"{places['folders'][0]}/films/{KEY}"
        bench.store.get_object_to_file(known, source)
        md5 = md5_of(source)
        ways = {
            "ours, OSS to Youku, MD5 known": lambda: bench.ours(known, size),
            "ours, OSS to Youku, reading pass": lambda: bench.ours(unknown, size),
            "curl GET, curl PUT, OSS to OSS, nothing verified": lambda: oss_to_oss(bench, known, size),
            "curl GET, curl PUT, S3 to S3, nothing verified": lambda: s3_to_s3(places, md5, curl_s3(places, size)),
            "rclone copyto, S3 to S3": lambda: s3_to_s3(places, md5, lambda *_: rclone(places)),
        }

        def per_gib(way: Callable[[], Cost]) -> Callable[[], Cost]:
            def run() -> Cost:
                cost = way()
                return {**cost, "cpu_seconds_per_gib": cost["cpu_seconds"] * 1024 * MIB / size}

            return run

        runs = 1 if bench.options.quick else 5
        bench.turns("bytes", runs, {name: per_gib(way) for name, way in ways.items()}, bytes=size)
    for key in (known, unknown, COPY):
        bench.store.delete_object(key)


def shown_rows(rows: list[Row]) -> str:
    curl_row, rclone_row = find(rows, "curl GET, curl PUT, OSS"), find(rows, "rclone")
    per_gib = "cpu_seconds_per_gib"
    columns = {
        f"one object of {rows[0]['bytes'] // MIB} MiB, no limit; the clients alone": name,
        "wall": SECONDS,
        "CPU": CPU,
        "a GiB": shown(per_gib, "s"),
        "of curl's": ratio(per_gib, curl_row and median(curl_row, per_gib)),
        "of rclone's": ratio(per_gib, rclone_row and median(rclone_row, per_gib)),
        "peak memory": PEAK,
    }
    return table(rows, columns)
