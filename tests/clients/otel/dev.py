"""The local clouds with a function that exports its traces."""

import contextlib
import json
import os
import subprocess
import tempfile
import threading
import time
import urllib.request

import oss2
from waiting import PATIENCE


class Dev:
    """`oss2youku dev` whose function sends its traces to this port."""

    def __init__(self, programs, folder, port):
        # The host gives the function an environment of its own.
        function = folder / "function"
        function.write_text(
            "#!/bin/sh\n"
            f"export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port} OTEL_SERVICE_NAME=the-function\n"
            f"exec {programs / 'oss2youku-fc'}\n"
        )
        function.chmod(0o755)
        command = [programs / "oss2youku", "dev", "--json", "--verbose", "--port-base", "0", "--function", function]
        self.log = folder / "dev.log"
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log.open("w"))
        self.places = json.loads(self.process.stdout.readline())
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def put(self, key, size):
        """Puts an object in parts, so that its MD5 is not known."""
        oss = self.places["oss"]
        auth = oss2.Auth(oss["access_key_id"], oss["access_key_secret"])
        bucket = oss2.Bucket(auth, oss["endpoint"], oss["bucket"], is_cname=False, is_path_style=True)
        with tempfile.NamedTemporaryFile() as file:
            file.write(os.urandom(size))
            file.flush()
            oss2.resumable_upload(bucket, key, file.name, multipart_threshold=1, part_size=size // 2)

    def submit(self, name, callback, headers):
        """Submits a legacy task and returns its answer, and the seconds that it took."""
        function = self.places["function"]
        task = {"conf": {"keyname": name, "callbackurl": callback, "preflight": "off"}, "youku": {"title": name}}
        headers = headers | {"authorization": f"Bearer {function['token']}"}
        request = urllib.request.Request(f"{function['http_url']}/uploads", json.dumps(task).encode(), headers)
        begun = time.monotonic()
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return json.load(response), time.monotonic() - begun

    def videos(self):
        with urllib.request.urlopen(f"{self.places['youku']['api']}/_sandbox/videos", timeout=PATIENCE) as response:
            return json.load(response)


def end(running):
    running.process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.process.wait(PATIENCE)
    running.process.kill()
