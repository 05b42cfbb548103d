"""pygearman: submits one job and prints its answer and whether it saw progress; it keeps the latest word only."""

import json
import sys

import gearman

port, payload = sys.argv[1:]
client = gearman.GearmanClient([f"127.0.0.1:{port}"])
request = client.submit_job("upload", payload, poll_timeout=60.0)
text = request.result if request.state == gearman.JOB_COMPLETE else None
if isinstance(text, bytes):
    text = text.decode()
print(json.dumps({"answer": text, "statuses": int(bool(request.status.get("denominator")))}))
