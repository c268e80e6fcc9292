"""All communities of a document, from its tables, lines and sentences, each once."""

from __future__ import annotations

import re
from itertools import zip_longest

from extractors.communities.lines import from_blank, from_line
from extractors.communities.modes import definitions, labels_in, mode_at, mode_in_sentence, mode_of_all
from extractors.communities.names import find_names
from extractors.communities.own_school import from_own_sentences
from extractors.communities.prose import from_labels, from_sentences
from extractors.communities.tables import Columns, from_table, stage_of
from extractors.fold import fold
from extractors.layout import LaidTable, Layout
from extractors.sections import section_path
from schemas.document import Community, Section, Stage

_LINES_ABOVE = 2
_MOST_ENTRIES = 40
_LONGEST_ENTRY = 80


def find_communities(layout: Layout, sections: list[Section], own: str | None = None) -> list[Community]:
    """Every community the document states, in reading order.

    Args:
        layout: the text.
        sections: its outline; a list takes its mode from the heading it stands under.
        own: the school that the document speaks for; 我校 is then that school.
    """
    found: list[Community] = []
    columns: Columns | None = None
    for table in layout.tables:
        if table.table.role == "metadata":
            continue
        stage, mode = _above(layout, table)
        mode = mode or mode_at(layout, sections, table.start)
        stated, columns = from_table(layout, table, stage, mode, columns)
        found += stated
    for line, following in zip_longest(layout.body, layout.body[1:]):
        labelled = from_labels(layout, line, following) if following else []
        stated_here = (
            labelled or from_blank(layout, line) or from_line(layout, line) or list(from_sentences(layout, line))
        )
        for one in _with_own(stated_here, from_own_sentences(layout, line, own) if own else []):
            mode = one.mode or mode_in_sentence(layout, one.span.start) or mode_at(layout, sections, one.span.start)
            found.append(
                one.model_copy(
                    update={
                        "mode": mode,
                        "stage": one.stage or _stage_at(sections, one) or _stage_of_list(layout, sections, one),
                    }
                )
            )
    if not any(one.mode for one in found):
        common = mode_of_all(layout)
        found = [one.model_copy(update={"mode": common}) for one in found]
    meanings = definitions(layout)
    unique: dict[tuple[object, ...], Community] = {}
    for one in sorted(found, key=lambda c: c.span.start):
        legal = meanings.get(fold(one.mode)) if one.mode else None
        key = (one.stage, one.mode, one.lead, tuple(one.members))
        unique.setdefault(key, one.model_copy(update={"legal_person": legal}))
    return list(unique.values())


def _with_own(stated: list[Community], own: list[Community]) -> list[Community]:
    """The communities of a paragraph; one in which 我校 has a part takes the place of what was read there without it."""
    rest = [
        one
        for one in stated
        if not any(one.span.start < mine.span.end and mine.span.start < one.span.end for mine in own)
    ]
    return [*rest, *own]


def _stage_at(sections: list[Section], community: Community) -> Stage | None:
    """The stage that the heading above a list names (（一）小学), the nearest first."""
    for section in reversed(section_path(sections, community.span.start)):
        if section.heading and len(section.heading) <= 16:
            plain = fold(section.heading)
            # 县第一小学教育集团 names a school, not a stage.
            stage = None if find_names(plain, 0, len(plain)) else stage_of(plain)
            if stage:
                return stage
    return None


_LIST_LABEL = re.compile(r"(?:[(\d一二三四五六七八九十]{1,4}[).、．]?)?[\u3400-\u9fff]{2,6}(?:\([^()]{1,12}\))?:?")


def _stage_of_list(layout: Layout, sections: list[Section], community: Community) -> Stage | None:
    """The stage of the short line that opens a list without a number of its own (小学（4对）：)."""
    path = section_path(sections, community.span.start)
    floor = path[-1].span.start if path else 0
    for line in reversed(layout.body_above(community.span.start, _MOST_ENTRIES, floor)):
        folded = layout.folded[line.start : line.end].strip()
        if _LIST_LABEL.fullmatch(folded) and not find_names(folded, 0, len(folded)):
            return stage_of(folded)
        if len(folded) > _LONGEST_ENTRY:
            return None
    return None


def _above(layout: Layout, table: LaidTable) -> tuple[Stage | None, str | None]:
    """The stage and mode named by the caption or the short lines right above a table."""
    texts = [table.table.caption or ""]
    for line in reversed(layout.lines_above(table.start, _LINES_ABOVE)):
        if line.end - line.start <= 40:
            texts.append(layout.folded[line.start : line.end])
    for text in texts:
        plain = fold(text)
        named = labels_in(plain)
        stage = stage_of(plain) if len(plain) <= 24 else None
        if stage or len(named) == 1:
            return stage, named[0] if len(named) == 1 else None
    return None, None
