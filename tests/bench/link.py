"""Against the limit: what share of the slower link's rate is used."""

from collections.abc import Callable

from clouds import MIB
from context import QUIET, Bench
from figures import PEAK, SECONDS, Cost, Row, name, shown, table

RATE = 50_000_000
# Slow connections: many are needed to fill the link.
SLOW = 2_500_000
# MiB; made up by OSS.
LARGE = 8192


# What one PutObject sends.
SINGLE = 8
SINGLE_PUT = {"OSS2YOUKU_YOUKU__SINGLE_PUT": "true"}


def way(bench: Bench, key: str, mib: int, latency: int, of_one: int | None, **how: str) -> Callable[[], Cost]:
    def run() -> Cost:
        bench.clouds.link(latency, RATE, of_one)
        cost = bench.ours(key, mib * MIB, **how)
        return {**cost, "share": mib * MIB / RATE / cost["seconds"]}

    return run


def measure(bench: Bench) -> None:
    quick = bench.options.quick
    small = [(SINGLE, [20, 80]), (10, [20, 80])]
    plan = [*small, (100, [20]), (256, [1, 20, 80])] if quick else [*small[:1], *((size, [1, 20, 80]) for size in (10, 100, 256, 1024))]
    for mib, latencies in plan:
        key = f"{QUIET}link-{mib}.mp4"
        bench.put(key, mib * MIB)
        ways = {f"{mib} MiB at {latency} ms": way(bench, key, mib, latency, None) for latency in latencies}
        if mib == SINGLE:
            ways |= {f"{mib} MiB at {latency} ms, one PutObject": way(bench, key, mib, latency, None, **SINGLE_PUT) for latency in latencies}
        if bench.older:
            ways |= {f"before, {mib} MiB at {latency} ms": way(bench, key, mib, latency, None, program=bench.older) for latency in latencies}
        if mib == 256:
            ways["256 MiB at 80 ms, 2.5 MB/s a connection"] = way(bench, key, mib, 80, SLOW)
        bench.turns("link", (3 if mib <= 10 else 1) if quick or mib >= 1024 else 5, ways)
        bench.store.delete_object(key)
    if bench.options.large:
        key = f"{QUIET}link-large.mp4"
        bench.generate(key, LARGE * MIB)
        with bench.discarding():
            bench.turns("link", 1, {f"{LARGE} MiB at 20 ms": way(bench, key, LARGE, 20, None)})


def shown_rows(rows: list[Row]) -> str:
    share = shown("share", "%", 1, 100)
    columns = {"against a link of 50 MB/s": name, "wall": SECONDS, "share of the link": share, "peak memory": PEAK}
    return table(rows, columns)
