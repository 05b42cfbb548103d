"""The entrypoints: Gearman's jobs, Lambda's start, reading the ledger over HTTP, and what an upload writes there."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager

from clouds import MIB, Failed, Function, arrival, free_port, http, resident
from context import QUIET, Bench
from figures import Cost, Row, find, median, name, ratio, shown, table
from wire import RuntimeApi, gearman_jobs, http_requests

LEDGER = "records"
SEAL_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
LIBGEARMAN, SHIM = "libgearman's `gearman -w`", "the shim, a job refused by itself"
SHIM_AND_FUNCTION = "the shim and the function, a task that does not fit"
HELLO, LAMBDA = "a hello-world on Lambda's runtime crate", "oss2youku-lambda"
HYPER = "hyper alone"


@contextmanager
def process(command: list[str], env: dict[str, str] | None = None, **options):
    running = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def listens(port: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
    raise Failed(f"nothing listens on port {port}")


@contextmanager
def gearmand():
    port = free_port()
    path = os.environ["PATH"] + ":/usr/sbin"
    program = shutil.which("gearmand", path=path) or "gearmand"
    with process([program, "-L", "127.0.0.1", "-p", str(port), "-l", "stderr"]):
        listens(port)
        yield port


def measure_gearman(bench: Bench) -> None:
    """One worker at a time, each with its own gearmand; the shim's jobs end with an answer, whatever it is."""
    jobs = 2000 if bench.options.quick else 5000
    token = f"{bench.data}/token"
    with open(token, "w") as file:
        file.write(bench.places["function"]["token"])
    function = Function(bench.program("oss2youku-fc"), bench.environment())
    function.ready()

    def libgearman() -> Cost:
        with gearmand() as port, process(["gearman", "-h", "127.0.0.1", "-p", str(port), "-f", "upload", "-w"]):
            return {"a_second": gearman_jobs(port, b"payload", jobs)}

    def shim(payload: bytes) -> Callable[[], Cost]:
        def run() -> Cost:
            with gearmand() as port:
                command = [bench.program("oss2youku-gearman"), "--server", f"127.0.0.1:{port}", "--token-file", token]
                command += ["--function-url", f"http://127.0.0.1:{function.port}", "--max-payload-kib", "1"]
                with process(command, env={"OSS2YOUKU_LOG__LEVEL": "error"}):
                    return {"a_second": gearman_jobs(port, payload, jobs)}

        return run

    try:
        ways = {LIBGEARMAN: libgearman, SHIM: shim(b"x" * 1025), SHIM_AND_FUNCTION: shim(b"{}")}
        bench.turns("entrypoints", 5 if bench.options.quick else 15, ways, entrypoint="gearman")
    finally:
        function.close()


def measure_lambda(bench: Bench) -> None:
    api, env = RuntimeApi(), bench.environment()
    about = {"NAME": "f", "MEMORY_SIZE": "512", "VERSION": "1"}
    env |= {f"AWS_LAMBDA_FUNCTION_{key}": value for key, value in about.items()} | {"AWS_LAMBDA_RUNTIME_API": api.address}

    def start(program: str) -> Callable[[], Cost]:
        def run() -> Cost:
            begun = time.monotonic()
            with process([bench.program(program)], env=env) as function:
                asked = api.wait()
                return {"start_ms": (asked - begun) * 1000, "rss_kib": resident(function.pid)[0]}

        return run

    runs = 30 if bench.options.quick else 100
    bench.turns("entrypoints", runs, {HELLO: start("examples/hello"), LAMBDA: start("oss2youku-lambda")}, entrypoint="lambda")


def uploaded(bench: Bench, function: Function, key: str, size: int) -> str:
    """The id of the upload that an object's event became."""
    answer = json.loads(function.call(arrival(bench.places, key, size)))
    bench.check(answer, key, bench.clouds.videos())
    return answer["results"][0]["data"]["upload_id"]


def in_oss(bench: Bench, **settings: str) -> dict[str, str]:
    """A function's variables with a ledger as it is deployed: in a bucket."""
    location = f"oss://{LEDGER}/{bench.uploads}/"
    return bench.environment(OSS2YOUKU_LEDGER__LOCATION=location, OSS2YOUKU_LEDGER__SEAL_KEY=SEAL_KEY, **settings)


