"""What goes wrong while objects land. Each kind of trouble has a thread and random numbers of its own, so that a seed repeats it."""

import math
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable

import faults
import settings
from programs import Programs
from sandbox import Server

HOUR = 3600
# Seconds from when a call limit is met to the next one at least: its own minute, and the six minutes after it in which another would count as the
# next in a row and last twice as long. A quarter of an hour without a call would prove nothing.
LIMIT_GAP = 60 + 360 + 60


class Chaos:
    def __init__(self, seed: int, minutes: float, programs: Programs):
        self.seed, self.programs = seed, programs
        self.stop = threading.Event()
        self.killed = self.outages = self.limits = self.jumps = self.links = self.changes = 0
        self.is_out = False
        # A call limit that no call has met yet.
        self.limit: list[dict] = []
        self.limit_met = -math.inf
        # Trouble that ended before its time.
        self.broken: list[str] = []
        # Three minutes in a run of half an hour or more, in proportion in a shorter one: each third of a run has its share of them.
        self.longest_outage = min(180.0, 6 * minutes)
        self.threads: list[threading.Thread] = []
        # One at a time changes a server's rules.
        self.lock = threading.Lock()

    def start(self) -> None:
        self.every("kills", (3, 8), self.kill)
        self.every("faults", (15, 40), self.change_faults)
        self.every("releases", (2, 6), self.release)
        self.every("links", (10, 30), self.change_links)
        self.every("clock", (20, 60), self.jump)
        self.every("settings", (20, 60), self.change_settings)
        self.every("limits", (30, 90), self.limit_calls)
        self.every("ledger", (self.longest_outage, 2 * self.longest_outage), self.refuse_ledger)

    def every(self, name: str, seconds: tuple[float, float], act: Callable[[random.Random], None]) -> None:
        rng = random.Random(f"{self.seed}-{name}")

        def run() -> None:
            # Outages of the ledger's store and call limits begin after a while; the rest at once.
            pause = {"ledger": rng.uniform(*seconds), "limits": 60}.get(name, 0)
            try:
                while not self.stop.wait(pause):
                    try:
                        act(rng)
                    except OSError as error:
                        print(f"  {name}: {error}", file=sys.stderr)
                    pause = rng.uniform(*seconds)
            except Exception as error:
                self.broken.append(f"the trouble {name} ended: {error!r}")

        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        self.threads.append(thread)

    def end(self) -> None:
        """Nothing goes wrong any more."""
        self.stop.set()
        for thread in self.threads:
            thread.join()
        for server in self.programs.servers:
            server.set_rules([])
            server.set_link({})
        self.programs.set_clock(0)
        self.programs.set_settings({})

    def kill(self, rng: random.Random) -> None:
        """One of the functions' processes at any moment; mostly one that works, sometimes one that keeps its connections."""
        instances = self.programs.instances()
        is_any, choice = rng.random() < 0.3, rng.random()
        working = [instance for instance in instances if is_any or instance["in_flight"]] or instances
        if working:
            try:
                os.killpg(working[int(choice * len(working))]["pid"], signal.SIGKILL)
                self.killed += 1
            except ProcessLookupError:
                pass

    def change_faults(self, rng: random.Random) -> None:
        for server in self.programs.servers:
            self.set_rules(server, faults.draw(rng, server.name))

    def set_rules(self, server: Server, rules: list[dict]) -> None:
        with self.lock:
            first = [faults.outage()] if self.is_out and server is self.programs.oss else []
            if self.limit and server is self.programs.youku:
                if server.has_fired(self.limit[0]):
                    self.limit = []
                    self.limits += 1
                    self.limit_met = time.monotonic()
                first = self.limit
            server.set_rules(first + rules)

    def release(self, rng: random.Random) -> None:
        """Lets held requests continue."""
        for server in self.programs.servers:
            server.release()

    def change_links(self, rng: random.Random) -> None:
        for server in self.programs.servers:
            link = {"latency_ms": rng.choice([None, 1, 5, 20, 80])}
            if server.name != "fc":
                link |= {
                    "bytes_per_second": rng.choice([None, 5_000_000, 20_000_000, 50_000_000]),
                    "bytes_per_second_per_connection": rng.choice([None, None, 1_000_000, 5_000_000]),
                }
            server.set_link(link)
        self.links += 1

    def jump(self, rng: random.Random) -> None:
        """The functions' clock, by up to two days either way, then right for a while."""
        self.programs.set_clock(rng.choice([0, rng.randrange(-48 * HOUR, 48 * HOUR), rng.randrange(-3 * HOUR, 3 * HOUR)]))
        self.jumps += 1

    def change_settings(self, rng: random.Random) -> None:
        self.programs.set_settings(settings.draw(rng))
        self.changes += 1

    def limit_calls(self, rng: random.Random) -> None:
        if self.limit or time.monotonic() - self.limit_met < LIMIT_GAP:
            return
        self.limit = [faults.call_limit(rng)]
        self.set_rules(self.programs.youku, faults.draw(rng, "youku"))

    def refuse_ledger(self, rng: random.Random) -> None:
        oss = self.programs.oss
        self.is_out = True
        self.set_rules(oss, [])
        self.outages += 1
        try:
            self.stop.wait(rng.uniform(0.5, 1) * self.longest_outage)
        finally:
            self.is_out = False
            self.set_rules(oss, faults.draw(rng, "oss"))
