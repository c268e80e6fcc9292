"""附件: the attachments a document names, and whether their content came with it (GB/T 9704-2012, 7.3.4 and 7.4).

The list stands below the body (附件：1.… 2.…); the content, where it was obtained, begins with a line 附件1 and usually a
title. A document may also only speak of an attachment (见附件2): that is no entry here but a note in ``quality``, since
nothing is known of its title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.fold import fold
from extractors.layout import Layout, Line, squeeze
from extractors.numerals import to_int
from extractors.organisations import is_organisation
from extractors.signature import organisations_of
from schemas.document import Attachment

_LIST_START = re.compile(r"(?:^|(?<=[\s。]))附\s*件\s*(?:清单|目录)?\s*:", re.M)
_ENTRY = re.compile(r"(?:附件\s*)?(?P<number>\d{1,2}|[一二三四五六七八九十]{1,2})\s*(?:[.．、:]|(?=\s))\s*(?=[^\d\s])")
_CONTENT = re.compile(
    r"[(\[]?\s*附\s*(?:件|表|录)\s*(?P<number>\d{1,2}|[一二三四五六七八九十]{0,2})\s*[)\]]?\s*[:.、]?\s*(?P<title>.*)"
)
_MENTION = re.compile(r"(?:见|详见|参见|附后?|按照?)\s*附(?:件|表)\s*(?P<number>\d{1,2}|[一二三四五六七八九十]{1,2})?")
_MAX_TITLE = 80
_DATE = re.compile(r"[\d〇○零一二三四五六七八九十xX×*年月日.()/-]+|.{0,40}\d{4}年\d{1,2}月\d{1,2}日")
_FILE_NAME = re.compile(r"\.(?:docx?|wps|xlsx?|et|pdf|ofd|zip|rar|7z|pptx?|jpe?g|png)$", re.I)


_NOTE = re.compile(
    r"\((?:此件|本件)?(?:另发|另附|略|从略|附后|另行下发|另行印发|单独下发|不发|不公开|不予公开|电子版[^()]{0,12}|请自行下载|见附件)\)$"
)
"""What a list says of an attachment's whereabouts, which is no part of its title."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """The attachments, where the list stands (None if there is none) and where each content begins."""

    items: list[Attachment]
    list_span: tuple[int, int] | None
    content_starts: tuple[int, ...]
    mentioned: tuple[tuple[int, int], ...]
    """Where the text speaks of an attachment that no list names and whose content is not there."""


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int | None
    title: str
    start: int
    end: int


def find_attachments(layout: Layout) -> Attachments:
    """The attachments of one document."""
    entries, list_span = _list(layout)
    contents, named = _with_content(layout, _contents(layout, list_span))
    listed = {entry.number for entry in entries} | {_bare(entry.title) for entry in entries}
    entries += [entry for entry in named if entry.number not in listed and _bare(entry.title) not in listed]
    items: list[Attachment] = []
    taken: set[int] = set()
    for entry in entries:
        at = _content_of(entry, contents, taken)
        content = None
        if at is not None:
            taken.add(at)
            stop = contents[at + 1].start if at + 1 < len(contents) else len(layout.text)
            content = layout.span(contents[at].start, stop)
        items.append(
            Attachment(
                number=entry.number,
                title=entry.title,
                included=content is not None,
                span=layout.span(entry.start, entry.end),
                content=content,
            )
        )
    for i, entry in enumerate(contents):
        if i not in taken and entry.title:
            stop = contents[i + 1].start if i + 1 < len(contents) else len(layout.text)
            span = layout.span(entry.start, entry.end)
            items.append(
                Attachment(
                    number=entry.number,
                    title=entry.title,
                    included=True,
                    span=span,
                    content=layout.span(entry.start, stop),
                )
            )
    items.sort(key=lambda item: (item.number is None, item.number or 0, item.span.start))
    known = {item.number for item in items}
    mentioned = [m.span() for m in _MENTION.finditer(layout.prose) if m["number"] and to_int(m["number"]) not in known]
    return Attachments(items, list_span, tuple(c.start for c in contents), tuple(mentioned))


def _list(layout: Layout) -> tuple[list[_Entry], tuple[int, int] | None]:
    """The list of attachments: 附件：… on one line or one line an entry."""
    lines = layout.body
    for i, line in enumerate(lines):
        # Few lines speak of an attachment, and a plain search is much cheaper than the pattern.
        at = layout.folded.find("附", line.start, line.end)
        match = _LIST_START.search(layout.folded, line.start, line.end) if at >= 0 else None
        if not match:
            continue
        before = squeeze(layout.folded[line.start : match.start()])
        if before and before[-1] not in "。":
            continue
        if _is_content_head(layout, i, lines):
            continue
        entries = _entries(layout, match.end(), line.end)
        end = line.end
        for following in lines[i + 1 :]:
            more = _entries_of_line(layout, following, entries)
            if more is None:
                break
            entries += more
            end = following.end
        if entries:
            return entries, (match.start(), end)
    return [], None


def _is_content_head(layout: Layout, i: int, lines: Sequence[Line]) -> bool:
    """附件：alone, followed by a title and a text rather than by a numbered list."""
    line = lines[i]
    match = _CONTENT.fullmatch(squeeze(layout.folded[line.start : line.end]))
    return bool(match and match["number"] and not match["title"])


