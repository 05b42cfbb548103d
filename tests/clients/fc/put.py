"""Puts one object with oss2. usage: put.py ENDPOINT ACCESS_KEY_ID ACCESS_KEY_SECRET BUCKET KEY CONTENT"""

import sys

import oss2

endpoint, key_id, key_secret, bucket, key, content = sys.argv[1:]
auth = oss2.AuthV4(key_id, key_secret)
oss2.Bucket(auth, endpoint, bucket, region="cn-hangzhou", is_path_style=True).put_object(key, content)
