"""The outline of a document beside its text: where each heading stands, and what was found under it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from checks.explain import section_name
from duzheng.web.marked import Frame, Place
from schemas.document import Section

_DEEPEST = 3
_BETWEEN = 4
"""Characters that may stand between the number of a section and its heading."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline; ``labels`` are the requirements whose evidence begins there, each with its target."""

    depth: int
    start: int
    name: str
    frame: Frame | None
    labels: Sequence[tuple[str, str]] = ()


def outline(sections: Sequence[Section], text: str, places: Sequence[Place]) -> list[Entry]:
    """The sections that have a number or a heading, in order; ``places`` is the evidence in the text."""
    return _with_labels(list(_entries(sections, text)), places)


def _entries(sections: Sequence[Section], text: str, depth: int = 0) -> Iterator[Entry]:
    for one in sections:
        name = section_name(one.number, one.heading)
        if name:
            yield Entry(min(depth, _DEEPEST), one.span.start, name, _head(one, text, depth))
        yield from _entries(one.sections, text, depth + 1)


def _head(section: Section, text: str, depth: int) -> Frame | None:
    """The heading in the text, from its number on; None for a section without one."""
    if not section.heading:
        return None
    start = section.span.start
    within = start + len(section.number or "") + _BETWEEN
    at = text.find(section.heading, start, within + len(section.heading))
    return Frame(start, at + len(section.heading), "head", level=min(depth, _DEEPEST) + 2) if at >= 0 else None


def _with_labels(outline: Sequence[Entry], places: Sequence[Place]) -> list[Entry]:
    starts = [one.start for one in outline]
    labels: list[dict[str, str]] = [{} for _ in outline]
    for place in sorted(places, key=lambda one: one.label):
        if (at := bisect_right(starts, place.start) - 1) >= 0:
            labels[at].setdefault(place.target, place.label)
    return [replace(one, labels=list(own.items())) for one, own in zip(outline, labels, strict=True)]
