"""HTML list pages: items by CSS selectors, further pages by a link, a pattern or the script call of the page."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from extractors.readers.html.tree import Element
from schemas.fetching import FetchFailed, Listed, Listing
from schemas.source import Selectors, SourceDefinition
from sources.listing.addresses import absolute, same_as
from sources.listing.dates import in_address, read_date
from sources.listing.markup import html_tree
from sources.listing.paging import Pages

if TYPE_CHECKING:
    from sources.listing import Ask

_TITLE_MAX = 500
_DATE_MAX = 60
_DATE_ATTRIBUTES = ("datetime", "data-time", "data-date", "title", "content", "value")
# What an element that shows a date and nothing else may hold beside digits.
_DATE_ONLY = re.compile(
    r"[\d\s\-/.:：年月日时分秒号\[\]()（）【】〔〕|]+|发布时间|发布日期|发文日期|成文日期|时间|日期"
)
_REDESIGNED = (
    "网站是否改版？请更正后用 sources test 试 / has the site been redesigned? correct it and try `duzheng sources test`"
)


def pages(
    definition: SourceDefinition, ask: Ask, listing: Listing, today: datetime.date
) -> Iterator[tuple[str, list[Listed]]]:
    """The address and the items of each list page.

    Raises:
        FetchFailed: a page was not fetched, or a selector finds nothing on it.
    """
    assert definition.selectors is not None
    todo = Pages(definition, listing)
    seen: set[str] = set()
    while (url := todo.next_address()) is not None:
        try:
            answer = ask(url)
        except FetchFailed as error:
            if todo.ends_at(error):
                return
            raise
        root, text = html_tree(answer, definition.charset)
        try:
            items = read_items(root, base_of(root, answer.final_url), definition.selectors, today)
        except FetchFailed:
            if todo.may_be_past_the_end():
                return  # some servers answer what is beyond the end with an empty list
            raise
        new = {same_as(item.url) for item in items} - seen
        seen |= new
        if not new and todo.number:
            return  # others answer it with their last page
        yield url, items
        todo.read(root, text, answer.final_url)


def base_of(root: Element, url: str) -> str:
    """What the links of a page start from."""
    base = root.find(".//base[@href]")
    return (absolute(url, base.get("href")) or url) if base is not None else url


def read_items(root: Element, base: str, selectors: Selectors, today: datetime.date) -> list[Listed]:
    """The items of one page; those whose link leads nowhere (``javascript:`` …) are left out.

    Raises:
        FetchFailed: a selector finds nothing on the whole page.
    """
    elements = select(selectors.item, root)
    if not elements:
        raise _nothing(root, base, "selectors.item", selectors.item)
    items: list[Listed] = []
    titled = dated = linked = False
    for element in elements:
        links = select(selectors.link, element)
        linked = linked or bool(links)
        found = [(a, url) for a in links if (url := absolute(base, a.get("href"))) is not None]
        if not found:
            continue
        # Beside its title a line may link its column, its comments, its file: the longest text is the title.
        link, url = max(found, key=lambda one: len(text_of(one[0])))
        shown = _date_elements(element, selectors.date)
        titles = select(selectors.title, element) if selectors.title else []
        titled = titled or bool(titles)
        title = text_of(titles[0]) if titles else _title(link, shown)
        day = _date(element, link, shown, title, selectors.date is not None, today)
        dated = dated or day is not None
        items.append(Listed(url, title[:_TITLE_MAX] or None, day or in_address(url, today)))
    if not items:
        what = "链接都不是网址 / none of its links is an address" if linked else ""
        raise _nothing(root, base, "selectors.link", selectors.link, what)
    if selectors.title and not titled:
        raise _nothing(root, base, "selectors.title", selectors.title)
    if selectors.date and not dated:
        raise _nothing(root, base, "selectors.date", selectors.date, "没有可读的日期 / holds no date that can be read")
    return items


def text_of(element: Element, without: tuple[Element, ...] = ()) -> str:
    """The text of an element in one line, without that of some elements below it."""
    if not without:
        return " ".join(" ".join(element.itertext()).split())
    pieces: list[str] = []
    stack: list[Element | str] = [element]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            pieces.append(one)
            continue
        inner: list[Element | str] = []
        if not any(one is left for left in without) and isinstance(one.tag, str):
            inner.append(one.text or "")
            for child in one:
                inner += [child, child.tail or ""]
        stack += reversed(inner)
    return " ".join(" ".join(pieces).split())


def _title(link: Element, dates: tuple[Element, ...]) -> str:
    attribute = " ".join((link.get("title") or "").split())
    text = text_of(link, dates)
    # Where the list shows a shortened title, the attribute holds the whole; else it may hold anything.
    start = text.rstrip(".… ")
    if attribute and (not text or (start and attribute.startswith(start[:10]))):
        return attribute
    return text or next((alt for image in link.iter("img") if (alt := " ".join((image.get("alt") or "").split()))), "")


def _date_elements(item: Element, selector: str | None) -> tuple[Element, ...]:
    """The elements of an item that show its date: those of the selector, else the first that holds nothing else."""
    if selector is not None:
        return tuple(select(selector, item))
    for element in item.iter():
        if element is not item and isinstance(element.tag, str):
            text = text_of(element)
            if text and len(text) <= _DATE_MAX and any(c.isdigit() for c in text) and not _DATE_ONLY.sub("", text):
                return (element,)
    return ()


def _date(
    item: Element, link: Element, shown: tuple[Element, ...], title: str, only: bool, today: datetime.date
) -> datetime.date | None:
    for element in shown:
        texts = [text_of(element), *(element.get(name) or "" for name in _DATE_ATTRIBUTES)]
        day = next((day for text in texts if text and (day := read_date(text, today)) is not None), None)
        if day is not None:
            return day
    if only:
        return None
    for element in item.iter("time"):
        if (day := read_date(element.get("datetime") or "", today)) is not None:
            return day
    # Titles name days of their own; what stands beside the link comes first.
    return read_date(text_of(item, (link,)), today) or read_date(text_of(item).replace(title, " ", 1), today)


def select(selector: str, element: Element) -> list[Element]:
    """The elements of a CSS selector, the element itself included: an item may be the link."""
    return list(_compiled(selector)(element))


@cache
def _compiled(selector: str) -> Callable[[Element], list[Element]]:
    from lxml import etree
    from lxml.cssselect import CSSSelector

    compiled: Callable[[Element], list[Element]] = etree.XPath(CSSSelector(selector, translator="html").path)
    return compiled


def _nothing(root: Element, url: str, field: str, selector: str, what: str = "") -> FetchFailed:
    """The failure of a selector, with what the page is instead."""
    title = root.find(".//title")
    name = text_of(title)[:60] if title is not None else ""
    links = sum(1 for _ in root.iter("a"))
    message = (
        f"{field} {selector!r} {what or '在页面上找不到 / finds nothing on the page'}"
        f"（页面标题 title: {name or '无 none'}，{links} 个链接 links）"
    )
    return FetchFailed(url, "listing", message, _REDESIGNED, field=field)
