"""Requests to the local clouds' own routes, and to the function's HTTP API."""

import http.client
import json
import threading
import urllib.error
import urllib.request
from typing import Any

# A rule that only counts requests passes this many first.
COUNTING = 1 << 60


def request(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None, seconds: float = 30) -> tuple[int, bytes]:
    """Status and body, whatever the status. Raises `OSError` where there is no answer, as scripted faults have it."""
    asked = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        try:
            answer = urllib.request.urlopen(asked, timeout=seconds)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise OSError(f"{method} {url}: {error!r}") from error


def ask(method: str, url: str, document: Any = None) -> Any:
    """A route of the local clouds, which never fails."""
    body = None if document is None else json.dumps(document).encode()
    status, answer = request(method, url, body)
    if status >= 300:
        raise OSError(f"{method} {url}: {status} {answer[:200]!r}")
    return json.loads(answer or b"null")


class Server:
    """One local server: its faults and its link."""

    def __init__(self, name: str, address: str):
        self.name, self.address = name, address
        # Nobody counts while rules are replaced.
        self.lock = threading.RLock()
        # Of rules that were removed.
        self.fired = 0
        self.seen: dict[str, int] = {}
        # Rules that only count, by the text that a request's path contains.
        self.counters: list[str] = []

    def set_link(self, settings: dict[str, int | None]) -> None:
        ask("POST", f"{self.address}/_sandbox/link", settings)

    def set_rules(self, rules: list[dict]) -> None:
        """Replaces all rules; those that count stay first, because the first rule that acts wins."""
        counting = [{"operation": "*", "match": text, "skip": COUNTING, "fault": {"kind": "hold"}} for text in self.counters]
        with self.lock:
            self.fired, self.seen = self.totals()
            ask("DELETE", f"{self.address}/_sandbox/faults")
            ask("POST", f"{self.address}/_sandbox/faults", counting + rules)

    def release(self) -> None:
        ask("POST", f"{self.address}/_sandbox/faults/release")

    def totals(self) -> tuple[int, dict[str, int]]:
        """Faults so far, and how many requests each counter has seen."""
        with self.lock:
            fired, seen = self.fired, dict(self.seen)
            for rule in ask("GET", f"{self.address}/_sandbox/faults"):
                fired += rule["fired"]
                if rule["skip"] == COUNTING:
                    seen[rule["match"]] = seen.get(rule["match"], 0) + rule["seen"]
            return fired, seen
