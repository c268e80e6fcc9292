"""Addresses as they may be recorded, logged and shown: without the password that some carry before the ``@``."""

from __future__ import annotations

import re

_USER = re.compile(r"(?<=://)([^\s/?#:@，。；、（）]{0,200}:)?[^\s/?#，。；、（）]{1,500}@")
"""RFC 3986, 3.2.1: it ends at the last ``@`` before the path; people write passwords with ``@`` in them. What stands there
alone may be a token."""


def without_password(text: str) -> str:
    """``text`` with ``…`` for the password, or token, of every address in it; the name before a password stays."""
    return _USER.sub(lambda found: f"{found[1] or ''}…@", text)
