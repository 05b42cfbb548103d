"""The run in a few lines: each of ours beside its measure, as README shows it."""

from beside import better
from figures import Row, find, median
from many import LEGACY


def line(what: str, ours: str, measure: str, is_ratio: float | None = None) -> str:
    return f"| {what} | {ours} | {measure} | {'' if is_ratio is None else f'{is_ratio:.2f}'} |"


def beside_the_legacy_way(rows: list[Row]) -> list[str]:
    wall, cpu = better(rows, "seconds"), better(rows, "cpu_seconds")
    least = min((row for row in rows if row["row"].startswith("oss2")), key=lambda row: median(row, "peak_kib"))
    disk = median(least, "written_bytes") / 1e6
    lines = []
    for row in rows:
        if row["row"].startswith("ours"):
            what, seconds, used = row["row"].removeprefix("ours, "), median(row, "seconds"), median(row, "cpu_seconds")
            lines.append(line(f"wall, {what}", f"{seconds:.1f} s", f"{wall:.1f} s, the better legacy way", seconds / wall))
            lines.append(line(f"CPU, {what}", f"{used:.2f} s", f"{cpu:.2f} s, the better legacy way", used / cpu))
    ours = [row for row in rows if row["row"].startswith("ours")]
    peak, theirs = max(row["peak_kib"]["max"] for row in ours) / 1024, median(least, "peak_kib") / 1024
    lines.append(line("peak memory", f"{peak:.1f} MiB", f"{theirs:.1f} MiB, the better legacy way", peak / theirs))
    written = max(row["written_bytes"]["max"] for row in ours) / 1e6
    lines.append(line("written to disk", f"{written:.0f} MB", f"{disk:.0f} MB, the better legacy way"))
    return lines


def against(rows: list[Row], name: str, what: str, column: str, unit: str, beside: str) -> list[str]:
    ours, other = find(rows, name), find(rows, beside)
    if not ours or not other:
        return []
    values = median(ours, column), median(other, column)
    texts = [f"{value:,.0f}{unit}" if value >= 1000 else f"{value:.2f}{unit}" for value in values]
    return [line(what, texts[0], f"{texts[1]}, {beside}", values[0] / values[1])]


def a_tb(rows: list[Row]) -> list[str]:
    """A film at a time in each instance, as many have it; with more at a time it is less."""
    alone, legacy = find(rows, "ours, OSS mode, MD5 known, one film"), find(rows, LEGACY)
    if not alone or not legacy:
        return []
    ours, theirs = median(alone, "yuan_of_a_tb"), median(legacy, "yuan_of_a_tb")
    return [line("a TB on Function Compute, reckoned", f"¥{ours:.2f}", f"¥{theirs:.2f}, the better legacy way", ours / theirs)]


def shown_rows(rows: list[Row]) -> str:
    lines = ["| | oss2youku | beside | ratio |", "|---|---|---|---|"]
    legacy = [row for row in rows if row["section"] == "legacy"]
    if legacy:
        lines += beside_the_legacy_way(legacy)
    for row in rows:
        if row["section"] == "link":
            share = median(row, "share")
            lines.append(line(f"rate, {row['row']}", f"{share * 50:.1f} MB/s", "50 MB/s, the link", share))
    per_gib, gib = "cpu_seconds_per_gib", "CPU per GiB, no limit"
    lines += against(rows, "ours, OSS to Youku, MD5 known", gib, per_gib, " s", "curl GET, curl PUT, OSS to OSS")
    lines += against(rows, "ours, OSS to Youku, MD5 known", gib, per_gib, " s", "rclone")
    lines += a_tb(rows)
    lines += against(rows, "oss2youku-fc", "start to the first answer", "start_ms", " ms", "hyper alone: 200 to everything")
    lines += against(rows, "oss2youku-lambda", "start on Lambda", "start_ms", " ms", "a hello-world")
    lines += against(rows, "the shim, ", "Gearman jobs a second", "a_second", "", "libgearman's")
    return "\n".join(lines)
