"""Measures oss2youku beside what people use today and against the link. See `run`."""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import oss2
from clouds import MIB, Clouds, Function, arrival, figures

HERE = os.path.dirname(os.path.abspath(__file__))
# Below it no event calls the clouds' own function.
QUIET = "oss2youku/"


def median(values):
    return statistics.median(values)


class Bench:
    def __init__(self, options, data):
        self.options, self.data = options, data
        self.clouds = Clouds(options.programs, f"{data}/clouds")
        self.places, self.rows, self.uploads, self.md5 = self.clouds.places, [], 0, {}
        oss = self.places["oss"]
        auth = oss2.Auth(oss["access_key_id"], oss["access_key_secret"])
        self.store = oss2.Bucket(auth, oss["endpoint"], oss["bucket"], is_path_style=True)

    def put(self, key, size, md5):
        """Puts an object of random bytes; in parts where nobody is to know its MD5."""
        self.clouds.link()
        block, md5_of = os.urandom(8 * MIB), hashlib.md5()
        with tempfile.TemporaryFile(dir=self.data) as file:
            for start in range(0, size, len(block)):
                piece = start.to_bytes(8, "big") + block[8 : min(len(block), size - start)]
                md5_of.update(piece)
                file.write(piece)
            file.seek(0)
            self.md5[key] = md5_of.hexdigest()
            if md5:
                self.store.put_object(key, file)
                return
            upload = self.store.init_multipart_upload(key).upload_id
            parts, length = [], max(MIB, -(-size // 4))
            for number, start in enumerate(range(0, size, length), 1):
                part = self.store.upload_part(key, upload, number, file.read(length))
                parts.append(oss2.models.PartInfo(number, part.etag))
            self.store.complete_multipart_upload(key, upload, parts)

    def ours(self, key, size, mode):
        """One upload by a fresh function process with a fresh ledger."""
        self.uploads += 1
        env = {
            **self.places["env"],
            "OSS2YOUKU_TRANSFER__MODE": mode,
            "OSS2YOUKU_LEDGER__LOCATION": f"{self.data}/ledger-{self.uploads}",
            "OSS2YOUKU_RESERVED__PREFIXES": '["reserved/"]',
        }
        function = Function(f"{self.options.programs}/oss2youku-fc", env)
        try:
            function.ready()
            self.clouds.count()
            begun = time.monotonic()
            answer = json.loads(function.call(arrival(self.places, key, size)))
            seconds = time.monotonic() - begun
            outcome = answer.get("results", [{}])[0]
            if outcome.get("code") != "200":
                raise SystemExit(f"the upload failed: {answer}\n{function.said()}")
            cpu, peak, written = figures(function.process.pid)
            self.check(outcome["data"]["videoid"], key)
            return {
                "seconds": seconds,
                "cpu_seconds": cpu,
                "peak_kib": peak,
                "written_bytes": written,
                "requests": self.clouds.counted(),
            }
        finally:
            function.close()

    def legacy(self, key, mode):
        oss, youku = self.places["oss"], self.places["youku"]
        scripts = os.path.join(HERE, "../clients/youku")
        home = tempfile.mkdtemp(dir=self.data)
        env = {
            **os.environ,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": oss["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": oss["access_key_secret"],
            "PYTHONPATH": scripts,
            "YOUKU_API": youku["api"],
            "HOME": home,
        }
        command = [self.options.legacy_python, os.path.join(HERE, "legacy.py"), mode, oss["endpoint"], oss["bucket"]]
        command += [key, f"{home}/film.mp4", youku["client_id"], youku["access_token"]]
        self.clouds.count()
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"the legacy way failed: {done.stderr[-2000:]}")
        cost = json.loads(done.stdout.splitlines()[-1])
        self.check(cost.pop("video_id"), key)
        shutil.rmtree(home)
        return {**cost, "requests": self.clouds.counted()}

    def check(self, video_id, key):
        """A fast upload of other bytes would be no upload."""
        video = self.clouds.video(video_id)
        if video["md5"] != self.md5[key]:
            raise SystemExit(f"Youku holds other bytes than {key}: {video}")

    def repeat(self, name, runs, measured, **about):
        """Runs it so often; notes the medians with minimum and maximum."""
        costs = [measured() for _ in range(runs)]
        row = {"row": name, "runs": runs, **about}
        for column in costs[0]:
            values = [cost[column] for cost in costs]
            row[column] = {"median": median(values), "min": min(values), "max": max(values)}
        self.rows.append(row)
        print(f"  {name}: {row['seconds']['median']:.2f} s" if "seconds" in row else f"  {name}", file=sys.stderr)
        return row

    def beside_the_legacy_way(self):
        size = (1024 if self.options.large else 64 if self.options.quick else 256) * MIB
        runs = 1 if self.options.large or self.options.quick else 5
        known, unknown = f"{QUIET}known.mp4", f"{QUIET}unknown.mp4"
        self.put(known, size, True)
        self.put(unknown, size, False)
        self.clouds.link(20, 50_000_000, 12_500_000)
        about = {"section": "legacy", "bytes": size}
        ways = [
            ("oss2, then youku-upload (OSS mode)", lambda: self.legacy(known, "oss")),
            ("oss2, then youku (slice mode)", lambda: self.legacy(known, "slice")),
            ("ours, OSS mode, MD5 known", lambda: self.ours(known, size, "oss")),
            ("ours, OSS mode, reading pass", lambda: self.ours(unknown, size, "oss")),
            ("ours, slice mode, MD5 known", lambda: self.ours(known, size, "slice")),
            ("ours, slice mode, reading pass", lambda: self.ours(unknown, size, "slice")),
        ]
        for name, measured in ways:
            self.repeat(name, runs, measured, **about)

    def against_the_link(self):
        rate = 50_000_000
        sizes = [64, 256] if self.options.quick else [10, 100, 256, 1024]
        latencies = [20] if self.options.quick else [1, 20, 80]
        for mib in sizes:
            key, size = f"{QUIET}link-{mib}.mp4", mib * MIB
            self.put(key, size, True)
            for latency in latencies:
                self.clouds.link(latency, rate, None)
                runs = 1 if self.options.quick or mib >= 1024 else 5
                name = f"{mib} MiB at {latency} ms and 50 MB/s"
                row = self.repeat(name, runs, lambda: self.ours(key, size, "oss"), section="link", bytes=size)
                row["share"] = size / rate / row["seconds"]["median"]
            self.store.delete_object(key)

    def without_a_limit(self):
        """CPU per GiB, and memory and requests by size, links unlimited."""
        for mib in [1, 64, 512] if self.options.quick else [1, 64, 512, 2048]:
            for known in (True, False):
                key, size = f"{QUIET}free-{mib}.mp4", mib * MIB
                self.put(key, size, known)
                name = f"{mib} MiB, no limit, {'MD5 known' if known else 'reading pass'}"
                runs = 1 if mib >= 1024 else 3
                row = self.repeat(name, runs, lambda: self.ours(key, size, "oss"), section="free", bytes=size)
                row["cpu_seconds_per_gib"] = row["cpu_seconds"]["median"] * 1024 / mib
                self.store.delete_object(key)

    def start(self):
        """From exec to the first answer."""
        runs = 20 if self.options.quick else 100
        env = {**self.places["env"], "OSS2YOUKU_LEDGER__LOCATION": f"{self.data}/ledger-start"}
        python = [sys.executable, os.path.join(HERE, "../clients/fc/bootstrap.py")]
        programs = [
            ("oss2youku-fc", [f"{self.options.programs}/oss2youku-fc"], {"events": []}),
            ("a bare function on the same runtime crate", [f"{self.options.programs}/examples/event"], {"name": "x"}),
            ("a Python function", python, {"x": 1}),
        ]
        for name, (program, *arguments), event in programs:
            times = []
            for _ in range(runs):
                function = Function(program, env, arguments)
                function.ready()
                function.call(event)
                times.append((time.monotonic() - function.begun) * 1000)
                function.close()
            times.sort()
            p99 = times[min(len(times) - 1, round(len(times) * 0.99))]
            self.rows.append(
                {"row": name, "section": "start", "runs": runs, "p50_ms": median(times), "p99_ms": p99, "min_ms": times[0]}
            )


def megabytes(value):
    return f"{value / 1e6:.1f} MB"


def table(rows):
    """The rows for people: each section's figures and their ratios within this run."""
    lines = []
    legacy = [row for row in rows if row["section"] == "legacy"]
    if legacy:
        best = min(row["seconds"]["median"] for row in legacy if not row["row"].startswith("ours"))
        cpu = next(row["cpu_seconds"]["median"] for row in legacy if "then youku (" in row["row"])
        lines += [
            "| one object, 20 ms, 50 MB/s in all, 12.5 MB/s a connection | wall | of the better legacy way | CPU | of `youku` | peak memory | written to disk | requests |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for row in legacy:
            wall, used = row["seconds"], row["cpu_seconds"]["median"]
            lines.append(
                f"| {row['row']}, {row['bytes'] // MIB} MiB | {wall['median']:.2f} s ({wall['min']:.2f} to {wall['max']:.2f}) "
                f"| {wall['median'] / best:.2f} | {used:.2f} s | {used / cpu:.2f} | {row['peak_kib']['max'] / 1024:.1f} MiB "
                f"| {megabytes(row['written_bytes']['max'])} | {row['requests']['median']:.0f} |"
            )
        lines.append("")
    link = [row for row in rows if row["section"] == "link"]
    if link:
        lines += ["| against the link | wall | share of the link | peak memory |", "|---|---|---|---|"]
        for row in link:
            lines.append(
                f"| {row['row']} | {row['seconds']['median']:.2f} s | {row['share'] * 100:.1f} % | {row['peak_kib']['max'] / 1024:.1f} MiB |"
            )
        lines.append("")
    free = [row for row in rows if row["section"] == "free"]
    if free:
        lines += ["| by size | CPU per GiB | peak memory | requests |", "|---|---|---|---|"]
        for row in free:
            lines.append(
                f"| {row['row']} | {row['cpu_seconds_per_gib']:.2f} s | {row['peak_kib']['max'] / 1024:.1f} MiB | {row['requests']['median']:.0f} |"
            )
        lines.append("")
    start = [row for row in rows if row["section"] == "start"]
    if start:
        bare = start[1]["p50_ms"]
        lines += ["| start to first answer | p50 | p99 | of the bare one |", "|---|---|---|---|"]
        for row in start:
            lines.append(f"| {row['row']} | {row['p50_ms']:.1f} ms | {row['p99_ms']:.1f} ms | {row['p50_ms'] / bare:.1f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--rows", default="legacy,link,free,start")
    parser.add_argument("--programs", required=True)
    parser.add_argument("--legacy-python", required=True)
    options = parser.parse_args()
    sections = {
        "legacy": Bench.beside_the_legacy_way,
        "link": Bench.against_the_link,
        "free": Bench.without_a_limit,
        "start": Bench.start,
    }
    with tempfile.TemporaryDirectory() as data:
        bench = Bench(options, data)
        try:
            for name in options.rows.split(","):
                print(f"== {name}", file=sys.stderr)
                sections[name](bench)
        finally:
            bench.clouds.close()
    print(table(bench.rows))
    if options.json:
        with open(options.json, "w") as file:
            json.dump(bench.rows, file, indent=1)


if __name__ == "__main__":
    main()
