"""Compares oss2youku with what people use today, with the link and with programs that do less. See `run`."""

import argparse
import json
import resource
import sys
import tempfile
from types import ModuleType

import chart
import entrypoints
import growth
import legacy
import link
import machine
import many
import per_byte
import preflight
import short
import start
import trips
from context import Bench
from figures import runs

# Each has `measure(bench)`, which adds rows of that section, and `shown_rows(rows)`, which makes their table.
SECTIONS: dict[str, ModuleType] = {
    "legacy": legacy,
    "link": link,
    "trips": trips,
    "bytes": per_byte,
    "growth": growth,
    "start": start,
    "many": many,
    "entrypoints": entrypoints,
    "preflight": preflight,
}


def options() -> argparse.Namespace:
    def rows(text: str) -> list[str]:
        names = text.split(",")
        unknown = [name for name in names if name not in SECTIONS]
        if unknown:
            raise argparse.ArgumentTypeError(f"no rows {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
        # In this order, because later sections use rows of earlier ones.
        return [name for name in SECTIONS if name in names]

    parser = argparse.ArgumentParser(prog="tests/bench/run", add_help=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--svg")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--rows", type=rows, default=list(SECTIONS))
    parser.add_argument("--against")
    parser.add_argument("--programs", required=True)
    parser.add_argument("--legacy-python", required=True)
    chosen = parser.parse_args()
    if (chosen.svg or chosen.readme) and "legacy" not in chosen.rows:
        parser.error("--svg and --readme show the rows `legacy`, which --rows leaves out")
    return chosen


def measured(chosen: argparse.Namespace) -> Bench:
    # Hundreds of uploads at once have thousands of connections.
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    with tempfile.TemporaryDirectory() as data:
        bench = Bench(chosen, data)
        try:
            for name in chosen.rows:
                print(f"== {name}", file=sys.stderr)
                try:
                    section(bench, name)
                except SystemExit as failure:
                    # The other sections are worth having, although the run has failed.
                    print(failure, file=sys.stderr)
                    bench.failed.append(name)
        finally:
            bench.end()
    return bench


def section(bench: Bench, name: str) -> None:
    try:
        bench.begin()
        SECTIONS[name].measure(bench)
    except Exception as error:
        # A row's own error has named it already.
        raise SystemExit(f"bench: {name}: before its rows: {type(error).__name__}: {error}") from error


def main() -> None:
    chosen = options()
    asked = {"quick": chosen.quick, "large": chosen.large, "rows": chosen.rows}
    about = machine.described(asked)
    bench = measured(chosen)
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump({**about, "rows": bench.rows}, file, indent=1)
    for name in chosen.rows:
        rows = bench.section(name)
        if name not in bench.failed:
            print(SECTIONS[name].shown_rows(rows), runs(rows), sep="\n\n", end="\n\n")
    if not bench.failed and short.lines(bench.rows):
        print(short.shown_rows(bench.rows), end="\n\n")
    print(machine.line(about))
    if bench.failed:
        raise SystemExit(f"bench: failed: {', '.join(bench.failed)}; no chart, no figures for the guide")
    if chosen.svg:
        with open(chosen.svg, "w") as file:
            file.write(chart.svg(bench.section("legacy")))
    if chosen.readme:
        short.into_pages(bench.rows, machine.line(about))


if __name__ == "__main__":
    main()
