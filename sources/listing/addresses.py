"""Addresses of items: what a link means on its page, and when two addresses are the same item."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urldefrag, urljoin, urlsplit, urlunsplit

_SCHEMES = ("http", "https")
_MAX = 4096
_REDIRECTING = "target"
"""The parameter in which pages that lead out of a site carry the address: ``/link.jsp?target=https%3A%2F%2F…``."""


def absolute(base: str, link: str | None) -> str | None:
    """The address a link leads to, without its fragment; None for what is no address of a page.

    ``javascript:``, ``mailto:`` and the like, links within the page and empty ones are None. Chinese characters and
    spaces are percent-encoded (RFC 3987, 3.1), as browsers do, so that one address is written one way.

    Args:
        base: the address of the page, or what its ``<base>`` says.
        link: the attribute as written.
    """
    text = "".join((link or "").split("\n")).replace("\t", "").replace("\r", "").strip()
    if not text or text.startswith("#") or len(text) > _MAX:
        return None
    try:
        joined = urldefrag(urljoin(base, text.replace("\\", "/"))).url
        parts = urlsplit(joined)
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in _SCHEMES or not host:
        return None
    if (behind := _behind(parts.query)) is not None and (real := absolute(joined, behind)) is not None:
        return real
    if ":" in host:
        host = f"[{host}]"
    usual = {"http": 80, "https": 443}[parts.scheme]
    place = host if port in (None, usual) else f"{host}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme, place, path, quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"), ""))


def same_as(url: str) -> str:
    """What two addresses of one item share: sites link the same page by http and by https."""
    for scheme in _SCHEMES:
        if url.startswith(f"{scheme}://"):
            return url.removeprefix(f"{scheme}:")
    return url


def _behind(query: str) -> str | None:
    """The address that a redirecting link carries, where it is one."""
    if _REDIRECTING not in query:
        return None
    value = parse_qs(query, max_num_fields=100).get(_REDIRECTING, [""])[0]
    return value if value.startswith(("http://", "https://", "/")) else None
