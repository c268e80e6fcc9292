"""The modes of communities: what a source calls them, and what its definitions make them.

融合型 is one legal person in Zhejiang and several in Henan, so the label alone decides nothing: ``definitions`` reads from
the text whether a mode's schools share a legal person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from extractors.fold import fold
from extractors.layout import Layout
from extractors.lexicon import load
from extractors.sections import section_path
from schemas.document import LegalPerson, Section

_MOST_ENTRIES = 40
"""So many paragraphs above a community its introduction is looked for."""


@cache
def _label(plain: bool) -> re.Pattern[str]:
    words = load("modes")
    names = words["labels"] + (words["plain"] if plain else [])
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def labels_in(folded: str, *, plain: bool = False) -> list[str]:
    """The modes a stretch of folded text names, in order, each once.

    ``plain`` adds the words that name a mode only where a mode is asked for (结对帮扶 in a column 模式): elsewhere they say
    what the document is about.
    """
    return list(dict.fromkeys(match[0] for match in _label(plain).finditer(folded)))


def mode_at(layout: Layout, sections: list[Section], offset: int) -> str | None:
    """The mode of a community that stands at an offset.

    The nearest heading that names exactly one mode decides; else the sentence that introduces the list, or the paragraph
    that sentence ends, when it names one.
    """
    path = section_path(sections, offset)
    for section in reversed(path):
        if section.heading:
            named = labels_in(fold(section.heading))
            if len(named) == 1:
                return named[0]
            if len(named) > 1:
                return None
    introduction = _introduction(layout, offset, path[0].span.start if path else 0)
    sentences = [part for part in re.split(r"[。;]", introduction) if part.strip()]
    for stretch in (sentences[-1] if sentences else "", introduction):
        named = labels_in(stretch)
        if named:
            return named[0] if len(named) == 1 else None
    return None


def mode_in_sentence(layout: Layout, offset: int) -> str | None:
    """The one mode that the sentence around an offset names: A与B组建共建型教共体."""
    start = max((layout.folded.rfind(mark, 0, offset) for mark in "。;\n"), default=-1) + 1
    end = _SENTENCE_END.search(layout.folded, offset)
    named = labels_in(layout.folded[start : end.start() if end else len(layout.folded)])
    return named[0] if len(named) == 1 else None


_SENTENCE_END = re.compile(r"[。;\n]")


def mode_of_all(layout: Layout) -> str | None:
    """The one mode that a document says all its communities have: 统一采用融合型模式, 均为共建型教共体."""
    named = {label for match in _FOR_ALL.finditer(layout.prose) for label in labels_in(match["mode"])}
    return named.pop() if len(named) == 1 else None


_FOR_ALL = re.compile(r"(?:统一|一律|全部|均)(?:采用|采取|实行|按照?|为|是)(?P<mode>[^,。;:、\n]{2,16})")


def _introduction(layout: Layout, offset: int, floor: int) -> str:
    """The paragraph that introduces a list: the nearest above that is no entry of the list."""
    for line in reversed(layout.body_above(offset, _MOST_ENTRIES, floor)):
        folded = layout.folded[line.start : line.end].rstrip()
        if folded.endswith((":", "。")) or len(folded) > 80:
            return folded
    return ""


def definitions(layout: Layout) -> Mapping[str, LegalPerson]:
    """Whether each mode is one legal person or several, where the text says so.

    A sentence, or one of the two that follow it in the same paragraph, that names one mode and a defining word decides.
    """
    words = load("modes")
    found: dict[str, LegalPerson] = {}
    for line in layout.body:
        subject: str | None = None
        for sentence in re.split(r"(?<=[。;\n])", layout.folded[line.start : line.end]):
            named = labels_in(sentence)
            if len(named) == 1:
                subject = named[0]
            elif len(named) > 1:
                subject = None
            if subject is None or subject in found:
                continue
            if any(word in sentence for word in words["separate"]):
                found[subject] = "separate"
            elif any(word in sentence for word in words["single"]):
                found[subject] = "single"
    return found
