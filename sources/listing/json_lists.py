"""JSON lists as content systems serve them to their pages: items under a dotted path, pages by a number in the address."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from extractors.readers.html.tree import parse as parse_html
from schemas.fetching import Answer, FetchFailed, Listed, Listing
from schemas.source import Keys, Selectors, SourceDefinition
from sources.listing.addresses import absolute, same_as
from sources.listing.dates import from_stamp, in_address, read_date
from sources.listing.html import read_items
from sources.listing.html import text_of as element_text
from sources.listing.markup import text_of, unfolded

if TYPE_CHECKING:
    from sources.listing import Ask

_CALLBACK = re.compile(r"\A\s*(?:/\*[^*]{0,200}\*/\s*)?(?:try\s*\{\s*)?[\w$.]{1,100}\s*\(")
_PLACEHOLDER = re.compile(r"\{([\w.]{1,100})\}")
_TITLE_MAX = 500
_REDESIGNED = (
    "接口是否改了？请更正后用 sources test 试 / has the interface changed? correct it and try `duzheng sources test`"
)
_MISSING = object()


def pages(
    definition: SourceDefinition, ask: Ask, listing: Listing, today: datetime.date
) -> Iterator[tuple[str, list[Listed]]]:
    """The address and the items of each page of a JSON list, until one holds nothing new.

    Raises:
        FetchFailed: a page was not fetched, is no JSON, or lacks a key.
    """
    keys = definition.keys or Keys()
    seen: set[str] = set()
    for number, url in enumerate(_addresses(definition)):
        if definition.paging is not None and number >= definition.paging.most:
            listing.complete = False
            return
        answer = ask(url)
        content = _content(answer, definition.charset)
        if definition.selectors is not None:
            items = _marked_up(content, keys.items, definition.selectors, answer.final_url, today, number)
        else:
            items = _items(content, keys, definition.url, answer.final_url, today, number)
        new = {same_as(item.url) for item in items} - seen
        seen |= new
        if number and not new:
            return
        yield url, items
        if not items:
            return


def _addresses(definition: SourceDefinition) -> Iterator[str]:
    paging = definition.paging
    if paging is None or paging.pattern is None:
        yield definition.url
        return
    page = paging.first
    while (url := absolute(definition.url, paging.pattern.replace("{page}", str(page)))) is not None:
        yield url
        page += paging.step


def _content(answer: Answer, charset: str | None) -> Any:
    text = text_of(answer, charset).strip()
    url = answer.final_url
    try:
        # Some answer with a call of the page's function: callback({…});
        start = match.end() if (match := _CALLBACK.match(text)) and text[:1] not in "{[" else 0
        return json.JSONDecoder(strict=False).raw_decode(text, start + _blank(text, start))[0]
    except (ValueError, RecursionError) as error:
        message = f"不是 JSON / this is no JSON（{' '.join(text[:60].split())}…）"
        raise FetchFailed(url, "listing", message, "请核对 url / check url", field="url") from error


def _blank(text: str, start: int) -> int:
    return len(text[start : start + 1_000]) - len(text[start : start + 1_000].lstrip())


def _items(content: Any, keys: Keys, base: str, url: str, today: datetime.date, number: int) -> list[Listed]:
    rows = _at(content, keys.items)
    if isinstance(rows, dict):
        rows = list(rows.values())
    if number and rows is None:
        return []  # beyond the last page; an answer without the key is an error that says 200
    if not isinstance(rows, list):
        raise _nothing(url, "keys.items", keys.items or "(top 最外层)", content, "不是列表 / is no list")
    found: list[Listed] = []
    held = dict.fromkeys(("url", "title", "date"), False)
    for row in rows:
        written = _filled(row, keys.url)
        held["url"] = held["url"] or written is not None
        address = absolute(base, written)
        if address is None:
            continue
        title = _at(row, keys.title) if keys.title else None
        moment = _at(row, keys.date) if keys.date else None
        held["title"] = held["title"] or isinstance(title, str)
        day = _day(moment, today)
        held["date"] = held["date"] or day is not None
        shown = _plain(title) if isinstance(title, str) else ""
        found.append(Listed(address, shown[:_TITLE_MAX] or None, day or in_address(address, today)))
    if rows and not found:
        what = "都不是网址 / holds no address" if held["url"] else "找不到 / is not there"
        raise _nothing(url, "keys.url", keys.url, rows[0], what)
    for name, key in (("title", keys.title), ("date", keys.date)):
        if found and key and not held[name]:
            raise _nothing(url, f"keys.{name}", key, rows[0], "找不到或无法读 / is not there, or cannot be read")
    return found


def _marked_up(
    content: Any, path: str, selectors: Selectors, url: str, today: datetime.date, number: int
) -> list[Listed]:
    """The items of markup that is packed into JSON, ``{"data": {"html": "<ul>…"}}``."""
    found = _at(content, path)
    pieces = found if isinstance(found, list) else [found]
    if number and not any(isinstance(piece, str) and piece.strip() for piece in pieces):
        return []  # beyond the last page
    if not all(isinstance(piece, str) for piece in pieces):
        raise _nothing(url, "keys.items", path or "(top 最外层)", content, "不是网页片段 / is no markup")
    root, _ = parse_html(unfolded("".join(pieces)))
    if root is None:
        raise _nothing(url, "keys.items", path, content, "是空的 / is empty")
    try:
        return read_items(root, url, selectors, today)
    except FetchFailed:
        if number:
            return []  # a page beyond the last that says so in words
        raise


def _at(value: Any, path: str) -> Any:
    """What stands at a dotted path; None where there is null on the way, ``_MISSING`` where there is no such place."""
    for step in path.split(".") if path else ():
        if value is None:
            return None
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def _filled(row: Any, key: str) -> str | None:
    """The address that a key holds, or the template with the item's fields put in; None where one is not there."""
    if "{" not in key:
        value = _at(row, key)
        return value if isinstance(value, str) and value.strip() else None
    values = {name: _at(row, name) for name in _PLACEHOLDER.findall(key)}
    if not all(isinstance(value, str | int) and str(value).strip() for value in values.values()):
        return None
    return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), key)


def _day(value: Any, today: datetime.date) -> datetime.date | None:
    if isinstance(value, bool) or value is _MISSING or value is None:
        return None
    if isinstance(value, int | float):
        return from_stamp(value, today) or read_date(str(value), today)
    return read_date(value, today) if isinstance(value, str) else None


def _plain(title: str) -> str:
    """A title without the tags and entities that search results put in."""
    if "<" not in title and "&" not in title:
        return " ".join(title.split())
    root, _ = parse_html(title)
    return "" if root is None else " ".join("".join(root.itertext()).split()) or element_text(root)


def _nothing(url: str, field: str, key: str, at: Any, what: str) -> FetchFailed:
    if isinstance(at, dict):
        there = "、".join(str(name) for name in list(at)[:12])
    else:
        there = type(at).__name__
    message = f"{field} {key!r} {what}（那里有 there are: {there[:200]}）"
    return FetchFailed(url, "listing", message, _REDESIGNED, field=field)
