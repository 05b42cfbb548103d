"""How memory, CPU and requests grow with the object: nothing is stored, so that its size is no matter of disk.

The local OSS makes the source up while it is read, Youku's bucket hashes what arrives and throws it away; links unlimited.
Alone: growth.py --programs DIR [--quick] [--large]
"""

import argparse
import hashlib
import json
import os
import tempfile
import time

from clouds import MIB, Clouds, Function, arrival, figures, http

GIB = 1 << 30
NEVER = 1 << 30


def sizes(quick=False, large=False):
    """Bytes: up to 1 GiB; 8 and 50 GiB only where asked for."""
    return [MIB, 64 * MIB, GIB] + ([8 * GIB, 50 * GIB] if large and not quick else [])


def generated(clouds, key, size):
    """Makes the source; its CRC-64. The MD5 it states is another's: that of 50 GiB takes minutes, and nobody can look."""
    wanted = {"size": size, "seed": size, "metadata": {"md5": hashlib.md5(key.encode()).hexdigest()}}
    oss = clouds.places["oss"]
    answer = http("PUT", f"{oss['endpoint']}/_sandbox/objects/{oss['bucket']}/{key}", json.dumps(wanted).encode())
    return json.loads(answer)["crc64"]


def uploaded(clouds, programs, key, size, ledger):
    """One upload by a fresh function process."""
    crc64 = generated(clouds, key, size)
    env = {
        **clouds.places["env"],
        "OSS2YOUKU_TRANSFER__MODE": "oss",
        "OSS2YOUKU_LEDGER__LOCATION": ledger,
        "OSS2YOUKU_RESERVED__PREFIXES": '["reserved/"]',
    }
    function = Function(f"{programs}/oss2youku-fc", env)
    try:
        function.ready()
        clouds.count()
        parts = json.dumps({"operation": "UploadPart", "skip": NEVER, "fault": {"kind": "hold_before"}})
        http("POST", f"{clouds.bucket}/_sandbox/faults", parts.encode())
        begun = time.monotonic()
        answer = json.loads(function.call(arrival(clouds.places, key, size)))
        seconds = time.monotonic() - begun
        outcome = answer.get("results", [{}])[0]
        if outcome.get("code") != "200":
            raise SystemExit(f"the upload failed: {answer}\n{function.said()}")
        cpu, peak, written = figures(function.process.pid)
        # Before the video is asked for: that is a request as well.
        requests = clouds.counted()
    finally:
        function.close()
    video = clouds.video(outcome["data"]["videoid"])
    if (video["size"], video["crc64"], video["discarded"]) != (size, crc64, True):
        raise SystemExit(f"Youku took other bytes than {key} with CRC-64 {crc64}: {video}")
    rules = json.loads(http("GET", f"{clouds.bucket}/_sandbox/faults"))
    parts = next(rule["seen"] for rule in rules if rule["operation"] == "UploadPart")
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "peak_kib": peak,
        "written_bytes": written,
        "parts": parts,
        "requests": requests - parts,
    }


def rows(clouds, programs, data, wanted):
    """One row a size, each measured once."""
    clouds.link()
    switches = f"{clouds.youku}/_sandbox/switches"
    http("POST", switches, b'{"discard": true}')
    try:
        return [
            {
                "section": "growth",
                "row": f"{size // MIB} MiB",
                "bytes": size,
                **uploaded(clouds, programs, f"oss2youku/growth-{size}.mp4", size, f"{data}/ledger-growth-{size}"),
            }
            for size in wanted
        ]
    finally:
        http("POST", switches, b'{"discard": false}')


def table(measured):
    lines = [
        "| generated, discarded, MD5 known | wall | MB/s | CPU per GiB | peak memory | written to disk | parts | requests | a part |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in measured:
        per_gib, per_part = row["cpu_seconds"] * GIB / row["bytes"], row["requests"] / row["parts"]
        lines.append(
            f"| {row['row']} | {row['seconds']:.2f} s | {row['bytes'] / row['seconds'] / 1e6:.0f} | {per_gib:.2f} s "
            f"| {row['peak_kib'] / 1024:.1f} MiB | {row['written_bytes'] / 1e6:.1f} MB | {row['parts']} | {row['requests']} | {per_part:.2f} |"
        )
    first, last = measured[0], measured[-1]
    least, most = (edge(row["peak_kib"] for row in measured[1:]) / 1024 for edge in (min, max))
    per_part = (last["requests"] - first["requests"]) / max(1, last["parts"] - first["parts"])
    lines += ["", f"From {measured[1]['row']} on memory peaks at {least:.1f} to {most:.1f} MiB; each further part costs {per_part:.2f} requests."]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        clouds = Clouds(options.programs, f"{data}/clouds")
        try:
            print(table(rows(clouds, os.path.abspath(options.programs), data, sizes(options.quick, options.large))))
        finally:
            clouds.close()


if __name__ == "__main__":
    main()
