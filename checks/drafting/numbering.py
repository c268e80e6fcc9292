"""Where the items of the outline stand, and their numbers as official references write them.

四（一）2 for nested items; 第三条（二） for articles (chapters are left out); 附件2第5项 for what stands in an attachment.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from checks.drafting.lexicon import severity_of
from checks.plan import Plan, Stretch
from extractors.fold import fold
from schemas.document import Section

_ARTICLE = re.compile(r"第[一二三四五六七八九十百零\d]+条")
_CHAPTER = re.compile(r"第[一二三四五六七八九十百零\d]+[章节编]")


@dataclass(frozen=True, slots=True)
class Place:
    """An item of the outline, in ``Plan.flat``; ``body`` is where its text begins, after number and heading."""

    start: int
    end: int
    body: int
    number: str
    headings: tuple[str, ...]
    parent: int | None


@dataclass(slots=True)
class Places:
    """All items of the outline in reading order."""

    items: list[Place] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def at(self, position: int) -> Place | None:
        """The innermost item that holds the position."""
        index: int | None = bisect_right(self._starts, position) - 1
        while index is not None and index >= 0:
            if self.items[index].end > position:
                return self.items[index]
            index = self.items[index].parent
        return None

    def in_heading(self, position: int) -> bool:
        """Whether the position stands in an item's number or heading."""
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self.items[index].body


def places(plan: Plan) -> Places:
    """The items of the notice's outline."""
    found = Places()
    attachments = [(plan.stretch(a.content), a.number) for a in plan.document.attachments if a.content]

    def walk(sections: Sequence[Section], above: list[str], headings: tuple[str, ...], parent: int | None) -> None:
        for section in sections:
            own = [*above, section.number or ""]
            heading = fold(section.heading or "")
            stretch = plan.stretch(section.span)
            body = _after(plan, stretch.start, "".join(fold(section.number or "").split()), stretch.end)
            if heading and not _demands(heading):
                body = _after_heading(plan, stretch, heading, body)
            names = (*headings, heading) if heading else headings
            number = _number(own, stretch.start, attachments)
            found.items.append(Place(stretch.start, stretch.end, body, number, names, parent))
            found._starts.append(stretch.start)
            walk(section.sections, own, names, len(found.items) - 1)

    walk(plan.document.sections, [], (), None)
    return found


def _demands(heading: str) -> bool:
    """Whether what was read as a heading is a sentence that demands something (（二）师生比不得低于…)."""
    return len(heading) > 5 and severity_of(heading) in ("critical", "major")


def _after_heading(plan: Plan, stretch: Stretch, heading: str, least: int) -> int:
    words = "".join(heading.split())
    at = plan.flat.find(words, stretch.start, min(stretch.end, stretch.start + len(words) + 12))
    return _after(plan, at, words, stretch.end) if at >= 0 else least


def _after(plan: Plan, start: int, words: str, limit: int) -> int:
    end = start + len(words)
    while end < limit and plan.flat[end] in "。、:.)":
        end += 1
    return end


def _number(path: list[str], start: int, attachments: Sequence[tuple[Stretch, int | None]]) -> str:
    parts = [_part(part) for part in path if part]
    articles = [i for i, part in enumerate(parts) if _ARTICLE.fullmatch(part)]
    if articles:
        parts = parts[articles[0] :]
    else:
        parts = [part for part in parts if not _CHAPTER.fullmatch(part)] or parts
    for stretch, number in attachments:
        if stretch.start <= start < stretch.end:
            tail = "".join(parts)
            return f"附件{number or ''}" + (f"第{tail}项" if tail.isdigit() else tail)
    return "".join(parts) or "正文"


def _part(number: str) -> str:
    bare = "".join(fold(number).split()).strip("、.．")
    if bare[:1] == "(" or bare[-1:] == ")":
        return f"（{bare.strip('()')}）"
    return bare
