"""What the preflight costs a healthy film whose index stands at its end: the worst place for one, over a far link."""

import hashlib
import os
import subprocess
from collections.abc import Callable

from clouds import MIB
from context import QUIET, Bench
from figures import SECONDS, Cost, Row, find, median, name, shown, table
from link import RATE

SIZE = 256 * MIB
LATENCY = 20
# As long as a film of this size is: its index has some 80,000 samples.
MINUTES = 20


def film(path: str) -> None:
    """Writes an MP4 of exactly SIZE bytes: what FFmpeg makes, its `mdat` enlarged by bytes that no sample is in."""
    small = f"{path}.small.mp4"
    pictures = f"testsrc2=size=64x48:rate=25:duration={MINUTES * 60}"
    sound = f"sine=sample_rate=44100:duration={MINUTES * 60}"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", sound]
    encoders = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k"]
    subprocess.run([*command, *encoders, small], check=True)
    with open(small, "rb") as file:
        made = file.read()
    os.remove(small)
    boxes, start = {}, 0
    while start < len(made):
        length = int.from_bytes(made[start : start + 4], "big")
        boxes[made[start + 4 : start + 8]] = (start, length)
        start += length
    data, length = boxes[b"mdat"]
    index, _ = boxes[b"moov"]
    assert data + length == index, "FFmpeg puts the index behind the data"
    more = SIZE - len(made)
    with open(path, "wb") as file:
        file.write(made[:data] + (length + more).to_bytes(4, "big") + made[data + 4 : index])
        for start in range(0, more, MIB):
            file.write(os.urandom(min(MIB, more - start)))
        file.write(made[index:])


def measure(bench: Bench) -> None:
    bench.clouds.link()
    path = f"{bench.data}/film.mp4"
    film(path)
    md5 = hashlib.md5()
    with open(path, "rb") as file:
        while piece := file.read(MIB):
            md5.update(piece)
    for mode in ("refuse", "off"):
        key = f"{QUIET}{mode}.mp4"
        bench.store.put_object_from_file(key, path, headers={"x-oss-meta-youku-preflight": mode})
        bench.expected[key] = {"size": SIZE, "md5": md5.hexdigest()}
    os.remove(path)

    def way(mode: str) -> Callable[[], Cost]:
        def run() -> Cost:
            bench.clouds.link(LATENCY, RATE)
            # Renewals of the lease are no part of it.
            return bench.ours(f"{QUIET}{mode}.mp4", SIZE, OSS2YOUKU_LEDGER__LEASE_SECONDS="60")

        return run

    ways = {f"preflight {mode}": way(mode) for mode in ("refuse", "off")}
    rows = bench.turns("preflight", 2 if bench.options.quick else 5, ways)
    without = find(rows, "preflight off")
    for row in rows:
        for column in ("seconds", "requests"):
            more = median(row, column) - median(without, column)
            row[f"more_{column}"] = {"median": more, "min": more, "max": more}


def shown_rows(rows: list[Row]) -> str:
    columns = {
        f"an MP4 of {SIZE // MIB} MiB, its index at the end, {LATENCY} ms, 50 MB/s": name,
        "wall": SECONDS,
        "more": shown("more_seconds", "s"),
        "requests": shown("requests", digits=0),
        "more requests": shown("more_requests", digits=0),
    }
    return table(rows, columns)
