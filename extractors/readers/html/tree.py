"""Markup to a tree, whatever the markup is, and a walk over it that no depth can break."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

from extractors.readers import limits
from schemas.reading import Note

Element = Any
"""An element of lxml, which has no types of its own."""

Event = Literal["start", "end", "leaf"]

_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*>")
_DOCTYPE_SUBSET = re.compile(r"<!DOCTYPE\b[^\[>]{0,1000}\[", re.IGNORECASE)
_INLINE_TAGS = re.compile(
    r"</?(?:span|font|b|i|u|em|strong|big|small|label|sup|sub|tt|ins|o:p)\b[^<>]*>", re.IGNORECASE
)
_BLOCK_TAGS = re.compile(
    r"<(/?)(?:div|section|article|main|center|blockquote|ul|ol|li|dl|dd|dt|form|fieldset)\b[^<>]*>", re.IGNORECASE
)
_SILENT = re.compile(r"<(script|style|noscript|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
# Atomic throughout: no tag, closed or not, is looked at twice. A lone quotation mark is a character like any other.
_TAG = re.compile(r"""<([A-Za-z][\w:-]{0,60})(?:[^<>"']++|"[^"]*+"|'[^']*+'|["'])*+""")
_QUOTED = re.compile(r"""\"[^"]*+"|'[^']*+'""")
_ATTRIBUTE = re.compile(r"(?<![\s/])[\s/]+[^\s/]")
_LONG_TAG = 2_000
_ANY_TAG = re.compile(r"<[/!]?[A-Za-z][^<>]*>")


def parse(text: str) -> tuple[Element, list[Note]]:
    """The tree of a page.

    Nothing is fetched and no entity of a DTD is expanded. A page nested deeper than libxml2 goes (2048 elements) is
    read again with its containers flattened, because the parser would leave out what lies deeper.

    Args:
        text: the decoded page.

    Returns:
        The root element (``<html>``), None for a page without any markup or text; notes of kind ``markup``.
    """
    text, cut = _without_excess(_without_subset(_XML_DECLARATION.sub("", text)))
    root, deep = _parse(text)
    notes = []
    if cut:
        message = f"{cut} 个标签的属性过多，已略去 / {cut} tags have too many attributes, which were left out"
        notes.append(Note("markup", message))
    if not deep:
        return root, notes
    note = Note("markup", "网页嵌套过深，已按平铺方式读取 / the page is nested too deeply and was read flattened")
    flat = _BLOCK_TAGS.sub(r"<\1p>", _INLINE_TAGS.sub("", text))
    root, deep = _parse(flat)
    if deep:
        root, _ = _parse(_ANY_TAG.sub("<br>", _SILENT.sub("", text)))
    return root, [*notes, note]


def events(root: Element, enter: Callable[[Element], bool]) -> Iterator[tuple[Event, Element]]:
    """The elements of a tree in document order, each with its start and its end.

    Args:
        root: where to begin.
        enter: asked at each element, root included, whether to go into it; where not, there is one ``leaf`` event.
    """
    if not enter(root):
        yield "leaf", root
        return
    yield "start", root
    stack = [(root, iter(root))]
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "end", element
        elif not isinstance(child.tag, str):
            yield "leaf", child
        elif enter(child):
            yield "start", child
            stack.append((child, iter(child)))
        else:
            yield "leaf", child


def names(element: Element) -> set[str]:
    """The id and the classes of an element, lower case."""
    return set(f"{element.get('id') or ''} {element.get('class') or ''}".lower().split())


def _parse(text: str) -> tuple[Element, bool]:
    import lxml.etree as etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, recover=True
    )
    data = text.encode("utf-8", "replace")
    if not data.strip():
        return None, False
    try:
        root = etree.fromstring(data, parser=parser)
    except etree.XMLSyntaxError:
        return None, False
    return root, any("depth" in entry.message.lower() for entry in parser.error_log)


def _without_excess(text: str) -> tuple[str, int]:
    """The page with tags of absurdly many attributes made bare, and how many these are: the parser compares each
    attribute of a tag with all before it."""
    cut = 0

    def bare(match: re.Match[str]) -> str:
        nonlocal cut
        if match.end() - match.start() < _LONG_TAG:
            return match[0]
        outside = _QUOTED.sub("q", match[0])
        if len(_ATTRIBUTE.findall(outside)) + outside.count("q") <= 2 * limits.MAX_ATTRIBUTES:
            return match[0]
        cut += 1
        return "<" + match[1]

    return _TAG.sub(bare, text), cut


def _without_subset(text: str) -> str:
    """The page without the internal subset of its DOCTYPE, which an HTML parser takes for text."""
    match = _DOCTYPE_SUBSET.search(text, 0, 2000)
    if match is None:
        return text
    end = re.compile(r"\]\s*>").search(text, match.end())
    return text[: match.start()] + (text[end.end() :] if end else text[match.end() :])
