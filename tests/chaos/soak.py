"""Soak and chaos: see `tests/soak`."""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

import judge
from callbacks import Receiver
from callers import Callers
from chaos import Chaos
from processes import Watch
from programs import Programs
from sandbox import ask
from settings import LEDGER_BUCKET, LEDGER_PREFIX
from settle import settle
from store import Store
from traffic import Traffic

# Create-only puts are not atomic, as no page of OSS says they are: milliseconds between OSS's look at a key and its write. The functions reckon
# with 500 (`ledger.window_ms`).
CREATE_ONLY_WINDOW_MS = 300
# What the paths of counted requests contain.
LEDGER, ALL = f"/{LEDGER_BUCKET}", "/"
# The ledger's requests by folder, and its lists: where they rise, this says which.
KINDS = {
    "lists": "list-type=2",
    **{name: f"/{LEDGER_BUCKET}/{LEDGER_PREFIX}{name}" for name in ("ledger/", "lease/", "open/", "recent/", "content/", "pause/", "cursor/")},
}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/soak", description="Soak and chaos with the real programs and the local clouds.")
    parser.add_argument("minutes", nargs="?", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="repeats the choices of an earlier run")
    parser.add_argument("--pause", type=float, default=1.5, help="seconds between two arrivals, on average")
    parser.add_argument("--binaries", required=True)
    parser.add_argument("--faketime", required=True)
    return parser.parse_args()


