"""Waits until nothing is left to do once nothing goes wrong any more."""

import re
import time
from concurrent.futures import wait

import judge
from callers import Callers
from objects import AGAIN, Version
from programs import Programs
from store import Store
from traffic import Traffic

# Callers have answers by then, and sweeps have carried out what is due.
CALLERS, SWEEPS = 300, 300
# What waits for a time of its own, such as a second run, is asked for at once after this.
PATIENCE = 60


def settle(programs: Programs, store: Store, callers: Callers, traffic: Traffic) -> list[str]:
    """What is still open in the end, which nothing may be."""
    _, late = wait(traffic.futures, CALLERS)
    callers.over.set()
    wrong = [f"{len(late)} callers had no answer {CALLERS} s after the last fault"] if late else []
    for future in traffic.futures:
        if future.done() and future.exception():
            wrong.append(f"a caller failed: {future.exception()!r}")
    begun, asked = time.monotonic(), set()
    while time.monotonic() - begun < SWEEPS:
        left, jobs = judge.marks(store, traffic.versions), callers.jobs()
        missing = judge.videos_of(traffic.versions, programs.videos())
        if not left and not jobs and not missing:
            print(f"  settled {time.monotonic() - begun:.0f} s after the last caller's answer; {len(asked)} uploads were asked for before their time")
            return wrong
        for version in traffic.versions if missing else []:
            if version.least and any(line.startswith(f"{version.key}: 0 videos") for line in missing):
                ask_again(callers, version)
        if time.monotonic() - begun > PATIENCE:
            for upload in {mark.split("/")[-1][:32] for mark in left if waits(mark)} - asked:
                asked.add(upload)
                wrong += ask_for(callers, upload)
        time.sleep(2)
    print(f"  not settled within {SWEEPS} s")
    wrong += [f"open mark left: {mark}" for mark in judge.marks(store, traffic.versions)]
    wrong += [f"{jobs} Gearman jobs are left"] if jobs else []
    return wrong


def waits(mark: str) -> bool:
    """Whether a mark names a time that is still to come. What is due is the sweeps' own to resume."""
    until = re.search(r"\.u(\d{13})", mark)
    return bool(until and int(until[1]) / 1000 > time.time() or re.search(r"\.p\d\d$", mark))


def ask_again(callers: Callers, version: Version) -> None:
    """Does what a person does about a hash that Youku refused. The promise has one such case that no program may mend: bytes were damaged
    between source and function, several runs sent the slices, so that none could compare them all, and a commit request has no answer."""
    try:
        _, stands, _ = callers.once("GET", f"/uploads/{version.upload_id()}", None, True)
        if version.is_again or (stands.get("outcome") or {}).get("error") != "hash_refused":
            return
        print(f"  refused for its hash, and asked for again: {version.key} [{version.upload_id()}]")
        version.is_again = True
        video = {"title": version.title} | ({"description": version.description} if version.description else {})
        task = {"source": f"oss://videos/{version.key}", "again": AGAIN, "preflight": "off", "video": video}
        callers.once("POST", "/uploads", task, True)
    except OSError as error:
        print(f"  {version.key}: {error}")


def ask_for(callers: Callers, upload: str) -> list[str]:
    try:
        _, stands, _ = callers.once("GET", f"/uploads/{upload}", None, True)
        print(f"  still open: {upload}: {stands.get('state')}, waiting for {stands.get('waiting')}, {stands.get('error')}")
        callers.once("POST", f"/uploads/{upload}/retry", None, True)
    except OSError as error:
        return [f"{upload}: {error}"]
    return []
