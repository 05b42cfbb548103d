"""Start: from exec to the first answered call."""

import os
import sys
from collections.abc import Callable

from clouds import Function, resident
from context import HERE, Bench
from figures import Cost, Row, figure, find, median, name, quantile, ratio, shown, table

HYPER = "hyper alone: 200 to everything"


def way(times: list[float], command: list[str], env: dict[str, str], event: dict) -> Callable[[], Cost]:
    def run() -> Cost:
        function = Function(command[0], env, command[1:])
        try:
            times.append(function.first_answer(event) * 1000)
            rss, pss = resident(function.process.pid)
            return {"start_ms": times[-1], "rss_kib": rss, "pss_kib": pss}
        finally:
            function.close()

    return run


def measure(bench: Bench) -> None:
    env = bench.environment()
    packaged = os.path.join(bench.options.programs, "../fc/code/bootstrap")
    programs = {
        "oss2youku-fc": ([bench.program("oss2youku-fc")], {"events": []}),
        "a function of three lines on the same runtime crate": ([bench.program("examples/event")], {"name": "x"}),
        "a function in Python, `http.server`": ([sys.executable, os.path.join(HERE, "../clients/fc/bootstrap.py")], {"x": 1}),
        HYPER: ([bench.program("examples/bare")], {}),
    }
    if os.path.exists(packaged):
        programs["oss2youku-fc as packaged"] = ([packaged], {"events": []})
    times: dict[str, list[float]] = {name: [] for name in programs}
    ways = {name: way(times[name], command, env, event) for name, (command, event) in programs.items()}
    for row in bench.turns("start", 30 if bench.options.quick else 100, ways):
        program = programs[row["row"]][0][0]
        row["p99_ms"] = figure([quantile(times[row["row"]], 0.99)])
        if not program.startswith(sys.prefix):
            row["program_bytes"] = figure([os.path.getsize(program)])


def shown_rows(rows: list[Row]) -> str:
    hyper = find(rows, HYPER)
    columns = {
        "exec to the first answer": name,
        "p50": shown("start_ms", "ms"),
        "of hyper's": ratio("start_ms", hyper and median(hyper, "start_ms")),
        "p99": shown("p99_ms", "ms"),
        "resident then": shown("rss_kib", "MiB", 1, 1 / 1024),
        "proportional": shown("pss_kib", "MiB", 1, 1 / 1024),
        "program": shown("program_bytes", "MiB", 2, 1 / (1 << 20)),
    }
    text = table(rows, columns)
    if not find(rows, "oss2youku-fc as packaged"):
        text += "\n\nThe program as deployed is smaller: `functions/aliyun-fc/package` builds it, and this table shows it from then on."
    return text
