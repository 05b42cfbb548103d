"""The run in a few lines, as both READMEs show it: ours, what it is measured beside, and the ratio."""

from typing import NamedTuple

from beside import better
from figures import Row, find, median
from many import LEGACY

HEADS = ("| | oss2youku | beside | ratio |", "| | oss2youku | 对照 | 比值 |")


class Text(NamedTuple):
    english: str
    chinese: str


class Line(NamedTuple):
    what: Text
    ours: str
    other: str
    beside: Text
    ratio: float | None = None

    def shown(self, language: int) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        comma = ", " if language == 0 else "，"
        return f"| {self.what[language]} | {self.ours} | {self.other}{comma}{self.beside[language]} | {ratio} |"


THE_LEGACY_WAY = Text("the better legacy way", "原有方式中较好的一种")
MODES = {
    "ours, OSS mode, MD5 known": Text("OSS mode, MD5 known", "OSS 模式，MD5 已知"),
    "ours, OSS mode, reading pass": Text("OSS mode, MD5 unknown", "OSS 模式，MD5 未知"),
}


def number(value: float, unit: str) -> str:
    digits = 0 if value >= 1000 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def compared(what: Text, values: tuple[float, float], unit: str, beside: Text) -> Line:
    ours, other = values
    return Line(what, number(ours, unit), number(other, unit), beside, ours / other)


def beside_the_legacy_way(rows: list[Row]) -> list[Line]:
    lines = []
    for column, english, chinese in (("seconds", "wall", "耗时"), ("cpu_seconds", "CPU", "CPU")):
        for name, mode in MODES.items():
            what = Text(f"{english}, {mode.english}", f"{chinese}，{mode.chinese}")
            lines.append(compared(what, (median(find(rows, name), column), better(rows, column)), "s", THE_LEGACY_WAY))
    ours = [row for row in rows if row["row"].startswith("ours")]
    for column, scale, unit, what in (
        ("peak_kib", 1 / 1024, "MiB", Text("peak memory, any mode", "内存峰值，各模式")),
        ("written_bytes", 1e-6, "MB", Text("written to disk, the ledger included", "写盘，含账本")),
    ):
        values = max(row[column]["max"] for row in ours) * scale, better(rows, column) * scale
        lines.append(compared(what, values, unit, THE_LEGACY_WAY))
    return lines


def against(rows: list[Row], ours: str, other: str, column: str, unit: str, what: Text, beside: Text) -> list[Line]:
    one, two = find(rows, ours), find(rows, other)
    return [compared(what, (median(one, column), median(two, column)), unit, beside)] if one and two else []


def link(rows: list[Row]) -> list[Line]:
    """From the size on at which the beginning and the end no longer count for much."""
    lines = []
    for row in rows:
        if row["section"] == "link" and row["row"].startswith(("256", "1024", "8192")):
            share, of_it = median(row, "share"), row["row"].replace(" a connection", " 每连接")
            what = Text(f"rate, {row['row']}", f"速率，{of_it.replace(' at ', '，').replace(', ', '，')}")
            lines.append(compared(what, (share * 50, 50), "MB/s", Text("the link", "链路")))
    return lines


def lines(rows: list[Row]) -> list[Line]:
    legacy = [row for row in rows if row["section"] == "legacy"]
    known, per_gib = "ours, OSS to Youku, MD5 known", Text("CPU for a GiB", "每 GiB 的 CPU")
    start, tb = Text("start to the first answer", "启动到首次应答"), Text("a TB on Function Compute, reckoned", "函数计算上每 TB，推算")
    return [
        *(beside_the_legacy_way(legacy) if legacy else []),
        *link(rows),
        *against(rows, known, "curl GET, curl PUT, OSS", "cpu_seconds_per_gib", "s", per_gib, Text("`curl` to `curl`", "`curl` 接 `curl`")),
        *against(rows, known, "rclone", "cpu_seconds_per_gib", "s", per_gib, Text("rclone", "rclone")),
        *against(rows, "ours, OSS mode, MD5 known, one film", LEGACY, "yuan_of_a_tb", "CNY", tb, THE_LEGACY_WAY),
        *against(rows, "oss2youku-fc", "hyper alone: ", "start_ms", "ms", start, Text("bare hyper", "单独的 hyper")),
        *against(rows, "oss2youku-lambda", "a hello-world", "start_ms", "ms", Text("start on Lambda", "Lambda 上启动"), Text("a hello-world", "hello-world")),
        *against(rows, "the shim, ", "libgearman's", "a_second", "", Text("Gearman jobs a second", "每秒 Gearman 作业"), Text("libgearman", "libgearman")),
    ]


def shown_rows(rows: list[Row]) -> str:
    """The English table, then the Chinese one."""
    found = lines(rows)
    return "\n\n".join("\n".join([head, "|---|---|---|---|", *(line.shown(n) for line in found)]) for n, head in enumerate(HEADS))
