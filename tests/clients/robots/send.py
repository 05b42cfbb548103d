"""Sends messages with a public client: send.py CLIENT ADDRESS SECRET MESSAGE...; an empty secret: none.

Prints one line of JSON: for each message what the client returned, or the name of what it raised."""

import json
import sys

client, address, secret, *messages = sys.argv[1:]
token = address.replace("=", "/").rsplit("/", 1)[-1]


def dingtalkchatbot():
    from dingtalkchatbot.chatbot import DingtalkChatbot

    robot = DingtalkChatbot(address, secret=secret or None)
    return lambda text: robot.send_markdown(title="oss2youku", text=text)


def onepush_dingtalk():
    from onepush import notify

    return lambda text: notify("dingtalk", token=token, secret=secret or None, content=text).text


def onepush_lark():
    from onepush import notify

    return lambda text: notify("lark", webhook=address, keyword="", sign=secret, content=text).text


def onepush_wecom():
    from onepush import notify

    return lambda text: notify("wechatworkbot", key=token, content=text, markdown=1).text


def pylgb():
    from pylgb import TextBot

    return TextBot(address, sign_secret=secret or None).send


def pywgb_text():
    from pywgb.bot import TextBot

    return TextBot(address).send


def pywgb_markdown():
    from pywgb.bot import MarkdownBot

    return MarkdownBot(address).send


send = globals()[client]()
results = []
for message in messages:
    try:
        results.append({"returned": send(message)})
    except Exception as error:
        results.append({"raised": type(error).__name__})
print(json.dumps(results))
