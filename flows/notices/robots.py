"""Group robots of WeCom, DingTalk and Feishu: their answers are read, because they refuse with status 200.

Apprise knows their addresses and signs for DingTalk, but takes every answer of status 200 as delivered: a wrong key, a
missing keyword or a full quota (``errcode`` 93000, 310000, 45009; Feishu's ``code`` 19024) would pass for success. A
robot of Feishu that demands signatures is given its secret as ``feishu://TOKEN?secret=SECRET``.

Texts, not Markdown: a title can then hold no link, no mention and no image.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

if TYPE_CHECKING:
    from apprise import NotifyBase

_SECONDS = 20.0

LIMITS = {"wecombot": 2048, "dingtalk": 18_000, "feishu": 18_000}
"""Bytes of UTF-8 that a text may have. WeCom's documentation says 2048; the others allow some 20,000 for the whole."""


def from_page(address: str) -> str:
    """The address that a robot's page shows (``https://oapi.dingtalk.com/robot/send?access_token=…``) as Apprise's; any
    other as it is. A secret is given with it as ``&secret=…``. WeCom's is known to Apprise itself."""
    pieces = urlsplit(address)
    given = {name: values[0] for name, values in parse_qs(pieces.query).items()}
    secret = given.get("secret", "")
    if pieces.hostname == "oapi.dingtalk.com" and "access_token" in given:
        return f"dingtalk://{secret + '@' if secret else ''}{given['access_token']}"
    if pieces.hostname == "open.feishu.cn" and "/bot/v2/hook/" in pieces.path:
        token = pieces.path.rstrip("/").rpartition("/")[2]
        return f"feishu://{token}" + (f"?secret={quote(secret, safe='')}" if secret else "")
    return address


def kind_of(plugin: NotifyBase) -> str | None:
    """Which robot an address of Apprise is of; None of none."""
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.feishu import NotifyFeishu
    from apprise.plugins.wecombot import NotifyWeComBot

    kinds = {"wecombot": NotifyWeComBot, "dingtalk": NotifyDingTalk, "feishu": NotifyFeishu}
    return next((name for name, kind in kinds.items() if isinstance(plugin, kind)), None)


def post(kind: str, plugin: Any, address: str, text: str) -> str | None:
    """Sends a text; gives None, or why it did not arrive (which may hold secrets).

    Args:
        kind: as from ``kind_of``.
        plugin: Apprise's object, which knows the address and the certificate settings.
        address: the address it was made from.
        text: within ``LIMITS``.
    """
    import httpx

    url, body = _request(kind, plugin, address, text)
    try:
        answer = httpx.post(url, json=body, timeout=_SECONDS, verify=plugin.verify_certificate, follow_redirects=False)
    except httpx.HTTPError as error:
        return f"{kind}: {type(error).__name__}: {error}"
    if answer.status_code != 200:
        return f"{kind}: HTTP {answer.status_code}"
    return _refusal(kind, answer.content)


def _request(kind: str, plugin: Any, address: str, text: str) -> tuple[str, dict[str, Any]]:
    if kind == "wecombot":
        return str(plugin.api_url), {"msgtype": "text", "text": {"content": text}}
    if kind == "dingtalk":
        url = plugin.notify_url.format(token=plugin.token)
        if plugin.secret:
            timestamp, signature = plugin.get_signature()
            url += f"&timestamp={timestamp}&sign={signature}"
        body: dict[str, Any] = {"msgtype": "text", "text": {"content": text}}
        return url, body | {"at": {"atMobiles": plugin.targets, "isAtAll": False}}
    signed: dict[str, Any] = {}
    secret = parse_qs(urlsplit(address).query).get("secret")
    if secret:
        timestamp = str(int(time.time()))
        key = f"{timestamp}\n{secret[0]}".encode()
        signed = {"timestamp": timestamp, "sign": base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()}
    url = plugin.notify_url.format(token=plugin.token).rstrip("/")
    return url, signed | {"msg_type": "text", "content": {"text": text}}


def _refusal(kind: str, content: bytes) -> str | None:
    try:
        said = json.loads(content)
        code = next(said[name] for name in ("errcode", "code", "StatusCode") if name in said)
    except (ValueError, TypeError, StopIteration):
        return (
            f"{kind}: 应答不是此机器人的，请检查中间是否有代理或登录页 / "
            "the answer is not one of this robot (is a proxy or a login page in between?)"
        )
    if code == 0:
        return None
    words = said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or ""
    return f"{kind}: 被拒绝，代码 {code}：{words} / refused with code {code}: {words}"
