"""Uploads one file with a real Youku client, or resumes it: upload.py oss|slice FILE CLIENT_ID ACCESS_TOKEN."""

import json
import sys

mode, file, client_id, access_token = sys.argv[1:]
video = {"title": "海边的一天", "tags": "旅行,sea", "description": "+ % & = ?"}

if mode == "oss":
    from youku_upload import YoukuUpload

    video_id = YoukuUpload(client_id, access_token, file).upload(**video)
else:
    from youku import YoukuUpload

    video_id = YoukuUpload(client_id, access_token, file).upload(video)

print(json.dumps({"video_id": video_id}))
