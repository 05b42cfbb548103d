"""Sends the robots' clients to local robots (ROBOTS) without touching them: Python loads this by itself."""

import os

import requests

VENDORS = ("https://oapi.dingtalk.com", "https://open.feishu.cn", "https://qyapi.weixin.qq.com")

_request = requests.Session.request


def request(self, method, url, *args, **kwargs):
    for vendor in VENDORS:
        if url.startswith(vendor + "/"):
            return _request(self, method, os.environ["ROBOTS"] + url[len(vendor):], *args, **kwargs)
    raise ValueError(f"no robot is there: {url}")


requests.Session.request = request
