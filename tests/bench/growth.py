"""How memory, CPU and requests grow with the object: made up and thrown away by the local clouds, so that its size is no matter of disk."""

from collections.abc import Callable

from clouds import MIB
from context import QUIET, Bench
from figures import PEAK, SECONDS, Cost, Row, median, name, shown, table

GIB = 1 << 30


def way(bench: Bench, size: int) -> Callable[[], Cost]:
    key = f"{QUIET}growth-{size}.mp4"

    def run() -> Cost:
        bench.generate(key, size)
        cost = bench.ours(key, size)
        return {
            **cost,
            "bytes_per_second": size / cost["seconds"],
            "cpu_seconds_per_gib": cost["cpu_seconds"] * GIB / size,
            "requests_per_part": cost["requests"] / cost["parts"],
        }

    return run


def measure(bench: Bench) -> None:
    sizes = [MIB, 64 * MIB, GIB] + ([8 * GIB, 50 * GIB] if bench.options.large else [])
    bench.clouds.link()
    with bench.discarding():
        bench.turns("growth", 1, {f"{size // MIB} MiB": way(bench, size) for size in sizes})


def shown_rows(rows: list[Row]) -> str:
    columns = {
        "made up, thrown away, MD5 known, no limit": name,
        "wall": SECONDS,
        "MB/s": shown("bytes_per_second", digits=0, scale=1e-6),
        "CPU a GiB": shown("cpu_seconds_per_gib", "s"),
        "peak memory": PEAK,
        "written to disk": shown("written_bytes", "MB", 1, 1e-6),
        "parts": shown("parts", digits=0),
        "requests": shown("requests", digits=0),
        "a part": shown("requests_per_part"),
    }
    first, last = rows[0], rows[-1]
    parts = median(last, "parts") - median(first, "parts")
    further = (median(last, "requests") - median(first, "requests")) / max(1, parts)
    least, most = (edge(median(row, "peak_kib") for row in rows[1:]) / 1024 for edge in (min, max))
    text = f"From {rows[1]['row']} on memory peaks at {least:.1f} to {most:.1f} MiB; each further part costs {further:.2f} requests."
    return f"{table(rows, columns)}\n\n{text}"
