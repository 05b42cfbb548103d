"""The programs under test: `dev`'s clouds, whose functions are killed, and what lives for the whole run next to them."""

import json
import os
import shutil
import socket
import subprocess
import time
from typing import Any

from sandbox import Server, ask
from settings import fixed_variables

WRAPPER = """#!/bin/sh
set -a
. {data}/settings.env
exec {program}
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_listening(port: int, process: subprocess.Popen, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise OSError(f"{process.args}: nothing listens on port {port}")


class Programs:
    """Everything that runs. `folder` keeps the logs; `data` is removed in the end."""

    def __init__(self, folder: str, binaries: str, faketime: str):
        self.folder, self.data, self.binaries = folder, f"{folder}/data", binaries
        self.running: dict[str, subprocess.Popen] = {}
        os.makedirs(self.data)
        self.clock_file = f"{self.data}/clock"
        self.set_clock(0)
        # A shared object of the same word length as the programs; the time of files and timers stays true.
        self.clock = {"LD_PRELOAD": faketime, "FAKETIME_TIMESTAMP_FILE": self.clock_file, "FAKETIME_CACHE_DURATION": "1"}
        self.clock |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
        self.changed: dict[str, str] = {}
        self.set_settings({})
        wrapper = f"{self.data}/function"
        with open(wrapper, "w") as file:
            file.write(WRAPPER.format(data=self.data, program=f"{binaries}/oss2youku-fc"))
        os.chmod(wrapper, 0o755)
        self.wrapper = wrapper

    def start_clouds(self) -> None:
        self.places = self.start_dev()
        youku = self.places["youku"]["api"]
        self.oss = Server("oss", self.places["oss"]["endpoint"])
        self.youku = Server("youku", youku)
        self.bucket = Server("bucket", ask("GET", f"{youku}/_sandbox")["bucket"])
        invoked = self.places["function"]["invoke_url"]
        self.fc = Server("fc", invoked[: invoked.index("/", len("http://"))])
        self.trigger = self.places["function"]["http_url"]
        # The function's API and its HTTP trigger share their rules.
        self.servers = [self.oss, self.youku, self.bucket, self.fc]

    def start_dev(self) -> Any:
        command = [f"{self.binaries}/oss2youku", "dev", "--json", "--verbose", "--port-base", "0"]
        command += ["--data", f"{self.data}/clouds", "--function", self.wrapper]
        with open(f"{self.folder}/clouds.log", "w") as log:
            # Few arenas: its memory then shows what it holds.
            env = os.environ | {"MALLOC_ARENA_MAX": "2"}
            process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
        self.running["clouds"] = process
        line = process.stdout.readline()
        if not line:
            raise OSError(f"dev did not start: see {self.folder}/clouds.log")
        return json.loads(line)

    def start_others(self) -> None:
        """What needs the ledger's bucket: a function that nobody kills, a gearmand, the shim."""
        self.function_port = free_port()
        ports = {"FC_CUSTOM_LISTEN_PORT": str(self.function_port), "FC_SERVER_PORT": str(self.function_port)}
        self.start("function", [f"{self.binaries}/oss2youku-fc"], self.variables() | self.clock | ports)
        wait_until_listening(self.function_port, self.running["function"])
        self.gearman_port = free_port()
        gearmand = shutil.which("gearmand", path=os.environ["PATH"] + ":/usr/sbin") or "gearmand"
        self.start("gearmand", [gearmand, "-L", "127.0.0.1", "-p", str(self.gearman_port), "-l", "stderr"], dict(os.environ))
        wait_until_listening(self.gearman_port, self.running["gearmand"])
        token = f"{self.data}/token"
        with open(token, "w") as file:
            file.write(self.places["function"]["token"])
        shim = [f"{self.binaries}/oss2youku-gearman", "--server", f"127.0.0.1:{self.gearman_port}", "--token-file", token]
        self.start("shim", [*shim, "--function-url", self.trigger], {})

    def start(self, name: str, command: list[str], env: dict[str, str]) -> None:
        with open(f"{self.folder}/{name}.log", "w") as log:
            self.running[name] = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def variables(self) -> dict[str, str]:
        """Of a function or a command line next to the clouds' own."""
        return self.places["env"] | fixed_variables()

    def set_settings(self, changed: dict[str, str]) -> None:
        """Settings of every function that starts from now on."""
        self.changed = changed
        lines = [f"{name}='{value}'\n" for name, value in (fixed_variables() | changed | self.clock).items()]
        with open(f"{self.data}/settings.new", "w") as file:
            file.writelines(lines)
        os.replace(f"{self.data}/settings.new", f"{self.data}/settings.env")

    def set_clock(self, seconds: int) -> None:
        """How wrong the functions' clock is, those included that run."""
        with open(f"{self.clock_file}.new", "w") as file:
            file.write(f"{seconds:+d}\n")
        os.replace(f"{self.clock_file}.new", self.clock_file)

    def instances(self) -> list[dict]:
        return ask("GET", f"{self.fc.address}/_sandbox/instances")

    def videos(self) -> list[dict]:
        return ask("GET", f"{self.youku.address}/_sandbox/videos")

    def ended(self) -> list[str]:
        """Programs that have ended, which none may."""
        return [f"{name} ended with {process.returncode}" for name, process in self.running.items() if process.poll() is not None]

    def close(self) -> None:
        for process in reversed(self.running.values()):
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.data, ignore_errors=True)
