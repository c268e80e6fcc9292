"""Where in an outline a place stands."""

from __future__ import annotations

import bisect

from schemas.document import Section


def section_path(sections: list[Section], offset: int) -> list[Section]:
    """The sections that hold an offset, outermost first; found by bisection, as siblings follow one another."""
    path: list[Section] = []
    while sections:
        at = bisect.bisect_right(sections, offset, key=_start) - 1
        if at < 0 or offset >= sections[at].span.end:
            break
        path.append(sections[at])
        sections = sections[at].sections
    return path


def _start(section: Section) -> int:
    return section.span.start
