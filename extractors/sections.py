"""Where in an outline, and on which page, a place stands."""

from __future__ import annotations

import bisect

from schemas.document import Document, PageStart, Section, Span


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


def with_page(document: Document, span: Span) -> Span:
    """The span with its page, where the source has pages."""
    at = bisect.bisect_right(document.pages, span.start, key=_page_start) - 1
    return span.model_copy(update={"page": document.pages[at].page}) if at >= 0 else span


def _page_start(page: PageStart) -> int:
    return page.start
