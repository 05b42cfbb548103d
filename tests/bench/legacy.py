"""The legacy way compared with ours: the same object over the same links."""

import json
import os
import shutil
import subprocess
import tempfile

from clouds import MIB, Failed
from context import HERE, QUIET, Bench
from figures import CPU, PEAK, SECONDS, Cost, Row, find, median, name, ratio, shown, table

LINK = (20, 50_000_000, 12_500_000)
WITHOUT_MD5 = {"OSS2YOUKU_YOUKU__MD5": "web"}


def legacy(bench: Bench, key: str, mode: str) -> Cost:
    """By oss2 to a disk, and from there by a Youku client of PyPI's."""
    oss, youku = bench.places["oss"], bench.places["youku"]
    home = tempfile.mkdtemp(dir=bench.data)
    env = {
        **os.environ,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": oss["access_key_id"],
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": oss["access_key_secret"],
        "PYTHONPATH": os.path.join(HERE, "../clients/youku"),
        "YOUKU_API": youku["api"],
        "HOME": home,
    }
    command = [bench.options.legacy_python, os.path.join(HERE, "peer.py"), mode, oss["endpoint"], oss["bucket"]]
    command += [key, f"{home}/film.mp4", youku["client_id"], youku["access_token"]]
    bench.clouds.count()
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        raise Failed(done.stderr[-2000:])
    cost = json.loads(done.stdout.splitlines()[-1])
    # Before the videos are asked for: that is a request as well.
    requests = bench.clouds.counted()
    bench.check_video(cost.pop("video_id"), key, bench.clouds.videos())
    shutil.rmtree(home)
    return {**cost, "requests": requests}


def measure(bench: Bench) -> None:
    options = bench.options
    size = (1024 if options.large else 64 if options.quick else 256) * MIB
    known, unknown = f"{QUIET}known.mp4", f"{QUIET}unknown.mp4"
    bench.put(known, size)
    bench.put(unknown, size, md5_known=False)
    bench.clouds.link(*LINK)
    ways = {
        "oss2, then youku-upload (OSS mode)": lambda: legacy(bench, known, "oss"),
        "oss2, then youku (slice mode)": lambda: legacy(bench, known, "slice"),
        "ours, OSS mode, MD5 known": lambda: bench.ours(known, size, "oss"),
        "ours, OSS mode, reading pass": lambda: bench.ours(unknown, size, "oss"),
        "ours, OSS mode, session without MD5": lambda: bench.ours(unknown, size, "oss", **WITHOUT_MD5),
        "ours, slice mode, MD5 known": lambda: bench.ours(known, size, "slice"),
        "ours, slice mode, reading pass": lambda: bench.ours(unknown, size, "slice"),
    }
    if bench.older:
        ways["before, OSS mode, MD5 known"] = lambda: bench.ours(known, size, "oss", program=bench.older)
        ways["before, OSS mode, reading pass"] = lambda: bench.ours(unknown, size, "oss", program=bench.older)
    runs = 1 if options.large else 2 if options.quick else 5
    bench.turns("legacy", runs, ways, bytes=size)
    for key in (known, unknown):
        bench.store.delete_object(key)


def better(rows: list[Row], column: str) -> float:
    """The lower cost of the two legacy ways."""
    return min(median(row, column) for row in rows if row["row"].startswith("oss2"))


def shown_rows(rows: list[Row]) -> str:
    slice_mode = find(rows, "oss2, then youku (")
    columns = {
        f"one object of {rows[0]['bytes'] // MIB} MiB; 20 ms, 50 MB/s in all, 12.5 MB/s a connection": name,
        "wall": SECONDS,
        "of the better legacy way": ratio("seconds", better(rows, "seconds")),
        "CPU": CPU,
        "of `youku`": ratio("cpu_seconds", slice_mode and median(slice_mode, "cpu_seconds")),
        "peak memory": PEAK,
        "written to disk": shown("written_bytes", "MB", 1, 1e-6),
        "requests": shown("requests", digits=0),
    }
    return table(rows, columns)
