"""The local OSS as a client of its own uses it, which tries again until its write is known to have been done."""

import random
import time
from collections.abc import Callable
from typing import Any

import oss2
from objects import MIB, Version
from programs import Programs
from sandbox import ask
from settings import LEDGER_BUCKET, LEDGER_PREFIX


# Seconds for which a request is repeated.
PATIENCE = 600


class Store:
    def __init__(self, programs: Programs):
        self.oss = programs.places["oss"]
        self.auth = oss2.Auth(self.oss["access_key_id"], self.oss["access_key_secret"])
        self.videos, self.ledger = self.bucket("videos"), self.bucket(LEDGER_BUCKET)

    def bucket(self, name: str) -> oss2.Bucket:
        return oss2.Bucket(self.auth, self.oss["endpoint"], name, is_path_style=True, enable_crc=False, connect_timeout=30)

    def insist(self, call: Callable[[], Any]) -> Any:
        """Faults meet this client as well; the longest outage is over in time."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return call()
            except (oss2.exceptions.NoSuchKey, oss2.exceptions.NoSuchUpload):
                # What is missing stays missing.
                raise
            except Exception:
                # A broken answer is an exception of any of the layers below.
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def put(self, key: str, content: bytes) -> None:
        self.insist(lambda: self.videos.put_object(key, content))

    def put_in_parts(self, version: Version, content: bytes, rng: random.Random) -> None:
        """Up to four parts: OSS knows no MD5 of it."""
        length = max(MIB, -(-len(content) // rng.randrange(1, 5)))

        def attempt() -> Any:
            upload = self.videos.init_multipart_upload(version.key).upload_id
            parts = []
            for number, start in enumerate(range(0, len(content), length), 1):
                piece = content[start : start + length]
                tag = self.insist(lambda piece=piece, number=number: self.videos.upload_part(version.key, upload, number, piece).etag)
                parts.append(oss2.models.PartInfo(number, tag))
            try:
                return self.insist(lambda: self.videos.complete_multipart_upload(version.key, upload, parts))
            except oss2.exceptions.NoSuchUpload:
                # An answer was lost: it is complete.
                return None

        self.insist(attempt)
        version.etag = self.etag(version.key)

    def generate(self, key: str, title: str, size: int, seed: int) -> Version:
        """An object that takes no disk: its bytes are made up at each read. No event tells of it."""
        url = f"{self.oss['endpoint']}/_sandbox/objects/{self.oss['bucket']}/{key}"
        made = self.insist(lambda: ask("PUT", url, {"size": size, "seed": seed, "md5": "computed"}))
        return Version(key, title, size, made["md5"], made["etag"].strip('"').upper())

    def etag(self, key: str) -> str:
        return self.insist(lambda: self.videos.head_object(key).etag).strip('"').upper()

    def list_ledger(self, folder: str) -> list[str]:
        """Keys below a folder of the ledger."""
        prefix = f"{LEDGER_PREFIX}{folder}"
        keys = self.insist(lambda: [found.key for found in oss2.ObjectIteratorV2(self.ledger, prefix=prefix, max_keys=1000)])
        return [key[len(prefix) :] for key in keys]

    def read_ledger(self, key: str) -> bytes:
        return self.insist(lambda: self.ledger.get_object(LEDGER_PREFIX + key).read())
