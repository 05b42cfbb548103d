"""Sends the Youku clients to a local Youku (YOUKU_API) without touching them: Python loads this by itself."""

import os
import socket

import requests

_request = requests.Session.request
_gethostbyname = socket.gethostbyname


def request(self, method, url, *args, **kwargs):
    local = url
    for host in ("https://api.youku.com", "https://openapi.youku.com"):
        local = local.replace(host, os.environ["YOUKU_API"], 1)
    return _request(self, method, local, *args, **kwargs)


def gethostbyname(name):
    """`ip:port` stays what it is: the clients put the result into a URL."""
    return name if ":" in name else _gethostbyname(name)


requests.Session.request = request
socket.gethostbyname = gethostbyname
