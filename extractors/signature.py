"""发文机关署名 and 成文日期 (GB/T 9704-2012, 7.3.5): who signs a document, and when.

They stand below the text (one or several bodies, then the date), in the red head above the title, or, in copies, on one
line with each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from extractors.dates import find_dates
from extractors.layout import Layout, Line, squeeze
from extractors.organisations import is_organisation, split_list

_PRINTED = re.compile(r"印发|发布时间|发布日期|来源|生成|更新|通过|起施行|起执行")
_LEFT_OVER = re.compile(r"[()\[\]\s\u3000,、盖章公(此件公开发布)-]*")
_RED_HEAD_END = re.compile(r"(?:文件|(?<=[局厅委会府室办部院校学])档案|公文|便函|公报|\(通知\)|\(函\))$")


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation as written, white space removed, and where."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signature:
    """The signing bodies and the date of signing, either possibly missing."""

    issuers: tuple[Named, ...]
    signed_on: date | None
    start: int
    end: int
    date_start: int = 0
    date_end: int = 0


def find_signature(layout: Layout, start: int, end: int) -> Signature | None:
    """The first signature block between two offsets, or None: a line that is a date, with the bodies on it or above it."""
    lines = [line for line in layout.body if start <= line.start < end]
    for i, line in enumerate(lines):
        found = _date_line(layout, line)
        if not found:
            continue
        day, date_start, date_end, named = found
        above = i - 1
        names = list(named)
        while not named and above >= 0 and i - above <= 6:
            more = organisations_of(layout, lines[above])
            if not more:
                break
            names = [*more, *names]
            above -= 1
        first = names[0].start if names else date_start
        return Signature(tuple(names), day, first, date_end, date_start, date_end)
    return None


def _date_line(layout: Layout, line: Line) -> tuple[date, int, int, list[Named]] | None:
    """A line that holds a date and nothing else but signing bodies."""
    if line.end - line.start > 160 or _PRINTED.search(layout.folded, line.start, line.end):
        return None
    dates = list(find_dates(layout.folded, line.start, line.end))
    if len(dates) != 1:
        return None
    found = dates[0]
    before = layout.folded[line.start : found.start]
    after = layout.folded[found.end : line.end]
    if not _LEFT_OVER.fullmatch(after):
        return None
    if _LEFT_OVER.fullmatch(before):
        return found.value, found.start, found.end, []
    names = _split_names(layout, line.start, found.start)
    return (found.value, found.start, found.end, names) if names else None


def organisations_of(layout: Layout, line: Line) -> list[Named]:
    """The bodies that a line consists of, or nothing when it holds anything else."""
    if line.end - line.start > 160:
        return []
    return _split_names(layout, line.start, line.end)


def _split_names(layout: Layout, start: int, end: int) -> list[Named]:
    folded = layout.folded[start:end]
    whole = squeeze(folded).rstrip("()")
    if is_organisation(whole) and len(folded.split()) > 1 and all(len(p) <= 2 for p in folded.split()):
        return [_named(layout, start, end)]  # 某 县 教 育 局
    names: list[Named] = []
    for a, b in split_list(folded, separators=" \u3000\t、,"):
        if not is_organisation(squeeze(folded[a:b])):
            return [_named(layout, start, end)] if is_organisation(whole) else []
        names.append(_named(layout, start + a, start + b))
    return names


def _named(layout: Layout, start: int, end: int) -> Named:
    while start < end and layout.text[start].isspace():
        start += 1
    while end > start and layout.text[end - 1].isspace():
        end -= 1
    return Named(squeeze(layout.text[start:end]), start, end)


def find_red_head(layout: Layout, title_start: int) -> list[Named]:
    """The issuing bodies named above the title: on lines of their own, or as 某某局文件."""
    names: list[Named] = []
    for line in layout.body:
        if line.start >= title_start:
            break
        bare = layout.folded[line.start : line.end].rstrip()
        mark = _RED_HEAD_END.search(squeeze(bare))
        end = line.end
        if mark:
            end = line.start + _keep(bare, len(squeeze(bare)) - len(mark[0]))
        names += _split_names(layout, line.start, end)
    return names


def _keep(text: str, characters: int) -> int:
    """The length of the prefix that holds a number of characters that are no white space."""
    seen = 0
    for i, c in enumerate(text):
        if seen == characters:
            return i
        seen += not c.isspace()
    return len(text)
