"""Titles and names as they can be shown to people in any channel: one line, and nothing in them that is markup.

Titles come from web pages and files of strangers. Mail gets HTML, where templates escape everything. Chats read Markdown,
HTML-like tags and mentions (``<at user_id="all">``, ``@all``, ``[…](…)``): there, characters that could begin such are
replaced by their full-width forms, which look alike and mean nothing; an address in a title is no longer a link.
"""

from __future__ import annotations

import unicodedata

_INERT = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀", "@": "＠", "|": "｜", "\\": "＼"}
)


def one_line(text: str, longest: int = 120) -> str:
    """The text on one line, without control characters and without marks that turn the direction of writing."""
    bare = "".join(
        " "
        if c.isspace() or unicodedata.category(c) == "Cc"
        else ""
        if unicodedata.category(c) in ("Cf", "Cs", "Co")
        else c
        for c in text[: longest * 8]
    )
    flat = " ".join(bare.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def inert(text: str) -> str:
    """The text for a chat: nothing in it is a tag, a link, a mention or emphasis."""
    return text.translate(_INERT).replace("://", "：//")
