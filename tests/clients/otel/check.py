"""Uploads through the local clouds with a function that exports its traces, and compares what a collector received.

    check.py PROGRAMS     the folder with oss2youku, oss2youku-fc and oss2youku-lambda, built with the feature `otel`
"""

import http.server
import json
import os
import pathlib
import pty
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

from collectors import Collector, Sink
from dev import Dev, end
from peers import ATTEMPTS, CALLER, XRAY, Receiver, RuntimeApi
from waiting import PATIENCE, expect, free_port, wait_for

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
LATE = TRACE[::-1]
PHASES = {"hash", "create", "parts", "commit", "callback"}
# What the collector may cost a call, and what a busy machine adds.
FLUSH, SLACK = 1.0, 4.0


def check_request(dev, collector, callback):
    """A request that carries a trace: one trace, whose spans are where they belong."""
    dev.put("user/dee/asked.mp4", 400_000)
    answer, _ = dev.submit("asked", callback, {"traceparent": f"00-{TRACE}-{CALLER}-01"})
    expect("the request is answered", answer["code"], "200")
    # They are sent before the answer, and printed soon after.
    spans = wait_for("the spans of the request", lambda: [s for s in collector.spans() if s.get("trace") == TRACE])
    wait_for("all of them", lambda: len([s for s in collector.spans() if s.get("trace") == TRACE]) >= 7)
    spans = [span for span in collector.spans() if span.get("trace") == TRACE]
    others = [span for span in collector.spans() if span.get("trace") != TRACE]
    expect("other traces are those of events that upload nothing", {span["name"] for span in others}, {"event"})
    by_name = {span["name"]: span for span in spans}
    expect("one span each", sorted(span["name"] for span in spans), sorted(PHASES | {"request", "upload"}))
    expect("the request continues its caller's span", by_name["request"]["parent"], CALLER)
    expect("the upload is a part of it", by_name["upload"]["parent"], by_name["request"]["id"])
    expect("the phases are parts of the upload", {by_name[name]["parent"] for name in PHASES}, {by_name["upload"]["id"]})
    expect("the upload has its id", by_name["upload"]["attributes"]["upload_id"], f"Str({answer['data']['upload_id']})")
    expect("the service has its name", by_name["upload"]["resource"]["service.name"], "Str(the-function)")
    traceparent = f"00-{TRACE}-{by_name['callback']['id']}-01"
    expect("the callback carries its span", Receiver.traces("/done"), [traceparent])
    return answer["data"]["upload_id"]


def check_replay(dev, collector, upload_id):
    """A callback that is delivered once more by request: its span is sent before the answer."""
    find = lambda: [span for span in collector.spans() if span.get("trace") == TRACE and span["name"] == "callback"]
    before, function = len(find()), dev.places["function"]
    headers = {"authorization": f"Bearer {function['token']}"}
    request = urllib.request.Request(f"{function['http_url']}/uploads/{upload_id}/callback", b"", headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        expect("a callback is delivered once more", response.status, 200)
    wait_for("its span", lambda: len(find()) == before + 1)


def check_late_callback(dev, collector, callback):
    """A callback that the sweep delivers: its span is a part of the upload's trace."""
    dev.put("user/dee/late.mp4", 400_000)
    answer, _ = dev.submit("late", callback.replace("/done", "/late"), {"traceparent": f"00-{LATE}-{CALLER}-01"})
    expect("its request is answered", answer["code"], "200")
    wait_for("the sweep's delivery", lambda: len(Receiver.traces("/late")) > ATTEMPTS)
    find = lambda: [s for s in collector.spans() if s.get("trace") == LATE and s["name"] in ("callback", "request")]
    request, *callbacks = sorted(wait_for("its spans", lambda: len(find()) > 2 and find()), key=lambda s: s["name"] == "callback")
    expect("two runs tried to deliver it", [s["attributes"]["code"] for s in callbacks], ["Str(503)", "Str(200)"])
    expect("the later one continues what the ledger names", callbacks[1]["parent"], request["id"])
    expected = [f"00-{LATE}-{callbacks[0]['id']}-01"] * ATTEMPTS + [f"00-{LATE}-{callbacks[1]['id']}-01"]
    expect("each attempt carries its run's span", Receiver.traces("/late"), expected)


def check_failure(dev, collector):
    """A request for an object that is not there."""
    before = len(collector.spans())
    try:
        dev.submit("missing", "", {})
        raise SystemExit("tests/otel: a missing object was found")
    except urllib.error.HTTPError as error:
        expect("a missing object is answered", error.code, 404)
    spans = wait_for("the span of the failure", lambda: collector.spans()[before:])
    expect("a request without a trace begins one", [(s["name"], s["parent"]) for s in spans], [("request", "")])


def check_event(dev, collector):
    """An event without a trace begins one, which the ledger keeps."""
    before = len(collector.spans())
    dev.put("landed.mp4", 400_000)
    wait_for("the video of the event", lambda: any(video["title"] == "landed" for video in dev.videos()))
    names = {"event", "upload", "hash", "create", "parts", "commit"}
    wait_for("the spans of the event", lambda: len(collector.spans()[before:]) >= len(names))
    spans = collector.spans()[before:]
    expect("an event's spans", sorted(span["name"] for span in spans), sorted(names))
    expect("are one trace", len({span["trace"] for span in spans}), 1)
    [event] = [span for span in spans if span["name"] == "event"]
    expect("whose root is the event", [s["name"] for s in spans if not s["parent"]], ["event"])
    ledger = pathlib.Path(dev.places["env"]["OSS2YOUKU_LEDGER__LOCATION"])
    steps = [json.loads(file.read_text()) for file in ledger.glob("ledger/*/000001.json")]
    recorded = [step["traceparent"] for step in steps if step["traceparent"][3:35] == event["trace"]]
    expect("and which the ledger keeps", recorded, [f"00-{event['trace']}-{event['id']}-01"])


def check_lambda(programs, dev, collector, port):
    """The function of Lambda, called with a task: the invocation's trace of X-Ray."""
    dev.put("user/dee/lambda.mp4", 400_000)
    RuntimeApi.events.append({"source": "oss://videos/user/dee/lambda.mp4", "account": "main"})
    api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
    api.daemon_threads = True
    threading.Thread(target=api.serve_forever, daemon=True).start()
    variables = dev.places["env"] | {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    function = subprocess.Popen([programs / "oss2youku-lambda"], env=variables, stderr=subprocess.DEVNULL)
    try:
        wait_for("the answer of the function", lambda: RuntimeApi.answers)
        expect("the function of Lambda answers", RuntimeApi.answers[0]["code"], "200")
        names = ["commit", "create", "event", "hash", "parts", "task", "upload"]
        find = lambda: [span for span in collector.spans() if span.get("trace") == XRAY]
        wait_for("its spans", lambda: len(find()) >= len(names))
        expect("its spans", sorted(span["name"] for span in find()), names)
        expect("continue the trace of X-Ray", [s["name"] for s in find() if s["parent"] == CALLER], ["event"])
    finally:
        function.kill()
        function.wait()


def check_command_line(programs, dev, collector, port, folder):
    """A file that the command line uploads: a trace that it begins."""
    before = len(collector.spans())
    film = folder / "by hand.mp4"
    film.write_bytes(os.urandom(400_000))
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}", "OSS2YOUKU_CONFIG": dev.places["settings_file"]}
    command = [programs / "oss2youku", "upload", "--force", film]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, timeout=PATIENCE, text=True)
    expect("the command line uploads", done.returncode, 0)
    names = {"publish", "upload", "create", "parts", "commit"}
    wait_for("the spans of the command line", lambda: len(collector.spans()[before:]) >= len(names))
    spans = collector.spans()[before:]
    expect("a file's spans", sorted(span["name"] for span in spans), sorted(names))
    expect("are one trace, too", len({span["trace"] for span in spans}), 1)
    expect("whose service has a name", {span["resource"]["service.name"] for span in spans}, {"Str(oss2youku)"})


