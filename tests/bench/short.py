"""The run in a few lines, as the guide shows it in both languages: ours, what it is compared with, and the ratio."""

import os
from typing import NamedTuple

from legacy import better
from context import HERE
from figures import Row, find, median
from many import LEGACY

MARKS = ("<!-- figures -->", "<!-- /figures -->")
PAGES = (
    ("docs/guide/benchmarks.md", "One film of {mib} MiB compared with the legacy way; {where}."),
    ("docs/guide/zh/benchmarks.md", "与原有方式对照的是一个 {mib} MiB 的视频；{where}。"),
)
HEADS = ("| | oss2youku | compared with | ratio |", "| | oss2youku | 对照 | 比值 |")


class Text(NamedTuple):
    english: str
    chinese: str


class Line(NamedTuple):
    what: Text
    ours: str
    other: str
    other_name: Text
    ratio: float | None = None

    def shown(self, language: int) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        comma = ", " if language == 0 else "，"
        return f"| {self.what[language]} | {self.ours} | {self.other}{comma}{self.other_name[language]} | {ratio} |"


THE_LEGACY_WAY = Text("the better legacy way", "原有方式中较好的一种")
MODES = {
    "ours, OSS mode, MD5 known": Text("OSS mode, MD5 known", "OSS 模式，MD5 已知"),
    "ours, OSS mode, reading pass": Text("OSS mode, MD5 unknown", "OSS 模式，MD5 未知"),
    "ours, OSS mode, session without MD5": Text(
        "MD5 unknown, session without MD5", "MD5 未知，会话不带 MD5"
    ),
}
PER_GIB = Text("CPU for a GiB", "每 GiB 的 CPU")
START, ON_LAMBDA = Text("start to the first answer", "启动到首次应答"), Text("start on Lambda", "Lambda 上启动")
A_TB = Text("a TB on Function Compute, reckoned", "函数计算上每 TB，推算")
JOBS = Text("Gearman jobs a second that are refused at once", "每秒立即拒绝的 Gearman 任务")
PIPE, RCLONE, HYPER = Text("`curl` to `curl`", "`curl` 接 `curl`"), Text("rclone", "rclone"), Text("bare hyper", "单独的 hyper")
HELLO, LIBGEARMAN = Text("a hello-world", "hello-world"), Text("libgearman", "libgearman")
# Our row and the other's, the figure and its unit, what it is, and what it is compared with.
COMPARED = [
    ("ours, OSS to Youku, MD5 known", "curl GET, curl PUT, OSS", "cpu_seconds_per_gib", "s", PER_GIB, PIPE),
    ("ours, OSS to Youku, MD5 known", "rclone", "cpu_seconds_per_gib", "s", PER_GIB, RCLONE),
    ("ours, OSS mode, MD5 known, one film", LEGACY, "yuan_of_a_tb", "CNY", A_TB, THE_LEGACY_WAY),
    ("oss2youku-fc", "hyper alone: ", "start_ms", "ms", START, HYPER),
    ("oss2youku-lambda", "a hello-world", "start_ms", "ms", ON_LAMBDA, HELLO),
    ("the shim, ", "libgearman's", "a_second", "", JOBS, LIBGEARMAN),
]


def number(value: float, unit: str) -> str:
    digits = 0 if value >= 1000 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def compared(what: Text, values: tuple[float, float], unit: str, other_name: Text) -> Line:
    ours, other = values
    return Line(what, number(ours, unit), number(other, unit), other_name, ours / other)


def against_the_legacy_way(rows: list[Row]) -> list[Line]:
    lines = []
    for column, english, chinese in (("seconds", "wall", "耗时"), ("cpu_seconds", "CPU", "CPU")):
        for name, mode in MODES.items():
            what = Text(f"{english}, {mode.english}", f"{chinese}，{mode.chinese}")
            lines.append(compared(what, (median(find(rows, name), column), better(rows, column)), "s", THE_LEGACY_WAY))
    ours = [row for row in rows if row["row"].startswith("ours")]
    for column, scale, unit, what in (
        ("peak_kib", 1 / 1024, "MiB", Text("peak memory, any mode", "内存峰值，各模式")),
        ("written_bytes", 1e-6, "MB", Text("written to disk, the ledger included", "写盘，含台账")),
    ):
        values = max(row[column]["max"] for row in ours) * scale, better(rows, column) * scale
        lines.append(compared(what, values, unit, THE_LEGACY_WAY))
    return lines


def link(rows: list[Row]) -> list[Line]:
    """From the size on at which the beginning and the end no longer count for much."""
    lines = []
    for row in rows:
        if row["section"] == "link" and row["row"].startswith(("256", "1024", "8192")):
            share, of_it = median(row, "share"), row["row"].replace(" a connection", " 每连接")
            what = Text(f"rate, {row['row']}", f"速率，{of_it.replace(' at ', '，').replace(', ', '，')}")
            lines.append(compared(what, (share * 50, 50), "MB/s", Text("the link", "链路")))
    return lines


def against(rows: list[Row]) -> list[Line]:
    found = []
    for ours, other, column, unit, what, other_name in COMPARED:
        one, two = find(rows, ours), find(rows, other)
        if one and two:
            found.append(compared(what, (median(one, column), median(two, column)), unit, other_name))
    return found


def lines(rows: list[Row]) -> list[Line]:
    legacy = [row for row in rows if row["section"] == "legacy"]
    return (against_the_legacy_way(legacy) if legacy else []) + link(rows) + against(rows)


def shown_rows(rows: list[Row], language: int = 0) -> str:
    return "\n".join([HEADS[language], "|---|---|---|---|", *(line.shown(language) for line in lines(rows))])


def into_pages(rows: list[Row], where: str) -> None:
    """Puts the table into the guide's page of both languages, in place of an earlier run's."""
    begin, end = MARKS
    for language, (file, note) in enumerate(PAGES):
        path = os.path.join(HERE, "../..", file)
        with open(path) as page:
            before, found, rest = page.read().partition(begin)
        _, found_too, after = rest.partition(end)
        if not found or not found_too:
            raise SystemExit(f"bench: {file} lacks the marks {begin} and {end}")
        mib = rows[0]["bytes"] >> 20
        text = f"{shown_rows(rows, language)}\n\n{note.format(mib=mib, where=where)}"
        with open(path, "w") as page:
            page.write(f"{before}{begin}\n{text}\n{end}{after}")
