"""What every section measures with: the local clouds, objects in them, uploads by a fresh process, runs in turn."""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import contextmanager

import oss2
from clouds import MIB, Clouds, Failed, Function, arrival, figures, http
from figures import Cost, Row, figure

HERE = os.path.dirname(os.path.abspath(__file__))
# Below it no event calls the clouds' own function.
QUIET = "oss2youku/"
BLOCK = 8 * MIB


class Bench:
    def __init__(self, options: Namespace, data: str):
        self.options, self.data = options, data
        self.clouds: Clouds | None = None
        self.rows: list[Row] = []
        # Sections that could not be measured to their end.
        self.failed: list[str] = []
        # What a video has if it is that object's.
        self.expected: dict[str, dict] = {}
        self.uploads = self.begun = 0
        # The function of an older build, which the rows "before" measure.
        self.older: str | None = options.against

    def begin(self) -> None:
        """Begins a section with empty clouds: Youku keeps what it received."""
        self.end()
        self.begun += 1
        self.clouds = Clouds(self.options.programs, f"{self.data}/clouds-{self.begun}")
        self.places = self.clouds.places
        self.store = self.bucket(self.places["oss"]["bucket"])

    def end(self) -> None:
        if self.clouds:
            self.clouds.close()
            shutil.rmtree(f"{self.data}/clouds-{self.begun}", ignore_errors=True)
            self.clouds = None

    def program(self, name: str) -> str:
        return os.path.join(self.options.programs, name)

    def bucket(self, name: str) -> oss2.Bucket:
        oss = self.places["oss"]
        auth = oss2.Auth(oss["access_key_id"], oss["access_key_secret"])
        return oss2.Bucket(auth, oss["endpoint"], name, is_path_style=True, enable_crc=False)

    def section(self, name: str) -> list[Row]:
        return [row for row in self.rows if row["section"] == name]

    def put(self, key: str, size: int, md5_known: bool = True) -> None:
        """Puts an object of random bytes; in parts where its MD5 must stay unknown."""
        self.clouds.link()
        block, md5 = os.urandom(BLOCK), hashlib.md5()
        with tempfile.TemporaryFile(dir=self.data) as file:
            for start in range(0, size, BLOCK):
                # No two blocks are the same.
                piece = (start.to_bytes(8, "big") + block[8:])[: size - start]
                md5.update(piece)
                file.write(piece)
            file.seek(0)
            self.expected[key] = {"size": size, "md5": md5.hexdigest()}
            if md5_known:
                self.store.put_object(key, file)
                return
            upload = self.store.init_multipart_upload(key).upload_id
            parts, length = [], max(MIB, -(-size // 4))
            for number, start in enumerate(range(0, size, length), 1):
                part = self.store.upload_part(key, upload, number, oss2.SizedFileAdapter(file, min(length, size - start)))
                parts.append(oss2.models.PartInfo(number, part.etag))
            self.store.complete_multipart_upload(key, upload, parts)

    def generate(self, key: str, size: int) -> None:
        """Has OSS make up an object of any size whenever it is read, for uploads while Youku discards what it receives. The MD5 that
        it states is not its own: that of 50 GiB takes minutes, and nothing checks it then."""
        oss = self.places["oss"]
        wanted = {"size": size, "seed": size, "metadata": {"md5": hashlib.md5(key.encode()).hexdigest()}}
        answer = http("PUT", f"{oss['endpoint']}/_sandbox/objects/{oss['bucket']}/{key}", json.dumps(wanted).encode())
        self.expected[key] = {"size": size, "crc64": json.loads(answer)["crc64"], "discarded": True}

    @contextmanager
    def discarding(self):
        """Youku hashes what it receives and discards it."""
        switches = f"{self.clouds.youku}/_sandbox/switches"
        http("POST", switches, b'{"discard": true}')
        try:
            yield
        finally:
            http("POST", switches, b'{"discard": false}')

    def environment(self, **settings: str) -> dict[str, str]:
        """A function's variables, with a fresh ledger."""
        self.uploads += 1
        # What an older build knows nothing of.
        places = {name: value for name, value in self.places["env"].items() if name != "OSS2YOUKU_HTTP__PROBE"}
        return {
            **places,
            "OSS2YOUKU_LEDGER__LOCATION": f"{self.data}/ledger-{self.uploads}",
            "OSS2YOUKU_RESERVED__PREFIXES": '["reserved/"]',
            # As deployed; that of the local clouds is short, so that recovery can be watched.
            "OSS2YOUKU_LEDGER__LEASE_SECONDS": "15",
            # In forms that an older build knows as well; nobody is called back.
            "OSS2YOUKU_CALLBACK__ALLOWED": "[]",
            "OSS2YOUKU_HTTP__TOKENS": json.dumps([hashlib.sha256(self.places["function"]["token"].encode()).hexdigest()]),
            **settings,
        }

    def ours(self, key: str, size: int, mode: str = "oss", program: str | None = None, **settings: str) -> Cost:
        """One upload by a fresh function process, of this build or another's program, with a fresh ledger."""
        env = self.environment(OSS2YOUKU_TRANSFER__MODE=mode, **settings)
        function = Function(program or self.program("oss2youku-fc"), env)
        try:
            function.ready()
            self.clouds.count()
            begun = time.monotonic()
            answer = json.loads(function.call(arrival(self.places, key, size)))
            seconds = time.monotonic() - begun
            cpu, peak, written = figures(function.process.pid)
            # Before the videos are asked for: that is a request as well.
            requests = self.clouds.counted()
            self.check(answer, key, self.clouds.videos())
            return {
                "seconds": seconds,
                "cpu_seconds": cpu,
                "peak_kib": peak,
                "written_bytes": written,
                "requests": requests,
                "parts": self.clouds.seen("UploadPart"),
            }
        except Failed as failure:
            raise Failed(f"{failure}\n{function.said()}") from None
        finally:
            function.close()

    def check(self, answer: dict, key: str, videos: dict[str, dict]) -> None:
        """Checks that the function reports the object as published and that Youku has its bytes."""
        outcome = answer.get("results", [{}])[0]
        if outcome.get("code") != "200":
            raise Failed(f"{key} was not published: {answer}")
        self.check_video(outcome["data"]["videoid"], key, videos)

    def check_video(self, video_id: str, key: str, videos: dict[str, dict]) -> None:
        """A fast upload of other bytes would be no upload."""
        video = videos[video_id]
        if any(video[field] != value for field, value in self.expected[key].items()):
            raise Failed(f"Youku holds other bytes than {key}: {video}")

    def turns(self, section: str, runs: int, ways: dict[str, Callable[[], Cost]], **about) -> list[Row]:
        """Runs each way this many times, all in turn: the machine drifts, and both sides of a ratio drift together. Adds a row for each."""
        costs: dict[str, list[Cost]] = {name: [] for name in ways}
        for _ in range(runs):
            for name, way in ways.items():
                try:
                    cost = way()
                except Exception as error:
                    raise SystemExit(f"bench: {section}: {name}: {type(error).__name__}: {error}") from error
                costs[name].append(cost)
                if runs <= 5:
                    column, value = next(iter(cost.items()))
                    print(f"  {name}: {column} {value:.4g}", file=sys.stderr)
        rows = []
        for name, runs_of_it in costs.items():
            columns = {column: figure(cost[column] for cost in runs_of_it) for column in runs_of_it[0]}
            rows.append({"section": section, "row": name, "runs": runs, **about, **columns})
        self.rows += rows
        return rows
