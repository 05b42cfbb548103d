"""What goes wrong at each server: a fifth of its requests, in ways that are drawn again and again."""

import random

SHARE = 0.2
# Rules of a server at a time.
KINDS = 5

OBJECTS = ("PutObject", "GetObject", "HeadObject", "DeleteObject", "ListObjectsV2")
PARTS = ("InitiateMultipartUpload", "UploadPart", "ListParts", "CompleteMultipartUpload", "HeadObject", "PutObject")
# Not `refresh`: a refresh token works once, and a pair whose answer is lost needs a person, at the real Youku as well.
CALLS = ("create", "sts", "commit", "cancel", "show", "show_batch", "by_me", "update", "create_file", "new_slice", "upload_slice", "check")


def failure(rng: random.Random) -> dict:
    """Of any request."""
    return rng.choice(
        [
            {"kind": "status", "status": 500},
            {"kind": "status", "status": 503, "headers": {"retry-after": "1"}},
            {"kind": "status", "status": 503, "early": True},
            {"kind": "page", "status": 502},
            {"kind": "empty", "status": 502},
            {"kind": "reset"},
            {"kind": "reset", "after": rng.randrange(1, 4096)},
            {"kind": "drop_answer"},
            {"kind": "drop_answer"},
            {"kind": "cut_response", "after": rng.randrange(0, 200)},
            {"kind": "hold"},
            {"kind": "hold_before"},
        ]
    )


def of_reads(rng: random.Random) -> dict:
    """Of the object's bytes on their way."""
    return rng.choice(
        [
            {"kind": "flip_response", "at": rng.randrange(0, 1 << 16)},
            {"kind": "cut_response", "after": rng.randrange(0, 1 << 20)},
            {"kind": "stall", "after": rng.randrange(0, 1 << 20)},
            {"kind": "ignore_range"},
        ]
    )


def of_parts(rng: random.Random) -> dict:
    return rng.choice(
        [
            {"kind": "flip_request", "at": rng.randrange(0, 1 << 16)},
            {"kind": "reset", "after": rng.randrange(0, 1 << 20)},
            {"kind": "expire"},
        ]
    )


def with_shares(rng: random.Random, rules: list[dict]) -> list[dict]:
    """A rule sees what those before it let pass: together they act on the share of the requests of an operation that all name."""
    share = 1 - (1 - SHARE) ** (1 / KINDS)
    return [{"times": 0, "probability": share, "seed": rng.randrange(1 << 32), **rule} for rule in rules]


def draw(rng: random.Random, server: str) -> list[dict]:
    """The rules of a server until the next draw."""
    operations = {"oss": OBJECTS, "bucket": PARTS, "youku": CALLS, "fc": ("deliver", "http")}[server]
    rules = [{"operation": operation, "fault": failure(rng)} for operation in operations for _ in range(KINDS)]
    if server == "oss":
        rules.insert(0, {"operation": "GetObject", "match": "/videos/", "fault": of_reads(rng)})
        skewed = {"kind": "status", "status": 403, "code": "RequestTimeTooSkewed"}
        rules.append({"operation": "*", "match": "/records", "fault": skewed, "probability": 0.01})
    if server == "bucket":
        rules.insert(0, {"operation": "UploadPart", "fault": of_parts(rng)})
    return with_shares(rng, rules)


def outage() -> dict:
    """The ledger's store refuses everything."""
    return {"operation": "*", "match": "/records", "times": 0, "fault": {"kind": "status", "status": 503}}


def call_limit(rng: random.Random) -> dict:
    """Youku takes no call of the client for now, which one answer says: every upload waits a minute at least. Of calls that every upload makes: a limit
    that no call meets is never followed by another."""
    return {"operation": rng.choice(("create", "commit")), "fault": {"kind": "status", "status": 429}, "times": 1}
