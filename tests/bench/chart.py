"""The chart: wall and CPU of the legacy way and ours, as bars relative to the better legacy way; for light and dark pages."""

from html import escape

from legacy import better
from figures import Row, median

LABEL, BARS, BAR, GAP, HEAD = 262, 340, 16, 8, 34
STYLE = """text{font:13px system-ui,sans-serif;fill:#24292f}.h{font-weight:600}.n{font-size:12px}.a{fill:#8c959f}.b{fill:#0969da}
line{stroke:#8c959f;stroke-opacity:.5}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.a{fill:#6e7681}.b{fill:#4493f8}}"""


def panel(top: int, title: str, rows: list[Row], column: str) -> tuple[list[str], int]:
    """Its shapes, and where the next one begins."""
    base = better(rows, column)
    shares = [median(row, column) / base for row in rows]
    scale = BARS / max(shares)
    parts = [f'<text class="h" x="0" y="{top + 14}">{escape(title)}</text>']
    y = top + HEAD - 8
    bottom = y + len(rows) * (BAR + GAP)
    parts.append(f'<line x1="{LABEL + scale:.1f}" x2="{LABEL + scale:.1f}" y1="{y - 4}" y2="{bottom - 4}"/>')
    for row, share in zip(rows, shares, strict=True):
        kind = "b" if row["row"].startswith("ours") else "a"
        width = max(1.0, share * scale)
        parts.append(f'<text x="0" y="{y + 12}">{escape(row["row"].replace("ours,", "oss2youku,"))}</text>')
        parts.append(f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>')
        seconds = median(row, column)
        amount = f"{share:.2f} ({seconds:.{1 if seconds >= 10 else 2}f} s)"
        parts.append(f'<text class="n" x="{LABEL + width + 6:.1f}" y="{y + 12}">{amount}</text>')
        y += BAR + GAP
    return parts, bottom + 10


def svg(rows: list[Row]) -> str:
    """The rows of the section `legacy` as a picture."""
    size = rows[0]["bytes"] >> 20
    wall, middle = panel(0, f"Wall time, {size} MiB; the better legacy way = 1", rows, "seconds")
    cpu, height = panel(middle, "CPU time; the better legacy way = 1", rows, "cpu_seconds")
    width = LABEL + BARS + 110
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
    title = "<title>Wall and CPU time of one upload by the legacy way and by oss2youku</title>"
    return "\n".join([head, title, f"<style>{STYLE}</style>", *wall, *cpu, "</svg>"]) + "\n"
