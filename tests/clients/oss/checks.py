"""What the Python clients' scripts share: the keys, the bodies, the faults of the local OSS, and the report."""

import hashlib
import json
import sys
import tempfile
import urllib.request

KEYS = ["plain.bin", "a b+c%20d&e=f?g.bin", "目录/视频 文件+100%&=?.mp4"]
PART = 128 * 1024


def settings():
    """The server to talk to: the one argument is JSON."""
    return json.loads(sys.argv[1])


def body(seed, size):
    """Bytes that differ from place to place, so that a misplaced part shows."""
    block = hashlib.sha256(seed.encode()).digest()
    out = bytearray()
    while len(out) < size:
        block = hashlib.sha256(block).digest()
        out += block
    return bytes(out[:size])


def expect(what, actual, wanted):
    if actual != wanted:
        raise AssertionError(f"{what}: {actual!r} instead of {wanted!r}")


class Faults:
    """The control endpoints of the local OSS."""

    def __init__(self, endpoint):
        self.base = endpoint + "/_sandbox/faults"

    def _call(self, method, data=None):
        payload = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.base, data=payload, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def refuse_part(self, number):
        """Refuses one part once, for good as the client sees it, and counts all parts sent."""
        rules = [
            {"operation": "UploadPart", "match": f"partNumber={number}",
             "fault": {"kind": "status", "status": 403, "code": "AccessDenied"}},
            {"operation": "UploadPart", "skip": 10**9, "fault": {"kind": "drop_answer"}},
        ]
        self.counter = self._call("POST", rules)["ids"][1]

    def parts_taken(self):
        return next(rule["seen"] for rule in self._call("GET") if rule["id"] == self.counter)

    def clear(self):
        self._call("DELETE")


def file_of(data):
    """A named file with that content."""
    file = tempfile.NamedTemporaryFile(suffix=".bin")
    file.write(data)
    file.flush()
    return file


def run(client, modes):
    """Runs each mode, prints one line of JSON, and ends with 1 if any failed."""
    results = {}
    for name, mode in modes.items():
        try:
            results[name] = mode() or "ok"
        except Exception as error:  # the report names whatever went wrong
            results[name] = f"{type(error).__name__}: {error}"
    print(json.dumps({"client": client, "results": results}, ensure_ascii=False))
    sys.exit(0 if all(result == "ok" for result in results.values()) else 1)
