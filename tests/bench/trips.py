"""What far links cost a file of one part: requests, and answers that are waited for one after another, connections included."""

from collections.abc import Callable

from clouds import MIB
from context import QUIET, Bench
from entrypoints import in_oss
from figures import Cost, Row, name, shown, table
from link import SINGLE_PUT

LEDGER = "records"
NEAR, FAR = 0, 60


def measure(bench: Bench) -> None:
    key = f"{QUIET}trips.mp4"
    bench.clouds.link()
    bench.bucket(LEDGER).create_bucket()
    bench.put(key, MIB)

    def seconds(settings: dict[str, str], latency: int, program: str | None) -> Cost:
        bench.clouds.link(latency)
        try:
            # Renewals of the lease are no part of it.
            return bench.ours(key, MIB, program=program, OSS2YOUKU_LEDGER__LEASE_SECONDS="60", **settings)
        finally:
            bench.clouds.link()

    def way(settings: Callable[[], dict[str, str]], program: str | None = None) -> Callable[[], Cost]:
        def run() -> Cost:
            near, far = (seconds(settings(), latency, program) for latency in (NEAR, FAR))
            trips = (far["seconds"] - near["seconds"]) * 1000 / (FAR - NEAR)
            # What takes its time without any latency is mostly the ledger's window.
            return {"trips": trips, "requests": far["requests"], "wait_ms": near["seconds"] * 1000}

        return run

    def oss() -> dict[str, str]:
        return {key: value for key, value in in_oss(bench).items() if "LEDGER__" in key and "LEASE" not in key}

    ways = {"the ledger in a folder": way(dict), "the ledger in OSS": way(oss)}
    ways |= {f"{row}, one PutObject": way(lambda of=of: {**of(), **SINGLE_PUT}) for row, of in (("the ledger in a folder", dict), ("the ledger in OSS", oss))}
    if bench.older:
        ways |= {f"before, {row}": way(of, bench.older) for row, of in (("the ledger in a folder", dict), ("the ledger in OSS", oss))}
    bench.turns("trips", 2 if bench.options.quick else 5, ways)
    bench.store.delete_object(key)


def shown_rows(rows: list[Row]) -> str:
    columns = {
        "a file of 1 MiB, a fresh process": name,
        "round trips one after another": shown("trips", digits=1),
        "requests": shown("requests", digits=0),
        "time without latency": shown("wait_ms", "ms", 0),
    }
    return table(rows, columns)
