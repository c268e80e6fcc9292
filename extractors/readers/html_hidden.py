"""Text that a page holds but does not show: put between the characters against copying, or folded away.

Only short pieces are taken out. What hides much text is a tab or a fold that a click opens, and its text is the page's.
"""

from __future__ import annotations

import re

from extractors.readers.html_tree import Element, names

_MAX_HIDDEN = 200
_MAX_TRICK = 60
"""Characters. What tricks hide is noise between words; a zero font size on a larger part is reset further in."""

_DISPLAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TRICK = re.compile(
    r"font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|text-indent\s*:\s*-\d{4,}|(?:left|top)\s*:\s*-\d{4,}px|(?:width|height)\s*:\s*0(?:px)?\s*;[^\"']{0,80}overflow\s*:\s*hidden",
    re.IGNORECASE,
)
_RULE = re.compile(r"\.([\w-]{1,60})\s*\{([^{}]{0,400})\}")
_INLINE = frozenset(("span", "font", "i", "b", "em", "small", "label", "sup", "sub", "p", "strong"))


def remove(root: Element, keep: frozenset[str]) -> int:
    """Take short hidden text out of a tree, the text behind it left in place.

    Args:
        root: the page's root; changed.
        keep: names (id, class) of elements that stay whatever their style says: the article's containers, which
            scripts fade in.

    Returns:
        How many characters stood in pieces hidden by a trick (size, opacity, place off the screen, style sheet), as
        pages do against copying; boxes that are merely not displayed are not counted.
    """
    classes = _hidden_classes(root)
    found: list[tuple[Element, bool]] = []
    for element in root.iter():
        if not isinstance(element.tag, str) or not element.attrib:
            continue
        style = element.get("style") or ""
        if (style and _DISPLAY.search(style)) or element.get("hidden") is not None:
            if _length(element, _MAX_HIDDEN) <= _MAX_HIDDEN and not any(names(e) & keep for e in element.iter("*")):
                found.append((element, False))
        elif _is_trick(element, style, classes) and not names(element) & keep:
            found.append((element, True))
    hidden = 0
    for element, trick in found:
        parent = element.getparent()
        if parent is None:
            continue
        if trick:
            hidden += _length(element, _MAX_TRICK)
        _drop(element, parent)
    return hidden


def _is_trick(element: Element, style: str, classes: frozenset[str]) -> bool:
    shrunk = bool(style) and _TRICK.search(style) is not None
    if not shrunk and (element.tag not in _INLINE or classes.isdisjoint(names(element))):
        return False
    return _length(element, _MAX_TRICK) <= _MAX_TRICK and not _has_substance(element)


def _drop(element: Element, parent: Element) -> None:
    """Remove an element and keep its tail."""
    tail = element.tail
    if tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        element.tail = None
    parent.remove(element)


def _length(element: Element, enough: int) -> int:
    """How many characters an element shows, counted up to a little more than ``enough``."""
    total = 0
    for text in element.itertext():
        total += len(text.strip())
        if total > enough:
            break
    return total


def _has_substance(element: Element) -> bool:
    return next(element.iter("a", "img", "table", "input", "iframe"), None) is not None


def _hidden_classes(root: Element) -> frozenset[str]:
    """The classes that a style sheet of the page itself hides by a rule of their own."""
    found: set[str] = set()
    for sheet in root.iter("style"):
        for match in _RULE.finditer((sheet.text or "")[:200_000]):
            if _DISPLAY.search(match[2]) or _TRICK.search(match[2]):
                found.add(match[1].lower())
    return frozenset(found)
