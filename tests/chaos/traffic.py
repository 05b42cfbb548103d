"""Objects land all the time, in every way there is. All choices are drawn from the seed before anything is sent."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import settings
from callbacks import Receiver
from callers import Callers
from objects import MIB, Version, draw_size, film, random_bytes, version
from store import Store

# At once; an arrival that finds all busy waits.
WORKERS = 24
LARGE_EVERY = 120


class Traffic:
    def __init__(self, seed: int, store: Store, callers: Callers, receiver: Receiver, accounts: dict[str, str]):
        self.seed, self.store, self.callers, self.receiver, self.accounts = seed, store, callers, receiver, accounts
        self.rng = random.Random(f"{seed}-traffic")
        self.pool = ThreadPoolExecutor(WORKERS)
        self.futures: list[Future] = []
        self.lock = threading.Lock()
        self.versions: list[Version] = []
        self.number = 0
        self.counts: dict[str, int] = {}
        self.ways: list[tuple[int, Callable[[int, random.Random], None]]] = [
            (30, self.land),
            (12, self.land_film),
            (10, self.land_in_parts),
            (10, self.task),
            (10, self.job),
            (8, self.cancel),
            (5, self.retry),
            (8, self.sidecar),
            (4, self.rewrite),
            (3, self.repeat),
        ]

    def run(self, seconds: float, pause: float, stop: threading.Event) -> None:
        """Arrivals until the time is over: at random, so many seconds apart on average."""
        end, begun = time.monotonic() + seconds, time.monotonic()
        large = LARGE_EVERY / 4
        slots = threading.Semaphore(WORKERS)
        gib = begun + seconds * 0.35
        while time.monotonic() < end and not stop.wait(self.rng.expovariate(1 / pause)):
            weights, ways = zip(*self.ways, strict=True)
            self.start(slots, self.rng.choices(ways, weights)[0])
            if time.monotonic() - begun > large:
                large += LARGE_EVERY
                self.start(slots, self.large)
            if gib and time.monotonic() > gib:
                gib = 0.0
                self.start(slots, self.one_gib)

    def start(self, slots: threading.Semaphore, way: Callable[[int, random.Random], None]) -> None:
        self.number += 1
        number, name = self.number, way.__name__
        rng = random.Random(f"{self.seed}-{number}")
        slots.acquire()

        def work() -> None:
            try:
                way(number, rng)
            finally:
                slots.release()
                with self.lock:
                    self.counts[name] = self.counts.get(name, 0) + 1

        self.futures.append(self.pool.submit(work))

    def add(self, version: Version, *story: str) -> Version:
        version.story += story
        with self.lock:
            self.versions.append(version)
        return version

    def land(self, number: int, rng: random.Random) -> None:
        """An object whose event calls the function; a second event meets another function at the same time."""
        title = f"raw-{number}"
        content = random_bytes(rng, draw_size(rng))
        landed = self.add(version(f"{settings.RAW}{title}.mp4", title, content), "land")
        twin = rng.random() < 0.4
        self.store.put(landed.key, content)
        if twin:
            landed.story.append("twin event")
            self.callers.send_event(landed.key, landed.size)

    def land_film(self, number: int, rng: random.Random) -> None:
        title = f"film-{number}"
        content = film(rng)
        landed = self.add(version(f"{settings.FILM}{title}.mp4", title, content), "film")
        self.store.put(landed.key, content)

    def land_in_parts(self, number: int, rng: random.Random) -> None:
        title = f"parts-{number}"
        content = random_bytes(rng, draw_size(rng))
        landed = self.add(version(f"{settings.RAW}{title}.mp4", title, content), "in parts")
        self.store.put_in_parts(landed, content, rng)

    def large(self, number: int, rng: random.Random) -> None:
        self.generated(number, rng, rng.randrange(64, 257) * MIB + rng.randrange(MIB))

    def one_gib(self, number: int, rng: random.Random) -> None:
        self.generated(number, rng, 1024 * MIB)

    def generated(self, number: int, rng: random.Random, size: int) -> None:
        """The scan of a sweep finds it, or an event that comes late."""
        title = f"large-{number}"
        late = rng.random() < 0.5
        landed = self.store.generate(f"{settings.RAW}{title}.mp4", title, size, rng.randrange(1 << 32))
        self.add(landed, "large")
        if late:
            landed.story.append("event")
            self.callers.send_event(landed.key, landed.size)

    def task(self, number: int, rng: random.Random) -> None:
        title = f"task-{number}"
        content = random_bytes(rng, draw_size(rng))
        asked = self.add(version(f"{settings.TASKS}{title}.mp4", title, content), "task")
        task = {"source": f"oss://videos/{asked.key}", "preflight": "off", "video": {"title": title}}
        asked.is_called_back, kept = rng.random() < 0.5, rng.random() < 0.5
        if asked.is_called_back:
            task["callback"] = {"url": self.receiver.url(title)}
        self.store.put(asked.key, content)
        found = self.callers.until((200, 400, 404), "POST", "/uploads", task, kept)
        asked.story.append(f"answered {found and (found[0], found[1].get('error'))}")

    def job(self, number: int, rng: random.Random) -> None:
        title = f"job-{number}"
        content = random_bytes(rng, draw_size(rng))
        asked = self.add(version(f"{settings.LEGACY}{title}.mp4", title, content), "job")
        conf = {"clientid": self.accounts["client_id"], "ak": self.accounts["access_token"], "keyname": title, "preflight": "off"}
        asked.is_called_back = rng.random() < 0.5
        if asked.is_called_back:
            conf["callbackurl"] = self.receiver.url(title)
        self.store.put(asked.key, content)
        self.callers.submit_job(title, {"conf": conf, "youku": {"title": title, "category": "Tech", "tags": "other"}})

    def cancel(self, number: int, rng: random.Random) -> None:
        """Cancelled under way; half of what was cancelled is retried later."""
        title = f"cancel-{number}"
        content = random_bytes(rng, rng.randrange(1, 16 * MIB))
        landed = self.add(version(f"{settings.RAW}{title}.mp4", title, content), "cancel")
        landed.least = 0
        delay, revived, kept = rng.uniform(0, 6), rng.random() < 0.5, rng.random() < 0.5
        self.store.put(landed.key, content)
        time.sleep(delay)
        path = f"/uploads/{landed.upload_id()}"
        answer = self.callers.until((200, 409), "POST", f"{path}/cancel", None, kept)
        landed.story.append(f"cancel answered {answer and (answer[0], answer[1].get('error'), answer[1].get('msg'))}")
        if not answer or answer[0] != 200:
            return
        landed.most = 0
        time.sleep(delay)
        if revived:
            landed.most = 1
            answer = self.callers.until((200, 409), "POST", f"{path}/retry", None, kept)
            landed.story.append(f"retry answered {answer and (answer[0], answer[1].get('error'))}")
            if answer and answer[0] == 200:
                landed.least = 1

    def retry(self, number: int, rng: random.Random) -> None:
        """A person retries an upload that needs no retry."""
        kept, at = rng.random() < 0.5, rng.random()
        with self.lock:
            chosen = self.versions[int(at * len(self.versions))] if self.versions else None
        # Never what was cancelled, which would publish it.
        if chosen and chosen.least == 1 and chosen.account == "main":
            chosen.story.append("retried needlessly")
            try:
                self.callers.once("POST", f"/uploads/{chosen.upload_id()}/retry", None, kept)
            except OSError:
                pass

    def sidecar(self, number: int, rng: random.Random) -> None:
        """A film with a sidecar, which is written again once or twice, also while the film is being uploaded."""
        title = f"sidecar-{number}"
        content = random_bytes(rng, draw_size(rng))
        landed = version(f"{settings.RAW}{title}.mp4", title, content)
        edits, pause = rng.randrange(1, 3), rng.uniform(0, 30)
        self.add(landed, f"sidecar, {edits} edits {pause:.1f} s apart")
        for edit in range(edits + 1):
            landed.description = f"{title} as of edit {edit}"
            self.store.put(f"{landed.key}.youku.json", f'{{"description": "{landed.description}"}}'.encode())
            if edit == 0:
                self.store.put(landed.key, content)
            self.callers.over.wait(pause)

    def rewrite(self, number: int, rng: random.Random) -> None:
        """Other bytes under the same key, at any moment: the earlier version may have been published by then, or not."""
        title = f"rewrite-{number}"
        first, second = (random_bytes(rng, 1 + draw_size(rng)) for _ in range(2))
        key, pause = f"{settings.RAW}{title}.mp4", rng.uniform(0, 10)
        self.add(version(key, title, first), f"first version, for {pause:.1f} s").least = 0
        self.store.put(key, first)
        self.callers.over.wait(pause)
        self.add(version(key, title, second), "second version")
        self.store.put(key, second)

    def repeat(self, number: int, rng: random.Random) -> None:
        """The same bytes again, which are the same version."""
        title = f"repeat-{number}"
        content = random_bytes(rng, draw_size(rng))
        landed = self.add(version(f"{settings.RAW}{title}.mp4", title, content), "landed several times")
        for _ in range(rng.randrange(2, 5)):
            self.store.put(landed.key, content)
            self.callers.over.wait(rng.uniform(0, 5))