def _entries(layout: Layout, start: int, end: int) -> list[_Entry]:
    """Numbered entries of one line, or the one unnumbered title that follows 附件：."""
    folded = layout.folded
    marks = []
    expected = 1
    for match in _ENTRY.finditer(folded, start, end):
        if to_int(match["number"]) == expected and (not folded[start : match.start()].strip() or expected > 1):
            marks.append(match)
            expected += 1
    if not marks:
        if not folded[start:end].strip():
            return []
        return [_entry(layout, None, start, end)]
    stops = [m.start() for m in marks[1:]] + [end]
    return [_entry(layout, to_int(m["number"]), m.end(), stop) for m, stop in zip(marks, stops, strict=True)]


def _entries_of_line(layout: Layout, line: Line, entries: list[_Entry]) -> list[_Entry] | None:
    """What a line below the list's start adds; None when the list has ended."""
    folded = layout.folded[line.start : line.end]
    match = _ENTRY.match(folded.lstrip())
    offset = line.start + len(folded) - len(folded.lstrip())
    if match and len(squeeze(folded)) <= _MAX_TITLE and to_int(match["number"]) == len(entries) + 1:
        return [_entry(layout, to_int(match["number"]), offset + match.end(), line.end)]
    if not entries and 4 <= len(squeeze(folded)) <= _MAX_TITLE and not re.search(r"[。;]", folded):
        return [_entry(layout, None, line.start, line.end)]
    return None


def _entry(layout: Layout, number: int | None, start: int, end: int) -> _Entry:
    while start < end and layout.text[start].isspace():
        start += 1
    while end > start and (layout.text[end - 1].isspace() or layout.folded[end - 1] in ";。,"):
        end -= 1
    title = squeeze(layout.text[start:end])
    title = _FILE_NAME.sub("", title)
    note = _NOTE.search(fold(title))
    title = title[: note.start()] if note and note.start() else title
    if fold(title).startswith("《") and fold(title).endswith("》") and title.count("《") == 1:
        title = title[1:-1]
    return _Entry(number, title[:_MAX_TITLE], start, end)


def _contents(layout: Layout, list_span: tuple[int, int] | None) -> list[_Entry]:
    """Where the content of attachments begins: a line 附件1 (with or without its title), behind the list."""
    lines = layout.body
    found: list[_Entry] = []
    for i, line in enumerate(lines):
        if list_span and line.start < list_span[1]:
            continue
        if layout.folded.find("附", line.start, line.end) < 0:
            continue
        folded = layout.folded[line.start : line.end]
        if len(squeeze(folded)) > _MAX_TITLE:
            continue
        match = _CONTENT.fullmatch(folded.strip())
        if not match or (folded.rstrip().endswith(("。", ";", ",")) and match["title"]):
            continue
        number = to_int(match["number"]) if match["number"] else None
        if (
            not list_span
            and not match["number"]
            and match["title"]
            and found == []
            and not _has_text_after(layout, line)
        ):
            continue
        start = line.start + folded.index("附") if "附" in folded else line.start
        title_start, title_end = (
            (line.end - len(match["title"].rstrip()), line.end) if match["title"].strip() else (0, 0)
        )
        if not title_end and i + 1 < len(lines):
            following = lines[i + 1]
            if following.end - following.start <= _MAX_TITLE and not _CONTENT.fullmatch(
                layout.folded[following.start : following.end].strip()
            ):
                title_start, title_end = following.start, following.end
        entry = _entry(layout, number, title_start, title_end) if title_end else _Entry(number, "", start, line.end)
        found.append(_Entry(number, entry.title, start, max(entry.end, line.end)))
    return found


def _with_content(layout: Layout, contents: list[_Entry]) -> tuple[list[_Entry], list[_Entry]]:
    """The heads that something stands behind, and those that only name an attachment.

    A line 附件1：某某表 above the signature is a list of one, and a page names its downloads in the same words.
    """
    kept: list[_Entry] = []
    named: list[_Entry] = []
    for i, entry in enumerate(contents):
        stop = contents[i + 1].start if i + 1 < len(contents) else len(layout.text)
        if _says_anything(layout, entry.end, stop) and not _FILE_NAME.search(entry.title):
            kept.append(entry)
        elif entry.title:
            title = _FILE_NAME.sub("", entry.title)
            named.append(_Entry(entry.number, title, entry.start, entry.end))
    return kept, named


def _says_anything(layout: Layout, start: int, end: int) -> bool:
    """Whether anything but signing bodies and dates stands between two offsets."""
    if any(start <= table.start < end and squeeze(layout.text[table.start : table.end]) for table in layout.tables):
        return True
    for line in layout.body:
        if start <= line.start < end:
            bare = squeeze(layout.folded[line.start : line.end])
            if bare and not is_organisation(bare) and not organisations_of(layout, line) and not _DATE.fullmatch(bare):
                return True
    return False


def _has_text_after(layout: Layout, line: Line) -> bool:
    return len(layout.text) - line.end > 120


def _content_of(entry: _Entry, contents: list[_Entry], taken: set[int]) -> int | None:
    """Which content is an entry's: by its number, else by its title; the only one for the only entry."""
    for i, content in enumerate(contents):
        if i not in taken and content.number is not None and content.number == entry.number:
            return i
    wanted = _bare(entry.title)
    for i, content in enumerate(contents):
        if i not in taken and content.title and (_bare(content.title) in wanted or wanted in _bare(content.title)):
            return i
    if entry.number in (None, 1):
        for i, content in enumerate(contents):
            if i not in taken and content.number is None:
                return i
    return None


def _bare(title: str) -> str:
    return re.sub(r"[^\u3400-\u9fffA-Za-z0-9]", "", fold(title))
