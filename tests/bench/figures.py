"""Figures of several runs, and the tables that show them."""

import statistics
from collections.abc import Callable, Iterable
from typing import Any

# A row: its `section`, its name as `row`, how many `runs`, what it was about, and a figure for each column.
Row = dict[str, Any]
# What one run cost, by column.
Cost = dict[str, float]
Cell = Callable[[Row], str]


def figure(values: Iterable[float]) -> dict[str, float]:
    values = list(values)
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def quantile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(len(ordered) * share))]


def median(row: Row, column: str) -> float:
    return row[column]["median"]


def find(rows: list[Row], name: str) -> Row | None:
    """The row whose name begins so."""
    return next((row for row in rows if row["row"].startswith(name)), None)


def shown(column: str, unit: str = "", digits: int = 2, scale: float = 1.0) -> Cell:
    """The median, and from where to where the runs went if that can be seen."""

    def cell(row: Row) -> str:
        if column not in row:
            return ""
        low, middle, high = (f"{row[column][key] * scale:,.{digits}f}" for key in ("min", "median", "max"))
        return f"{middle} {unit}".rstrip() + ("" if low == high else f" ({low} to {high})")

    return cell


def ratio(column: str, base: float | None) -> Cell:
    """The median's ratio to a median of the same run."""

    def cell(row: Row) -> str:
        return f"{median(row, column) / base:.2f}" if base and column in row else ""

    return cell


def name(row: Row) -> str:
    return row["row"]


def table(rows: list[Row], columns: dict[str, Cell]) -> str:
    """Markdown; the first column names the row."""
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    lines += ["| " + " | ".join(cell(row) for cell in columns.values()) + " |" for row in rows]
    return "\n".join(lines)


def runs(rows: list[Row]) -> str:
    """What the figures of a table are of."""
    counts = sorted({row["runs"] for row in rows})
    if counts == [1]:
        return "Each once."
    return f"Medians of {' or '.join(map(str, counts))} runs in turn; the least and the most in brackets."


PEAK = shown("peak_kib", "MiB", 1, 1 / 1024)
SECONDS = shown("seconds", "s")
CPU = shown("cpu_seconds", "s")
