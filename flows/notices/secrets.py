"""Addresses with secrets: put together from the environment when something is sent, and kept out of every message."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, unquote, urlsplit

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TALKATIVE = ("apprise", "urllib3", "requests", "httpx", "httpcore", "asyncio")
"""They log addresses, tokens included, some of them at every level."""
_SHORTEST = 5
"""Shorter parts of an address (``yes``, ``a``) are no secrets, and replacing them would garble messages."""
MASK = "***"


class UnknownVariable(Exception):
    """A variable that an address names is not set; ``str`` is its name."""


def resolved(url: str) -> tuple[str, set[str]]:
    """The address with what the environment gives, and what must not appear in a message.

    A variable that is the whole address is taken as it is; inside one its value is percent-encoded.

    Raises:
        UnknownVariable: a variable is not set.
    """
    secrets: set[str] = set()
    whole = _VARIABLE.fullmatch(url.strip())

    def value(match: re.Match[str]) -> str:
        given = os.environ.get(match[1])
        if not given:
            raise UnknownVariable(match[1])
        secrets.add(given)
        return given.strip() if whole else quote(given, safe="")

    address = _VARIABLE.sub(value, url.strip())
    return address, secrets | _parts(address)


def masked(text: str, secrets: set[str]) -> str:
    """The text without secrets, on one line and not longer than a line of a log should be."""
    forms = {form for secret in secrets for form in (secret, unquote(secret), quote(secret, safe=""), quote(secret))}
    for form in sorted(forms, key=len, reverse=True):
        if len(form) >= 3:
            text = text.replace(form, MASK)
    return " ".join(text.split())[:500]


def shown(url: str) -> str:
    """What may be shown of an address as it stands in the settings: its kind, and the host of mail and webhooks."""
    scheme, found, rest = url.partition("://")
    if not found:
        return "${…}" if "${" in url else MASK
    if scheme.lower() in ("json", "jsons", "mailto", "mailtos") and "${" not in rest.rpartition("@")[2].split("/")[0]:
        return f"{scheme}://{urlsplit(url).hostname or ''}"
    return f"{scheme}://{MASK}"


@contextmanager
def quiet_logs() -> Iterator[list[str]]:
    """What the sending libraries log goes nowhere but into the list that is given: why something failed."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if record.levelno >= logging.WARNING or message.startswith(("Socket Exception", "SMTP Exception")):
                said.append(message)

    listener = Listener()
    before = {}
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        before[name] = (logger.level, logger.propagate, logger.handlers)
        logger.propagate = False
        logger.handlers = [listener] if name == "apprise" else [logging.NullHandler()]
        logger.setLevel(logging.DEBUG if name == "apprise" else logging.WARNING)
    try:
        yield said
    finally:
        for name, (level, propagate, handlers) in before.items():
            logger = logging.getLogger(name)
            logger.setLevel(level)
            logger.propagate, logger.handlers = propagate, handlers


def _parts(address: str) -> set[str]:
    """Every part of an address that may be secret; of robots the token stands where others have the host."""
    pieces = urlsplit(address)
    host = pieces.netloc.rpartition("@")[2]
    # Of mail and webhooks the host is what a person needs to find a fault.
    found = {pieces.password or "", *pieces.path.split("/")}
    if pieces.scheme.lower() not in ("json", "jsons", "mailto", "mailtos", "http", "https"):
        found |= {host, pieces.username or ""}
    for pair in pieces.query.split("&"):
        name, _, value = pair.partition("=")
        if name not in ("to", "from", "cc", "bcc", "smtp", "name", "format", "overflow", "verify", "mode"):
            found.add(value)
    return {part for part in found if len(part) >= _SHORTEST}
