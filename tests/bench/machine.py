"""Where and of what a run is."""

import os
import platform
import subprocess
from datetime import UTC, datetime


def field(path: str, name: str) -> str:
    with open(path) as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith(name)), "unknown")


def commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], capture_output=True, text=True).stdout.strip()

    # Uncommitted changes may make the difference.
    return (git("rev-parse", "HEAD") or "unknown") + ("-dirty" if git("status", "--porcelain", "-uno") else "")


def described(options: dict) -> dict:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "options": options,
        "machine": {
            "cores": os.cpu_count(),
            "cpu": field("/proc/cpuinfo", "model name"),
            "memory_kib": int(field("/proc/meminfo", "MemTotal").split()[0]),
            "kernel": platform.release().split("-")[0],
        },
    }


def line(about: dict) -> str:
    machine = about["machine"]
    gib = machine["memory_kib"] / (1 << 20)
    where = f"{machine['cores']} cores ({machine['cpu']}), {gib:.0f} GiB, Linux {machine['kernel']}"
    return f"{about['date'][:10]}, commit {about['commit'][:12]}, {where}"
