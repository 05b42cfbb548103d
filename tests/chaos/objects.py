"""The objects that land: their bytes, and what must become of them."""

import hashlib
import os
import random
from dataclasses import dataclass, field

MIB = 1 << 20
# What a person states who asks for another upload of a version.
AGAIN = "soak"
SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../functions/cli/assets/demo.mp4")


@dataclass
class Version:
    """One version of an object, which is one upload."""

    key: str
    title: str
    size: int
    md5: str
    # Whether the content is the version's ETag, as it is unless it came in parts.
    etag: str
    # The account that publishes it.
    account: str = "main"
    # How many videos may be of it, at least and at most.
    least: int = 1
    most: int = 1
    # What its sidecar stated last.
    description: str | None = None
    # Whether its caller wants a callback.
    is_called_back: bool = False
    # Whether it was asked for again, as a person does whose upload was refused for its hash.
    is_again: bool = False
    # What it went through, for the report of what is wrong.
    story: list[str] = field(default_factory=list)

    def upload_id(self, again: str = "") -> str:
        """As the ledger's format defines it."""
        digest = hashlib.sha256()
        for text in ("oss", "videos", self.key, self.etag, self.account, again):
            digest.update(len(text.encode()).to_bytes(8, "big") + text.encode())
        return digest.hexdigest()[:32]


def random_bytes(rng: random.Random, size: int) -> bytes:
    return rng.randbytes(size)


def film(rng: random.Random) -> bytes:
    """A film of its own: the sample, and a box at its end that players skip."""
    with open(SAMPLE, "rb") as file:
        sample = file.read()
    free = rng.randbytes(rng.randrange(8, 4096))
    return sample + (len(free) + 8).to_bytes(4, "big") + b"free" + free


def draw_size(rng: random.Random) -> int:
    """Mostly small: half below 4 KiB, a tenth of several parts."""
    return rng.choice(
        [
            lambda: 1,
            lambda: rng.randrange(1, 4096),
            lambda: rng.randrange(1, 4096),
            lambda: rng.randrange(1, 4096),
            lambda: rng.randrange(1, 256 * 1024),
            lambda: rng.randrange(1, MIB),
            lambda: rng.randrange(1, MIB),
            lambda: rng.randrange(1, 4 * MIB),
            lambda: 8 * MIB,
            lambda: rng.randrange(8 * MIB, 24 * MIB),
        ]
    )()


def version(key: str, title: str, content: bytes) -> Version:
    md5 = hashlib.md5(content).hexdigest()
    return Version(key, title, len(content), md5, md5.upper())
