"""Requests to the local clouds' own routes, and to the function's HTTP API."""

import http.client
import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

# A rule that only counts requests passes this many first.
COUNTING = 1 << 60


def request(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None, seconds: float = 30) -> tuple[int, Message, bytes]:
    """Status, headers and body, whatever the status. Raises `OSError` where there is no answer, as scripted faults have it."""
    asked = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        try:
            answer = urllib.request.urlopen(asked, timeout=seconds)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise OSError(f"{method} {url}: {error!r}") from error


def ask(method: str, url: str, document: Any = None) -> Any:
    """A route of the local clouds, which never fails."""
    body = None if document is None else json.dumps(document).encode()
    status, _, answer = request(method, url, body)
    if status >= 300:
        raise OSError(f"{method} {url}: {status} {answer[:200]!r}")
    return json.loads(answer or b"null")


@dataclass
class Totals:
    """What one server's rules have counted."""

    # Faults.
    fired: int = 0
    # Requests whose path contains a text that is counted, and those of them that a rule for all operations refused.
    seen: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


class Server:
    """One local server: its faults and its link."""

    def __init__(self, name: str, address: str):
        self.name, self.address = name, address
        # Nobody counts while rules are replaced.
        self.lock = threading.RLock()
        # Of rules that were removed.
        self.past = Totals()
        # Rules that only count, by the text that a request's path contains.
        self.counters: list[str] = []

    def set_link(self, settings: dict[str, int | None]) -> None:
        ask("POST", f"{self.address}/_sandbox/link", settings)

    def set_rules(self, rules: list[dict]) -> None:
        """Replaces all rules; those that count stay first, because the first rule that acts wins."""
        counting = [{"operation": "*", "match": text, "skip": COUNTING, "fault": {"kind": "hold"}} for text in self.counters]
        with self.lock:
            self.past = self.totals()
            ask("DELETE", f"{self.address}/_sandbox/faults")
            ask("POST", f"{self.address}/_sandbox/faults", counting + rules)

    def has_fired(self, rule: dict) -> bool:
        """Whether one of its rules that answers as this one does has acted."""
        rules = ask("GET", f"{self.address}/_sandbox/faults")
        same = [known for known in rules if known["fault"].get("status") == rule["fault"]["status"]]
        return any(known["fired"] for known in same)

    def release(self) -> None:
        ask("POST", f"{self.address}/_sandbox/faults/release")

    def totals(self) -> Totals:
        """So far, rules that were removed included."""
        with self.lock:
            totals = Totals(self.past.fired, dict(self.past.seen), dict(self.past.refused))
            for rule in ask("GET", f"{self.address}/_sandbox/faults"):
                totals.fired += rule["fired"]
                text = rule.get("match")
                if rule["skip"] == COUNTING:
                    totals.seen[text] = totals.seen.get(text, 0) + rule["seen"]
                elif rule["operation"] == "*":
                    totals.refused[text] = totals.refused.get(text, 0) + rule["fired"]
            return totals
