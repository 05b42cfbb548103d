#!/usr/bin/env bash
# lambda_runtime 1.5.0 (crates.io), a streamed response that fails midway: the error becomes part of the body that the caller receives.
#
# Expected: Lambda's guide to custom runtimes has such an error reported in the trailers of the chunked response,
# `Lambda-Runtime-Function-Error-Type` and `-Error-Body`, so that Lambda knows the invocation as failed. The runtime announces both in its
# header `Trailer`, and its comment refers to that page.
# Instead: it writes the two fields, with `\r\n` after each and the error's text in base64, as one more chunk of data. The response then ends
# regularly and without trailers: to Lambda it is a success, and the caller's last bytes are `Lambda-Runtime-Function-Error-Type: ...`, after
# whatever was sent before, such as half a line of JSON. The caller can read the error's text, which was meant for Lambda.
# What this product does: its streams never yield an error: progress ends with an outcome or, where the program is at fault, without one, which
# clients know as broken off (docs/guide/http-api.md).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "function"
version = "0.0.0"
edition = "2021"

[dependencies]
lambda_runtime = { version = "=1.5.0", default-features = false }
tokio = { version = "=1.54.1", features = ["macros", "rt"] }
tokio-stream = "=0.1.19"

[workspace]
TOML
cat >src/main.rs <<'RUST'
use lambda_runtime::{run, service_fn, Error, LambdaEvent, StreamResponse};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(|_: LambdaEvent<()>| async {
        let parts = [Ok("{\"sent\": 1}\n"), Err(std::io::Error::other("the disk of host 7 failed"))];
        Ok::<_, Error>(StreamResponse::from(tokio_stream::iter(parts)))
    }))
    .await
}
RUST
cargo build --quiet
cat >api.py <<'PYTHON'
"""One invocation of the runtime API; prints what the function answered, chunks and trailers apart."""

import http.server
import subprocess
import sys
import threading

answered = {}


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if answered.setdefault("asked", 0):
            return threading.Event().wait()
        answered["asked"] = 1
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "1")
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"null")

    def do_POST(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        trailers = []
        while (line := self.rfile.readline()) != b"\r\n":
            trailers.append(line)
        answered.update(body=body, trailers=trailers, announced=self.headers.get_all("Trailer"))
        done.set()

    def log_message(self, *_):
        pass


done = threading.Event()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
env = {f"AWS_LAMBDA_{name}": "f" for name in ("FUNCTION_NAME", "FUNCTION_VERSION", "LOG_GROUP_NAME", "LOG_STREAM_NAME")}
env |= {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}"}
function = subprocess.Popen([sys.argv[1]], env=env)
if not done.wait(60):
    sys.exit("the function did not answer")
function.kill()
prelude, body = answered["body"].split(b"\0" * 8)
print("lambda_runtime 1.5.0: announced trailers:", answered["announced"], "sent:", answered["trailers"], "body:", body)
expected = b'{"sent": 1}\nLambda-Runtime-Function-Error-Type: Runtime.StreamError\r\nLambda-Runtime-Function-Error-Body: '
sys.exit(0 if body.startswith(expected) and not answered["trailers"] else 1)
PYTHON
python3 api.py target/debug/function
