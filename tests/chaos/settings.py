"""The functions' settings: what holds for a whole run, and what changes under way."""

import random

LEDGER_BUCKET = "records"
LEDGER_PREFIX = "soak/"
SEAL_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
# Below these a rule uploads what lands; below `tasks/` and `user/dee/` only who asks does.
RAW, FILM, TASKS, LEGACY = "raw/", "film/", "tasks/", "user/dee/"


def fixed_variables() -> dict[str, str]:
    def rule(prefix: str, more: str) -> str:
        return f'{{bucket="videos",prefix="{prefix}",account="main",public_type="all",sidecar_updates=true{more}}}'

    # Random bytes are no film: the preflight looks at films alone.
    rules = [rule(RAW, ',preflight="off"'), rule(FILM, "")]
    return {
        "OSS2YOUKU_LEDGER__LOCATION": f"oss://{LEDGER_BUCKET}/{LEDGER_PREFIX}",
        "OSS2YOUKU_LEDGER__SEAL_KEY": SEAL_KEY,
        "OSS2YOUKU_RULES": f"[{','.join(rules)}]",
        "OSS2YOUKU_MANAGE__ENABLED": "true",
        "OSS2YOUKU_HTTP__SOURCES": '["oss://videos/"]',
        "OSS2YOUKU_YOUKU__CALLS_PER_HOUR": "1000000",
        # `dev` sweeps every 5 s: what one sweep does is bounded, so that sweeps do not overlap more and more as objects accumulate.
        "OSS2YOUKU_SWEEP__REQUESTS": "100",
    }


def draw(rng: random.Random) -> dict[str, str]:
    """What an operator may change at any time without harm to an upload in progress."""
    choices = {
        "OSS2YOUKU_TRANSFER__MODE": ["oss", "oss", "slice"],
        "OSS2YOUKU_TRANSFER__PART_MIB": ["1", "4", "8", "16"],
        "OSS2YOUKU_TRANSFER__IN_FLIGHT": ["1", "4", "16"],
        "OSS2YOUKU_TRANSFER__SLICE_KIB": ["256", "1024", "4096"],
        "OSS2YOUKU_TRANSFER__STALL_SECONDS": ["10", "60"],
        "OSS2YOUKU_TRANSFER__PATIENCE_SECONDS": ["10", "60", "120"],
        "OSS2YOUKU_YOUKU__SINGLE_PUT": ["false", "true"],
        "OSS2YOUKU_YOUKU__MD5": ["required", "web"],
        "OSS2YOUKU_SWEEP__LIMIT": ["10", "100"],
        "OSS2YOUKU_LEDGER__LEASE_SECONDS": ["3", "5", "15"],
    }
    names = rng.sample(sorted(choices), 4)
    return {name: rng.choice(choices[name]) for name in names}
