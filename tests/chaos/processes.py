"""Memory, file descriptors and threads of what lives for the whole run."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

EVERY = 2.0
# By how much the last third may exceed the second.
TOLERANCE = 0.10
# Seconds of a run from which on its levels are judged: a third of a shorter one still fills pools and buffers for the first time.
SETTLED = 20 * 60
# What is counted in small numbers, or in pages, may differ by this without being a trend.
SLACK = {"rss_kib": 2048, "fds": 4, "threads": 1}
# The clouds know all that was ever put there: an upload leaves some thirty objects, a session and a video, of which they keep this much in memory.
HELD_KIB = {"clouds": 64}
# Memory is judged by its median. Descriptors and threads come and go with the calls of the moment: what is never given back shows in the
# level that is still there when little is going on.
QUANTILE = {"rss_kib": 0.5, "fds": 0.1, "threads": 0.1}


def sockets_of_callers(pid: int) -> int:
    """Accepted connections: as many as callers keep open, and frozen functions keep theirs until they end."""
    listening, open_ones = set(), []
    with open(f"/proc/{pid}/net/tcp") as table:
        for line in list(table)[1:]:
            fields = line.split()
            state, port, inode = fields[3], fields[1].split(":")[1], fields[9]
            if state == "0A":
                listening.add((port, inode))
            else:
                open_ones.append((port, inode))
    own = set()
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        try:
            own.add(os.readlink(f"/proc/{pid}/fd/{descriptor}"))
        except FileNotFoundError:
            pass
    ports = {port for port, inode in listening if f"socket:[{inode}]" in own}
    return sum(port in ports and f"socket:[{inode}]" in own for port, inode in open_ones)


@dataclass
class Sample:
    at: float
    rss_kib: int
    fds: int
    threads: int
    accepted: int
    # Objects that had landed.
    landed: int


def sample(pid: int, landed: int) -> Sample:
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    accepted = sockets_of_callers(pid)
    descriptors = len(os.listdir(f"/proc/{pid}/fd")) - accepted
    return Sample(time.monotonic(), int(fields["VmRSS"].split()[0]), descriptors, int(fields["Threads"]), accepted, landed)


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


class Watch:
    """Samples these processes until it is stopped."""

    def __init__(self, pids: dict[str, int], landed: Callable[[], int]):
        self.pids, self.landed, self.samples = pids, landed, {name: [] for name in pids}
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while not self.stopped.wait(EVERY):
            for name, pid in self.pids.items():
                try:
                    self.samples[name].append(sample(pid, self.landed()))
                except (OSError, KeyError):
                    # It has ended, which is reported elsewhere.
                    pass

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join()

    def latest(self) -> str:
        def shown(name: str) -> str:
            last = self.samples[name][-1]
            return f"{name} {last.rss_kib / 1024:.0f} MiB {last.fds}+{last.accepted} fds {last.threads} threads"

        return ", ".join(shown(name) for name in self.samples if self.samples[name])

    def thirds(self) -> list[tuple[str, str, list[float]]]:
        """Process, figure, and its level in each third of the run."""
        rows = []
        for name, samples in self.samples.items():
            third = len(samples) // 3
            if not third:
                continue
            for figure in SLACK:
                values = [getattr(one, figure) for one in samples]
                parts = (values[:third], values[third : 2 * third], values[2 * third :])
                rows.append((name, figure, [quantile(part, QUANTILE[figure]) for part in parts]))
        return rows

    def landed_between(self, name: str) -> int:
        """Objects that landed between the middles of the second third and of the last."""
        samples = self.samples[name]
        return samples[len(samples) * 5 // 6].landed - samples[len(samples) // 2].landed

    def is_one_step(self, name: str, figure: str, held: float) -> bool:
        """Whether a level rose once, within a minute or two, and stood before and after: an allocator keeps what the most calls at once have
        taken. What leaks rises again and again. The first sixth of a run fills pools and buffers."""
        samples = self.samples[name]
        values = [getattr(one, figure) for one in samples[len(samples) // 6 :]]
        minute = int(60 / EVERY)
        levels = [quantile(values[at : at + minute], 0.5) for at in range(0, len(values) - minute, minute)]
        least = (max(levels[0] * TOLERANCE, SLACK[figure]) + held) / 4
        steps = [at for at in range(1, len(levels)) if levels[at] - levels[at - 1] > least]
        if not steps or steps[-1] - steps[0] > 1:
            return False
        # Nor did it creep up before or after.
        return levels[steps[0] - 1] - levels[0] <= least and levels[-1] - levels[steps[-1]] <= least

    def growing(self) -> list[str]:
        lengths = [samples[-1].at - samples[0].at for samples in self.samples.values() if samples]
        if min(lengths, default=0) < 0.95 * SETTLED:
            return []

        def grows(name: str, figure: str, second: float, last: float) -> bool:
            held = HELD_KIB.get(name, 0) * self.landed_between(name) if figure == "rss_kib" else 0
            is_higher = last > second * (1 + TOLERANCE) + held and last > second + SLACK[figure] + held
            if is_higher and self.is_one_step(name, figure, held):
                print(f"  {name}: {figure} stepped up once, from {second:.0f} to {last:.0f}")
                return False
            return is_higher

        return [
            f"{name}: {figure} grew from {second:.0f} in the second third to {last:.0f} in the last"
            for name, figure, (_, second, last) in self.thirds()
            if grows(name, figure, second, last)
        ]
