"""The outline of a document beside its text: where each heading stands, and what was found under it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from checks.explain import section_name
from duzheng.web.marked import Frame, Place
from duzheng.web.sections import head_end, nested
from schemas.document import Section

_DEEPEST = 3


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


def _entries(sections: Sequence[Section], text: str) -> Iterator[Entry]:
    for depth, one in nested(sections):
        name = section_name(one.number, one.heading)
        if name:
            yield Entry(min(depth - 1, _DEEPEST), one.span.start, name, _head(one, text, depth))


def _head(section: Section, text: str, depth: int) -> Frame | None:
    """The heading in the text, from its number on; None for a section without one."""
    start, end = section.span.start, head_end(section, text)
    if not section.heading or not text.endswith(section.heading, start, end):
        return None
    return Frame(start, end, "head", level=min(depth - 1, _DEEPEST) + 2)


def _with_labels(outline: Sequence[Entry], places: Sequence[Place]) -> list[Entry]:
    starts = [one.start for one in outline]
    labels: list[dict[str, str]] = [{} for _ in outline]
    for place in sorted(places, key=lambda one: one.label):
        if (at := bisect_right(starts, place.start) - 1) >= 0:
            labels[at].setdefault(place.target, place.label)
    return [replace(one, labels=list(own.items())) for one, own in zip(outline, labels, strict=True)]
