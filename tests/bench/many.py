"""Many at once: objects that land together, by how many an instance takes at a time."""

import json
import statistics
import subprocess

from legacy import LINK
from clouds import MIB, Failed, Function, arrival, figures
from context import QUIET, Bench
from figures import Cost, Row, find, median, name, shown, table

# What template.yml gives an instance.
VCPU, MEMORY_GB = 0.35, 0.5
# What a function that downloads a film before uploading it needs: the larger disk, of which 0.5 GB are free.
LEGACY_DISK_GB = 10
# Of one vCPU second, GB second, GB second of disk, in the platform's units (CU); yuan for one of those.
UNITS = {"vcpu": 1.0, "memory": 0.15, "disk": 0.05}
YUAN = 0.00011
TB = 1e12
LEGACY = "the legacy way, one film an instance"


def units(seconds: float, disk_gb: float = 0.5) -> dict[str, float]:
    """The cost of instances that are busy for this long."""
    vcpu, memory, disk = seconds * VCPU, seconds * MEMORY_GB, seconds * (disk_gb - 0.5)
    cu = vcpu * UNITS["vcpu"] + memory * UNITS["memory"] + disk * UNITS["disk"]
    return {"vcpu_seconds": vcpu, "gb_seconds": memory, "disk_gb_seconds": disk, "units": cu, "yuan": cu * YUAN}


def idle_kib(bench: Bench) -> int:
    """The peak of a process that has had nothing to do yet."""
    function = Function(bench.program("oss2youku-fc"), bench.environment())
    try:
        function.first_answer({"events": []})
        return figures(function.process.pid)[1]
    finally:
        function.close()


def at_once(bench: Bench, keys: list[str], size: int, concurrency: int, mode: str, idle: int) -> Cost:
    events = [arrival(bench.places, key, size) for key in keys]
    env = bench.environment(OSS2YOUKU_TRANSFER__MODE=mode)
    task = {"program": bench.program("oss2youku-fc"), "env": env, "concurrency": concurrency, "events": events}
    command = [bench.program("examples/many")]
    host = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        host.stdin.write(json.dumps(task) + "\n")
        host.stdin.flush()
        said = host.stdout.readline()
        if not said:
            raise Failed("the host ended")
        result = json.loads(said)
        cost = {instance: figures(pid) for instance, pid in result["instances"].items()}
    finally:
        host.stdin.close()
        host.wait()
    videos = bench.clouds.videos()
    for key, call in zip(keys, result["calls"], strict=True):
        if call["error"]:
            raise Failed(f"{key}: {call}")
        bench.check(call["answer"], key, videos)
    ended = [call["ended"] for call in result["calls"]]
    cpu = sum(cpu for cpu, _, _ in cost.values())
    peak = max(peak for _, peak, _ in cost.values())
    last = {call["instance"]: call["ended"] for call in sorted(result["calls"], key=lambda call: call["ended"])}
    # An instance's share of a processor is what it pays for: with more to do than that it takes longer.
    busy = sum(max(seconds, cost[instance][0] / VCPU) for instance, seconds in last.items())
    moved = size * len(keys)
    return {
        "seconds": max(ended),
        "bytes_per_second": moved / max(ended),
        "instances": len(cost),
        "peak_kib": peak,
        "kib_of_one_upload": (peak - idle) / min(concurrency, len(keys)),
        "slowest_over_median": max(ended) / statistics.median(ended),
        "cpu_seconds": cpu,
        **{f"{what}_of_a_tb": value * TB / moved for what, value in units(busy).items()},
    }


def one_an_instance(way: Row, disk_gb: float = 0.5) -> Cost:
    """A film at a time in each instance, with the link to itself: as long as in the section `legacy`, or as its share of a processor takes."""
    seconds = max(median(way, "seconds"), median(way, "cpu_seconds") / VCPU)
    return {"seconds": seconds, **{f"{what}_of_a_tb": value * TB / way["bytes"] for what, value in units(seconds, disk_gb).items()}}


def measure(bench: Bench) -> None:
    quick = bench.options.quick
    objects, size = (40, 8 * MIB) if quick else (200, 20 * MIB)
    keys = [f"{QUIET}many/{number}.mp4" for number in range(objects)]
    for key in keys:
        bench.put(key, size)
    idle = idle_kib(bench)
    plan = {f"{concurrency} an instance": (concurrency, "oss") for concurrency in (1, 10, 50)}
    plan["10 an instance, slice mode"] = (10, "slice")
    for link, latency_and_rates in {"20 ms, 50 MB/s in all": LINK, "no limit": (None, None, None)}.items():
        bench.clouds.link(*latency_and_rates)
        ways = {f"{what}, {link}": lambda setting=setting: at_once(bench, keys, size, *setting, idle) for what, setting in plan.items()}
        bench.turns("many", 1, ways, objects=objects, bytes=size)
    films = bench.section("legacy")
    if films:
        legacy = min((row for row in films if row["row"].startswith("oss2")), key=lambda row: median(row, "seconds"))
        ours = find(films, "ours, OSS mode, MD5 known")
        alone = {
            f"{ours['row']}, one film an instance": lambda: one_an_instance(ours),
            f"{LEGACY}: {legacy['row']}": lambda: one_an_instance(legacy, LEGACY_DISK_GB),
        }
        bench.turns("many", 1, alone)
    for key in keys:
        bench.store.delete_object(key)


def shown_rows(rows: list[Row]) -> str:
    about = rows[0]
    columns = {
        f"{about['objects']} objects of {about['bytes'] // MIB} MiB at once": name,
        "wall": shown("seconds", "s", 1),
        "throughput": shown("bytes_per_second", "MB/s", 1, 1e-6),
        "instances": shown("instances", digits=0),
        "peak memory of one": shown("peak_kib", "MiB", 1, 1 / 1024),
        "for each upload": shown("kib_of_one_upload", "MiB", 1, 1 / 1024),
        "slowest over median": shown("slowest_over_median"),
        "CPU": shown("cpu_seconds", "s"),
        "a TB: vCPU·s": shown("vcpu_seconds_of_a_tb", digits=0),
        "GB·s": shown("gb_seconds_of_a_tb", digits=0),
        "disk GB·s": shown("disk_gb_seconds_of_a_tb", digits=0),
        "CU": shown("units_of_a_tb", digits=0),
        "yuan": shown("yuan_of_a_tb"),
    }
    text = f"""The cost of a TB is calculated: instances of {VCPU} vCPU and 512 MB, each busy from its first call to its last and no faster than its
share of a processor lets it be, at the platform's mainland list price of ¥{YUAN} a CU, calls left out. All instances share the link: the more
there are, the longer each is busy."""
    if find(rows, LEGACY):
        text += f" One film an instance: the wall of that way's row above, where it has the link to itself; the legacy way with {LEGACY_DISK_GB} GB of disk."
    return f"{table(rows, columns)}\n\n{text}"