def check_batch(programs, dev, folder):
    """Files of one command: the spans of each are sent when it ends, since there is no room for those of thousands."""
    sink = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    sink.daemon_threads = True
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    files = [folder / f"{number}.mp4" for number in range(3)]
    for file in files:
        file.write_bytes(os.urandom(1000))
    variables = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{sink.server_port}",
        "OSS2YOUKU_CONFIG": dev.places["settings_file"],
    }
    command = [programs / "oss2youku", "upload", "--force", "--parallel", "1", *files]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, timeout=PATIENCE, text=True)
    expect("the command line uploads several files", done.returncode, 0)
    expect("each file's spans are sent", len(Sink.sizes), len(files))


def check_terminal(programs, dev):
    """On a terminal there is no log: the command says that a variable does not fit."""
    for language, expected in {"en": "no traces are exported: a variable", "zh": "不导出链路追踪：变量"}.items():
        ours, terminal = pty.openpty()
        variables = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://not an address",
            "OSS2YOUKU_CONFIG": dev.places["settings_file"],
        }
        command = [programs / "oss2youku", "list", "--lang", language]
        subprocess.run(command, env=os.environ | variables, stdout=subprocess.DEVNULL, stderr=terminal, timeout=PATIENCE)
        os.close(terminal)
        with open(ours, "rb", buffering=0) as reader:
            text = reader.read(1 << 16).decode()
        expect("a terminal is told of a variable that does not fit", text.count(expected), 1)


def check_without_collector(programs, callback, what, port):
    """The upload ends as it should, and costs little more."""
    with tempfile.TemporaryDirectory() as folder:
        dev = Dev(programs, pathlib.Path(folder), port)
        try:
            times = []
            for number in range(3):
                dev.put(f"user/dee/{number}.mp4", 400_000)
                answer, seconds = dev.submit(str(number), callback, {"traceparent": f"00-{TRACE}-{CALLER}-01"})
                expect(f"{what}: an upload is answered", answer["code"], "200")
                times.append(seconds)
            expect(f"{what}: its videos", sorted(video["title"] for video in dev.videos()), ["0", "1", "2"])
            log = dev.log.read_text()
            expect(f"{what}: the log says so once", log.count("the collector did not take the traces"), 1)
            print(f"{what}: the calls took {', '.join(f'{one:.2f}' for one in times)} s", flush=True)
            expect(f"{what}: none waits longer", max(times) < min(times) + FLUSH + SLACK, True)
        finally:
            end(dev)


def main():
    programs = pathlib.Path(sys.argv[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    callback = f"http://127.0.0.1:{server.server_port}/done"
    with tempfile.TemporaryDirectory() as folder:
        folder, port = pathlib.Path(folder), free_port()
        collector = Collector(port, folder / "collector.log")
        dev = Dev(programs, folder, port)
        try:
            check_replay(dev, collector, check_request(dev, collector, callback))
            check_late_callback(dev, collector, callback)
            check_failure(dev, collector)
            check_event(dev, collector)
            check_lambda(programs, dev, collector, port)
            check_command_line(programs, dev, collector, port, folder)
            check_batch(programs, dev, folder)
            check_terminal(programs, dev)
        finally:
            end(dev)
            end(collector)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        check_without_collector(programs, callback, "a collector that never answers", silent.getsockname()[1])
    check_without_collector(programs, callback, "no collector", free_port())


main()