def measure_http(bench: Bench) -> None:
    key, size = f"{QUIET}status.mp4", MIB
    bench.put(key, size)
    functions, ways = [], {}
    try:
        for place, env in {"a bucket": in_oss(bench), "a folder": bench.environment()}.items():
            functions.append(function := Function(bench.program("oss2youku-fc"), env))
            function.ready()
            upload = uploaded(bench, function, key, size)
            head = f"GET /uploads/{upload} HTTP/1.1\r\nauthorization: Bearer {bench.places['function']['token']}"
            ways[f"`GET /uploads/{{id}}`, the ledger in {place}"] = (function.port, head)
        functions.append(hyper := Function(bench.program("examples/bare"), {}))
        hyper.ready()
        ways[HYPER] = (hyper.port, "GET / HTTP/1.1")

        def rate(port: int, head: str, connections: int) -> Callable[[], Cost]:
            return lambda: {"a_second": http_requests(port, head, connections, 1.0)}

        several = {f"{way}; {count} at a time": rate(*asked, count) for way, asked in ways.items() for count in (1, 16)}
        bench.turns("entrypoints", 2 if bench.options.quick else 5, several, entrypoint="http")
    finally:
        for function in functions:
            function.close()
    bench.store.delete_object(key)


def measure_ledger(bench: Bench) -> None:
    """The requests of one upload of several parts to the ledger's bucket."""
    first, key, size = f"{QUIET}first.mp4", f"{QUIET}appends.mp4", 64 * MIB
    bench.put(first, MIB)
    bench.put(key, size)
    oss = bench.places["oss"]["endpoint"]
    counted = {"appends": "/ledger/", "leases": "/lease/", "marks": "/open/", "writes": f"/{LEDGER}/"}

    def upload(mode: str) -> Cost:
        function = Function(bench.program("oss2youku-fc"), in_oss(bench, OSS2YOUKU_TRANSFER__MODE=mode))
        try:
            function.ready()
            # A new ledger gets its marks once.
            uploaded(bench, function, first, MIB)
            http("DELETE", f"{oss}/_sandbox/faults")
            for operation, match in [("PutObject", match) for match in counted.values()] + [("*", f"/{LEDGER}/")]:
                rule = {"operation": operation, "match": match, "skip": 1 << 30, "fault": {"kind": "hold_before"}}
                http("POST", f"{oss}/_sandbox/faults", json.dumps(rule).encode())
            uploaded(bench, function, key, size)
            seen = [rule["seen"] for rule in json.loads(http("GET", f"{oss}/_sandbox/faults"))]
            return dict(zip([*counted, "requests"], seen, strict=True))
        finally:
            function.close()

    ways = {f"an upload of {size // MIB} MiB, {mode} mode": lambda mode=mode: upload(mode) for mode in ("oss", "slice")}
    bench.turns("entrypoints", 1, ways, entrypoint="ledger")
    bench.store.batch_delete_objects([first, key])


def measure(bench: Bench) -> None:
    bench.clouds.link()
    bench.bucket(LEDGER).create_bucket()
    measure_gearman(bench)
    measure_lambda(bench)
    measure_http(bench)
    measure_ledger(bench)


def of(rows: list[Row], name_of_it: str, column: str) -> float | None:
    row = find(rows, name_of_it)
    return row and median(row, column)


def shown_rows(rows: list[Row]) -> str:
    def of_entrypoint(which: str) -> list[Row]:
        return [row for row in rows if row["entrypoint"] == which]

    def of_hypers(row: Row) -> str:
        """With as many connections."""
        count = row["row"].split("; ")[1]
        return ratio("a_second", of(rows, f"{HYPER}; {count}", "a_second"))(row)

    a_second = shown("a_second", digits=0)
    start, hello = of_entrypoint("lambda"), of(rows, HELLO, "start_ms")
    gearman = {"Gearman": name, "jobs a second": a_second, "of libgearman's": ratio("a_second", of(rows, LIBGEARMAN, "a_second"))}
    on_lambda = {
        "Lambda, exec to asking for an event": name,
        "p50": shown("start_ms", "ms"),
        "of the hello-world's": ratio("start_ms", hello),
        "resident then": shown("rss_kib", "MiB", 1, 1 / 1024),
    }
    over_http = {"HTTP": name, "answers a second": a_second, "of hyper's": of_hypers}
    columns = ("appends", "leases", "marks", "writes", "requests")
    in_ledger = {"the ledger in a bucket": name} | {column: shown(column, digits=0) for column in columns}
    tables = [(of_entrypoint("gearman"), gearman), (start, on_lambda), (of_entrypoint("http"), over_http), (of_entrypoint("ledger"), in_ledger)]
    return "\n\n".join(table(rows_of_it, columns_of_it) for rows_of_it, columns_of_it in tables)
