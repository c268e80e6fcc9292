"""The words of a phrase that a plan would have to use, and their common alternatives, as groups of terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from checks.drafting.lexicon import one_of, words
from extractors.words import segment

_HAN = re.compile(r"[\u3400-\u9fff]{2,}")


def keywords(phrase: str, most: int) -> list[str]:
    """The telling words of a folded phrase, in order; the last ones where there are more than ``most``."""
    named = re.sub(r"\([^()]*\)|[“”‘’「」]", "", phrase)
    found: list[str] = []
    for word in _pieces(named):
        if _HAN.fullmatch(word) and word not in _stop() and word not in found:
            found.append(word)
    if not found:
        found = list(_HAN.findall(named))[:1]
    return found[-most:]


def _pieces(phrase: str) -> Iterator[str]:
    """The words of the phrase; wordings with a group of their own (乡村学校) stay whole."""
    at = 0
    for match in _grouped().finditer(phrase):
        yield from (word for word, _, _ in segment(phrase[at : match.start()]))
        yield match[0]
        at = match.end()
    yield from (word for word, _, _ in segment(phrase[at:]))


@cache
def _grouped() -> re.Pattern[str]:
    return re.compile(one_of(term for same in words()["same"] for term in same))


def group(term: str) -> list[str]:
    """The term with the wordings that count as the same."""
    for same in words()["same"]:
        if term in same:
            return [term, *(other for other in same if other != term)]
    return [term]


def enumeration(phrase: str) -> list[str]:
    """The items of A、B和C等, without what introduces and closes them; one item where nothing is enumerated."""
    parts: list[str] = []
    depth = 0
    item = ""
    for character in phrase:
        depth += character in "(“「"
        depth -= character in ")”」"
        if character in "、;," and depth <= 0:
            parts.append(item)
            item = ""
        else:
            item += character
    parts.append(item)
    last = parts[-1]
    if len(parts) > 1:
        split = re.match(r"(.{2,}?)(?:以及|及其|及|和|与)(.{2,})$", last)
        if split and not re.search(r"[(“]", split[1]):
            parts[-1:] = [split[1], split[2]]
    items = [re.sub(r"(?:等等|等)(?:[^,。;]{0,6})?$|[。;]$", "", part).strip("的:()\ufffc") for part in parts]
    return [item for item in items if len(item) >= 2]


@cache
def _stop() -> frozenset[str]:
    return frozenset(words()["stop"])


@cache
def products() -> re.Pattern[str]:
    """The things that can be shown."""
    return re.compile(one_of(words()["products"]))
