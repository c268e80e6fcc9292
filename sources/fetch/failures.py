"""What went wrong on the way to a server, in words a person can act on."""

from __future__ import annotations

import ssl
from typing import cast

import httpcore

from schemas.fetching import FetchCause, FetchFailed
from sources import pages

_STATUSES = {
    401: ("需要登录", "it wants a log-in"),
    403: ("禁止访问", "it forbids the access"),
    404: ("页面不存在", "there is no such page"),
    410: ("页面已删除", "the page was taken away"),
    412: ("网站的防护拒绝了请求", "the site's protection refuses the request"),
    429: ("请求过于频繁", "it is asked too often"),
    500: ("服务器出错", "the server failed"),
    502: ("网关出错", "its gateway failed"),
    503: ("服务器忙", "the server is busy"),
    504: ("网关超时", "its gateway timed out"),
    521: ("网站的防护拒绝了请求", "the site's protection refuses the request"),
}


def http_failure(url: str, status: int) -> FetchFailed:
    """The failure that a status means.

    Args:
        url: the address that was asked.
        status: neither 200 nor one that is followed.
    """
    chinese, english = _STATUSES.get(status, ("", ""))
    said = f"（{chinese}） / the server answers {status}: {english}" if chinese else f" / the server answers {status}"
    cure = "下次运行会再试 / the next run tries again" if status >= 500 or status == 429 else ""
    return FetchFailed(url, "http_status", f"服务器答复 {status}{said}", cure, status)


def blocked_failure(url: str, status: int, body: bytes) -> FetchFailed | None:
    """The failure of an answer that is a firewall's page or a log-in, and says so; None for any other.

    Args:
        url: the address that was asked.
        status: the status. 404 and 410 are what they are, whatever their page says.
        body: the beginning of the answer.
    """
    if status in (404, 410) or not pages.is_page(body, url):
        return None
    refused = pages.examine(body, url).refused
    if refused is None or refused.cause not in ("block_page", "login_page"):
        return None
    message = f"服务器答复 {status}：{refused.message}"
    return FetchFailed(url, cast(FetchCause, refused.cause), message, refused.cure, status)


def failure_of(url: str, error: Exception, seconds: float, proxied: bool) -> tuple[FetchFailed, bool]:
    """The failure that an error of a connection means, and whether another attempt can help.

    Args:
        url: the address that was asked.
        error: httpcore's.
        seconds: the source's timeout, for the message.
        proxied: whether the source goes through a proxy.
    """
    if isinstance(error, httpcore.TimeoutException):
        message = f"{seconds:g} 秒内没有应答，或内容传得过慢 / no answer within {seconds:g} seconds, or too slow a one"
        return FetchFailed(url, "timeout", message, "可在来源中加大 timeout_seconds / raise timeout_seconds"), True
    if (certificate := _certificate_error(error)) is not None:
        message = f"网站的证书不可信：{certificate.verify_message} / the site's certificate is not trusted"
        cure = "请核对网址；单位网络的证书用 SSL_CERT_FILE 指明 / check the address; name your network's own in SSL_CERT_FILE"
        return FetchFailed(url, "no_connection", message, cure), False
    if isinstance(error, httpcore.ProxyError):
        message = f"代理拒绝了请求：{error} / the proxy refuses the request"
        return FetchFailed(url, "no_connection", message, "请核对代理 / check the proxy"), True
    said = str(error) or type(error).__name__
    if isinstance(error, httpcore.ConnectError):
        where = "代理或服务器" if proxied else "服务器"
        message = f"连接不上{where}：{said} / no connection to the server"
        return FetchFailed(url, "no_connection", message, "请核对网址和网络 / check the address and the network"), True
    message = f"连接中断：{said} / the connection broke off"
    return FetchFailed(url, "no_connection", message, "下次运行会再试 / the next run tries again"), True


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None
