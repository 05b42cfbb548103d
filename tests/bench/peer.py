"""What people do today: download the object with oss2 to a disk, upload the file with a Youku client.

peer.py oss|slice ENDPOINT BUCKET KEY FILE CLIENT_ID ACCESS_TOKEN; prints what it cost as JSON.
"""

import json
import os
import resource
import sys
import time

import oss2

mode, endpoint, bucket, key, file, client_id, access_token = sys.argv[1:]
key_id, secret = os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"], os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]



def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# A worker that has run for long has its libraries loaded.
if mode == "oss":
    from youku_upload import YoukuUpload
else:
    from youku import YoukuUpload

begun, cpu_before = time.monotonic(), cpu()
store = oss2.Bucket(oss2.Auth(key_id, secret), endpoint, bucket)
store.get_object_to_file(key, file)
video = {"title": "legacy", "tags": "bench", "description": ""}
upload = YoukuUpload(client_id, access_token, file).upload
video_id = upload(**video) if mode == "oss" else upload(video)
seconds, cpu_seconds = time.monotonic() - begun, cpu() - cpu_before

with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
with open("/proc/self/io") as io:
    written = next(int(line.split()[1]) for line in io if line.startswith("write_bytes:"))
print(
    json.dumps(
        {
            "video_id": video_id,
            "seconds": seconds,
            "cpu_seconds": cpu_seconds,
            "peak_kib": peak,
            "written_bytes": written,
        }
    )
)
