"""Asks about videos and changes them with a real Youku client: manage.py CALL JSON CLIENT_ID ACCESS_TOKEN.

Prints what the method answers, or the fields of the error that it raises.
"""

import json
import sys

from youku import YoukuVideos
from youku.util import YoukuError

call, arguments, client_id, access_token = sys.argv[1:]
arguments = json.loads(arguments)
videos = YoukuVideos(client_id)
if call in ("find_videos_by_me", "update_video", "destroy_video"):
    arguments["access_token"] = access_token

try:
    print(json.dumps({"answer": getattr(videos, call)(**arguments)}))
except YoukuError as error:
    print(json.dumps({"code": error.code, "status": error.status_code}))
