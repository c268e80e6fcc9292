"""All communities of a document, from its tables, lines and sentences, each once."""

from __future__ import annotations

import bisect

from extractors.communities.lines import from_line
from extractors.communities.modes import definitions, labels_in, mode_at
from extractors.communities.prose import from_sentences
from extractors.communities.tables import from_table, stage_of
from extractors.fold import fold
from extractors.layout import LaidTable, Layout
from schemas.document import Community, Section, Stage

_LINES_ABOVE = 2


def find_communities(layout: Layout, sections: list[Section]) -> list[Community]:
    """Every community the document states, in reading order.

    Args:
        layout: the text.
        sections: its outline; a list takes its mode from the heading it stands under.
    """
    found: list[Community] = []
    for table in layout.tables:
        if table.table.role == "metadata":
            continue
        stage, mode = _above(layout, table)
        mode = mode or mode_at(layout, sections, table.start)
        found += from_table(layout, table, stage, mode)
    for line in layout.body:
        community = from_line(layout, line)
        stated = [community] if community else list(from_sentences(layout, line))
        for one in stated:
            found.append(one.model_copy(update={"mode": one.mode or mode_at(layout, sections, one.span.start)}))
    meanings = definitions(layout)
    unique: dict[tuple[object, ...], Community] = {}
    for one in sorted(found, key=lambda c: c.span.start):
        legal = meanings.get(fold(one.mode)) if one.mode else None
        key = (one.stage, one.mode, one.lead, tuple(one.members))
        unique.setdefault(key, one.model_copy(update={"legal_person": legal}))
    return list(unique.values())


def _above(layout: Layout, table: LaidTable) -> tuple[Stage | None, str | None]:
    """The stage and mode named by the caption or the short lines right above a table."""
    texts = [table.table.caption or ""]
    at = bisect.bisect_left([line.start for line in layout.lines], table.start)
    for line in reversed(layout.lines[max(at - _LINES_ABOVE, 0) : at]):
        if line.end - line.start <= 40:
            texts.append(layout.folded[line.start : line.end])
    for text in texts:
        plain = fold(text)
        named = labels_in(plain)
        stage = stage_of(plain) if len(plain) <= 24 else None
        if stage or len(named) == 1:
            return stage, named[0] if len(named) == 1 else None
    return None, None
