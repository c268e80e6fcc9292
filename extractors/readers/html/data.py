"""An article that a page carries as data for its scripts: JSON of a framework, the standard's ``articleBody``, a textarea.

Only where the page itself shows none, and only what is plainly the article: the longest text under a name such as
``content``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extractors.readers.html.tree import Element

_KEYS = frozenset(
    (
        "content",
        "articlecontent",
        "article_content",
        "articlebody",
        "body",
        "html",
        "contenthtml",
        "htmlcontent",
        "detail",
        "text",
        "txt",
        "richtext",
        "newscontent",
        "infocontent",
        "doccontent",
        "zhengwen",
        "neirong",
    )
)
_TITLES = ("title", "articletitle", "headline", "doctitle", "newstitle", "name")
_ASSIGNED = re.compile(
    r"(?:__[A-Z][A-Z_]{2,40}__|[\w.]{0,40}(?:[Ss]tate|[Dd]ata|[Aa]rticle|[Dd]etail|[Nn]ews))\s*=\s*(?=[{\[])"
)
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_MIN_IDEOGRAPHS = 60
_MAX_SCRIPT = 5_000_000
_MAX_STARTS = 20


@dataclass(frozen=True, slots=True)
class Carried:
    """An article found in a page's data: ``markup`` is HTML or plain text; ``title`` is what stands beside it."""

    markup: str
    title: str | None = None


def article(root: Element) -> Carried | None:
    """The article among a page's data, None where there is none."""
    found: list[Carried] = []
    for script in root.iter("script"):
        text = (script.text or "").strip()
        if len(text) <= _MAX_SCRIPT:
            for value in _values(text):
                found += _articles(value)
    for area in root.iter("textarea"):
        text = "".join(area.itertext()).strip()
        if text.startswith("<"):
            found.append(Carried(text))
    found = [one for one in found if len(_IDEOGRAPH.findall(one.markup)) >= _MIN_IDEOGRAPHS]
    return max(found, key=lambda one: len(one.markup), default=None)


def _values(text: str) -> Iterator[Any]:
    """The JSON that a script is, or that it assigns to a variable named like a page's state."""
    starts = [0] if text[:1] in ("{", "[") else [m.end() for m in _ASSIGNED.finditer(text)][:_MAX_STARTS]
    decoder = json.JSONDecoder(strict=False)
    for start in starts:
        try:
            yield decoder.raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue


def _articles(value: Any) -> Iterator[Carried]:
    """Every text under one of the article's names, however deep, with the title that stands beside it."""
    open_: list[Any] = [value]
    while open_:
        current = open_.pop()
        if isinstance(current, list):
            open_ += current
        elif isinstance(current, dict):
            lower = {str(key).lower(): inner for key, inner in current.items()}
            title = next((lower[key] for key in _TITLES if isinstance(lower.get(key), str)), None)
            for key, inner in lower.items():
                if isinstance(inner, str) and key in _KEYS:
                    yield Carried(inner, title)
                elif isinstance(inner, (dict, list)):
                    open_.append(inner)
