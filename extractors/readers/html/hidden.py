"""Text that a page holds but does not show: put between the characters against copying, or folded away.

Only short pieces are taken out. What hides much text is a tab or a fold that a click opens, and its text is the page's.
"""

from __future__ import annotations

import re
from itertools import islice

from extractors.readers.html.tree import Element, names

_MAX_HIDDEN = 200
_MAX_TRICK = 60
"""Characters. What tricks hide is noise between words; a zero font size on a larger part is reset further in."""

_MAX_VISITS = 3_000_000
_MAX_LOOKED_AT = 200

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
    found: dict[Element, bool] = {}
    budget = _Budget()
    for element in root.iter("*"):
        if element.getparent() in found:
            found[element] = False
            continue
        if not element.attrib or element.tag == "textarea":  # shows no text of the page, and may carry it as data
            continue
        style = element.get("style") or ""
        if (style and _DISPLAY.search(style)) or element.get("hidden") is not None:
            if budget.length(element, _MAX_HIDDEN) <= _MAX_HIDDEN and not _holds(element, keep):
                found[element] = False
        elif _is_trick(element, style, classes, budget) and not names(element) & keep:
            found[element] = True
    hidden = 0
    for element, trick in found.items():
        parent = element.getparent()
        if parent is None or parent in found:
            continue
        if trick:
            hidden += budget.length(element, _MAX_TRICK)
        _drop(element, parent)
    return hidden


class _Budget:
    """Counts characters, up to so many elements for a whole page: hidden boxes in hidden boxes cost their square."""

    def __init__(self) -> None:
        self.left = _MAX_VISITS

    def length(self, element: Element, enough: int) -> int:
        """How many characters an element shows, counted up to a little more than ``enough``; very many where the
        budget is used up, so that nothing more is taken out."""
        total = -len((element.tail or "").strip())
        for inner in element.iter("*"):
            self.left -= 1
            total += len((inner.text or "").strip()) + len((inner.tail or "").strip())
            if total > enough or self.left < 0:
                return max(total, enough + 1)
        return total


def _holds(element: Element, keep: frozenset[str]) -> bool:
    """Whether an element is or holds one that is to stay."""
    return any(names(inner) & keep for inner in islice(element.iter("*"), _MAX_LOOKED_AT))


def _is_trick(element: Element, style: str, classes: frozenset[str], budget: _Budget) -> bool:
    shrunk = bool(style) and _TRICK.search(style) is not None
    if not shrunk and (element.tag not in _INLINE or classes.isdisjoint(names(element))):
        return False
    return budget.length(element, _MAX_TRICK) <= _MAX_TRICK and not _has_substance(element)


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