class Run:
    def __init__(self, chosen: argparse.Namespace, programs: Programs):
        self.chosen, self.programs = chosen, programs
        self.programs.start_clouds()
        self.programs.oss.counters = [LEDGER, *KINDS.values()]
        for server in self.programs.servers:
            server.counters.append(ALL)
            server.set_rules([])
        self.store = Store(self.programs)
        self.store.ledger.create_bucket()
        ask("POST", f"{self.programs.oss.address}/_sandbox/switches", {"create_only_window_ms": CREATE_ONLY_WINDOW_MS})
        self.programs.start_others()
        self.callers = Callers(self.programs)
        self.receiver = Receiver(chosen.seed)
        self.traffic = Traffic(chosen.seed, self.store, self.callers, self.receiver, self.programs.places["youku"])
        self.chaos = Chaos(chosen.seed, chosen.minutes, self.programs)
        lasting = {name: process.pid for name, process in self.programs.running.items() if name != "gearmand"}
        self.watch = Watch(lasting, lambda: len(self.traffic.versions))
        self.minutes: list[tuple[int, int]] = []
        self.kinds: list[dict[str, int]] = []
        self.broken: list[str] = []
        self.attempts = 0

    def figures(self) -> dict[str, int]:
        totals = [server.totals() for server in self.programs.servers]
        kinds = {name: totals[0].seen[text] for name, text in KINDS.items()}
        asked, faults = sum(server.seen[ALL] for server in totals), sum(server.fired for server in totals)
        # What an outage refuses is asked again and again.
        requests = totals[0].seen[LEDGER] - totals[0].refused.get(LEDGER, 0)
        return {"requests": requests, "asked": asked, "faults": faults, "published": len(self.programs.videos())} | kinds

    def minute(self, number: int, before: dict[str, int]) -> dict[str, int]:
        """One line of what went on."""
        now, chaos = self.figures(), self.chaos
        requests, published = now["requests"] - before["requests"], now["published"] - before["published"]
        self.minutes.append((requests, published))
        self.kinds.append({name: now[name] - before[name] for name in KINDS})
        share = (now["faults"] - before["faults"]) / max(1, now["asked"] - before["asked"])
        each = f"{requests / published:.0f}" if published else "-"
        print(
            f"{number:3} min: landed {len(self.traffic.versions)}, published {now['published']} (+{published}), killed {chaos.killed}, "
            f"faults {now['faults']} ({share:.0%}), outages {chaos.outages}{' (now)' if chaos.is_out else ''}, call limits {chaos.limits}, clock jumps {chaos.jumps}, "
            f"ledger requests an upload {each}; {self.watch.latest()}",
            flush=True,
        )
        return now

    def go(self) -> None:
        self.chaos.start()
        seconds = self.chosen.minutes * 60
        arrivals = threading.Thread(target=self.land, args=(seconds,), daemon=True)
        arrivals.start()
        before, number, begun = self.figures(), 0, time.monotonic()
        while time.monotonic() - begun < seconds and not self.programs.ended():
            time.sleep(min(60, max(0.1, begun + 60 * (number + 1) - time.monotonic())))
            number += 1
            before = self.minute(number, before)
        self.watch.stop()
        self.end_figures = self.figures()
        if ended := self.programs.ended():
            raise RuntimeError("; ".join(ended))
        # From here on nothing goes wrong.
        self.chaos.end()
        self.receiver.is_kind = True
        self.attempts = judge.attempts(judge.steps(self.store))
        arrivals.join()

    def land(self, seconds: float) -> None:
        try:
            self.traffic.run(seconds, self.chosen.pause, self.chaos.stop)
        except Exception as error:
            self.broken.append(f"arrivals ended: {error!r}")

    def idle(self) -> list[str]:
        """Why the run proves nothing: too little went on."""
        minutes, chaos, figures = self.chosen.minutes, self.chaos, self.end_figures
        share = figures["faults"] / max(1, figures["asked"])
        least = {
            "objects landed": (len(self.traffic.versions), 10 * minutes / self.chosen.pause),
            "functions were killed": (chaos.killed, minutes),
            "clock jumps": (chaos.jumps, minutes / 2),
            "outages of the ledger's store": (chaos.outages, minutes // 15),
            "limits of Youku's calls": (chaos.limits, minutes // 12),
            "percent of the requests failed": (100 * share, 10),
        }
        few = [f"only {count:.0f} {what}, not {wanted:.0f}" for what, (count, wanted) in least.items() if count < wanted]
        return self.broken + chaos.broken + few

    def print_kinds(self) -> None:
        """Requests of the ledger in each third, by kind and an upload that was published then; those that an outage refused count."""
        length = max(1, len(self.minutes) // 3)
        for name in KINDS:
            thirds = [slice(start, start + length) for start in (0, length, len(self.minutes) - length)]
            each = [sum(kinds[name] for kinds in self.kinds[third]) / max(1, sum(published for _, published in self.minutes[third])) for third in thirds]
            print(f"  {name}: {', '.join(f'{count:.1f}' for count in each)} requests an upload")

    def judged(self) -> list[str]:
        """What is wrong."""
        wrong = self.programs.ended() + self.idle()
        wrong += settle(self.programs, self.store, self.callers, self.traffic)
        videos, chains = self.programs.videos(), judge.steps(self.store)
        wrong += judge.videos_of(self.traffic.versions, videos)
        wrong += judge.chains_of(self.traffic.versions, chains)
        wrong += self.receiver.wrong([version.title for version in self.traffic.versions if version.is_called_back and not version.is_again])
        wrong += self.watch.growing()
        for name, figure, (first, second, last) in self.watch.thirds():
            print(f"  {name} {figure}: levels of the thirds {first:.0f}, {second:.0f}, {last:.0f}")
        self.print_kinds()
        asked = sum(asked for asked, _ in self.minutes)
        print(f"  {len(chains)} uploads in {self.attempts} attempts: {asked / max(1, len(chains)):.0f} ledger requests an upload")
        wrong += judge.requests_of(asked, self.attempts, self.chosen.minutes * 60)
        print(f"  arrivals: {', '.join(f'{name} {count}' for name, count in sorted(self.traffic.counts.items()))}")
        return wrong


def main() -> None:
    chosen = options()
    folder = tempfile.mkdtemp(prefix="oss2youku-soak-")
    print(f"soak: {chosen.minutes:g} minutes, --seed {chosen.seed}, logs in {folder}", flush=True)
    # A terminated run leaves no process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    programs = Programs(folder, chosen.binaries, chosen.faketime)
    try:
        run = Run(chosen, programs)
        run.go()
        wrong = run.judged()
    finally:
        programs.close()
    with open(f"{folder}/wrong.txt", "w") as file:
        file.writelines(f"{line}\n" for line in wrong)
    if wrong:
        print(f"\nsoak: {len(wrong)} things are wrong (--seed {chosen.seed}, logs in {folder}):", *wrong, sep="\n  ")
        sys.stdout.flush()
        os._exit(1)
    shutil.rmtree(folder)
    print("soak: every object is one video with its bytes, and nothing is left open")


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        traceback.print_exc()
        # Callers that still wait would keep the process.
        os._exit(2)
