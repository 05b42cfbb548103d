"""What must hold in the end."""

import json
from collections import Counter, defaultdict

from objects import AGAIN, Version
from store import Store

# Requests of the ledger's store that were not refused by an outage, at most: of one attempt, and of one sweep. An upload without trouble makes 16 (a test of the core counts
# them); a fifth of failures makes 20 of that; who takes over reads the chain and the leases, and a lease is renewed every few seconds. A
# sweep looks at 100 objects (see `settings`), of which the ledger is asked once each and, where a sidecar changes a video, ten times;
# it lists what is open, and reads and saves its cursors. Neither depends on how many uploads the ledger has.
PER_ATTEMPT, PER_SWEEP = 40, 250
# Of `dev`'s timer.
SWEEP_SECONDS = 5


def videos_of(versions: list[Version], videos: list[dict]) -> list[str]:
    """Every object as many videos as it must have, with its bytes, and none of anything else."""
    wrong = []
    by_title: dict[str, list[dict]] = defaultdict(list)
    for video in videos:
        by_title[video["title"]].append(video)
    claimed: Counter[str] = Counter()
    for version in versions:
        found = [video for video in by_title[version.title] if (video["md5"], video["size"]) == (version.md5, version.size)]
        claimed[version.title] += len(found)
        count = sum(video["commits"] for video in found)
        if not version.least <= count <= version.most:
            wanted = f"{version.least} to {version.most}" if version.least != version.most else str(version.least)
            wrong.append(f"{version.key}: {count} videos, not {wanted} [{version.upload_id()}; {'; '.join(version.story)}]")
        elif version.description and any(video["description"] != version.description for video in found):
            shown = [video["description"] for video in found]
            wrong.append(f"{version.key}: described as {shown}, not as {version.description!r} [{version.upload_id()}; {'; '.join(version.story)}]")
    for title, found in by_title.items():
        if len(found) > claimed[title]:
            wrong.append(f"{title}: {len(found) - claimed[title]} videos of bytes that no object has: {found}")
    return wrong


def steps(store: Store) -> dict[str, list[dict]]:
    """The chains of the ledger, by upload id."""
    chains: dict[str, list[dict]] = defaultdict(list)
    for key in sorted(store.list_ledger("ledger/")):
        chains[key.split("/")[0]].append(json.loads(store.read_ledger(f"ledger/{key}")))
    return chains


def name(step: dict) -> str:
    return step["step"] if isinstance(step["step"], str) else next(iter(step["step"]))


def chains_of(versions: list[Version], chains: dict[str, list[dict]]) -> list[str]:
    """Every upload was committed once at most, and those of the objects are the only ones."""
    wrong = []
    known = {version.upload_id(): version for version in versions}
    asked_again = {version.upload_id(AGAIN): version for version in versions if version.is_again}
    for upload, chain in chains.items():
        names = [name(step) for step in chain]
        version = asked_again.get(upload) or known.get(upload)
        if version and version.is_again and upload not in asked_again:
            if "committed" in names:
                wrong.append(f"{version.key}: asked for again although it was published: {names} [{upload}]")
        elif version is None:
            wrong.append(f"ledger/{upload}: of no object that landed: {names}")
        elif names.count("committed") > version.most or version.least and "committed" not in names:
            wrong.append(f"{version.key}: its chain is {names} [{upload}]")
    return wrong


def marks(store: Store, versions: list[Version]) -> list[str]:
    """Uploads that the ledger holds open, without the marks of uploads that have no step and need not become a video, as of replaced versions:
    the first holder was killed between mark and step, and no event brings the version back. A sweep deletes such a mark after an hour."""
    left = sorted(store.list_ledger("open/"))
    optional = {version.upload_id() for version in versions if not version.least}
    strays = [mark for mark in left if mark[:32] in optional and not store.list_ledger(f"ledger/{mark[:32]}/")]
    return [mark for mark in left if mark not in strays]


def requests_of(asked: int, attempts: int, seconds: float) -> list[str]:
    """The ledger was asked no more often than attempts and sweeps explain."""
    most = attempts * PER_ATTEMPT + int(seconds / SWEEP_SECONDS) * PER_SWEEP
    print(f"  {asked} ledger requests, {asked / most:.0%} of the bound")
    return [f"{asked} ledger requests, more than {most} for {attempts} attempts and the sweeps of {seconds:.0f} s"] if asked > most else []


def attempts(chains: dict[str, list[dict]]) -> int:
    return sum(name(step) == "claimed" for chain in chains.values() for step in chain)
