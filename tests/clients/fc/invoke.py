"""Alibaba's own client (PyPI alibabacloud-fc20230330) against the local Function Compute.

usage: invoke.py ENDPOINT FUNCTION ACCESS_KEY_ID ACCESS_KEY_SECRET
Prints one JSON line; exits non-zero at the first thing that is not as it should be.
"""

import base64
import io
import json
import sys

from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions

endpoint, function, key_id, key_secret = sys.argv[1:]


def client(key_id, key_secret):
    return Client(
        Config(
            access_key_id=key_id,
            access_key_secret=key_secret,
            endpoint=endpoint,
            region_id="cn-hangzhou",
            protocol="http",
        )
    )


def invoke(body, client, function=function, qualifier=None, **headers):
    return client.invoke_function_with_options(
        function,
        models.InvokeFunctionRequest(body=io.BytesIO(body), qualifier=qualifier),
        models.InvokeFunctionHeaders(**headers),
        RuntimeOptions(autoretry=False),
    )


def header(response, name):
    return next((value for key, value in response.headers.items() if key.lower() == name), None)


def refused(code, status, *args, **kwargs):
    try:
        invoke(*args, **kwargs)
    except Exception as error:
        got = (getattr(error, "status_code", None), str(getattr(error, "code", "")))
        assert got == (status, code), f"expected {status} {code}, got {got}: {error}"
        assert getattr(error, "request_id", None) not in (None, "", "None"), "no request id"
        return
    raise AssertionError(f"expected {code}, but the call went through")


good = client(key_id, key_secret)
event = {"name": "中文 & ?=+%", "n": 1}

first = invoke(json.dumps(event).encode(), good, qualifier="LATEST", x_fc_log_type="Tail")
answer = json.loads(first.body.read())
assert first.status_code == 200, first.status_code
assert answer["event"] == event, answer
assert answer["control_path"] == "/invoke", answer
assert answer["request_id"] == header(first, "x-fc-request-id"), answer
assert header(first, "x-fc-error-type") is None
assert header(first, "x-fc-instance-id"), first.headers
log = base64.b64decode(header(first, "x-fc-log-result")).decode()
assert "call 1" in log, log

second = json.loads(invoke(b"{}", good).body.read())
assert (second["calls"], second["pid"]) == (2, answer["pid"]), "the instance was not reused"

failed = invoke(b"fail", good)
assert failed.status_code == 200, failed.status_code
assert header(failed, "x-fc-error-type") == "UnhandledInvocationError", failed.headers
assert json.loads(failed.body.read())["errorType"] == "Asked"

queued = invoke(b"{}", good, x_fc_invocation_type="Async", x_fc_async_task_id="task-1")
assert queued.status_code == 202, queued.status_code
refused("StatefulAsyncInvocationAlreadyExists", 409, b"{}", good, x_fc_invocation_type="Async", x_fc_async_task_id="task-1")
refused("EntityTooLarge", 400, b" " * (128 * 1024 + 1), good, x_fc_invocation_type="Async")
refused("InvalidArgument", 400, b"{}", good, common_headers={"x-fc-mine": "1"})
refused("FunctionNotFound", 404, b"{}", good, function="nobody")
refused("SignatureNotMatch", 403, b"{}", client(key_id, "wrong"))
refused("InvalidAccessKeyID", 403, b"{}", client("nobody", key_secret))

print(json.dumps({"pid": answer["pid"], "queued": header(queued, "x-fc-request-id")}))
