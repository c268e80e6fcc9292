"""The title of a document: over one line or several, in the head of the text, else as the page states it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.document_number import NUMBER
from extractors.genre import genre_of_title
from extractors.layout import Layout, Line, squeeze
from extractors.lexicon import load
from extractors.organisations import is_organisation, is_school, is_township_body, split_list

_MAX_LINE = 60
_MAX_TITLE = 110
_MAX_LINES = 5
_DATE_LINE = re.compile(r"[(\[]?[\d〇○零一二三四五六七八九十xX×*年月日号\s./:-]{6,}(?:通过|印发|发布|修订)?[)\]]?")
_YEARS = re.compile(r"[(\[]\d{4}年?-{1,2}\d{4}年?(?:度)?[)\]]")
"""The years a plan is for, which stand below its name; a date in brackets says when it was passed."""
# A converter to Taiwan vocabulary makes 某局文件 into 某局檔案.
_RED_HEAD = re.compile(r".{2,60}(?:文件|(?<=[局厅委会府室办部院校学])档案|公报|简报|会议纪要|\(通知\)|便函)")
_LABEL_LINE = re.compile(r"[\u3400-\u9fff\s]{2,8}[:：]")


@dataclass(frozen=True, slots=True)
class Title:
    """A title with white space removed, and the stretch of text it was read from."""

    text: str
    start: int
    end: int


def head_lines(layout: Layout, head_end: int) -> list[Line]:
    """The body lines before the addressee or the first paragraph of running text."""
    return [line for line in layout.body if line.start < head_end]


def find_title(layout: Layout, head_end: int) -> Title | None:
    """The title in the head of a document, or None when the text has none.

    Args:
        layout: the text.
        head_end: where the head ends (the addressee, the first section or paragraph begins).
    """
    lines = head_lines(layout, head_end)
    groups = _groups(layout, lines)
    marked = [line for line in lines if line.paragraph.style == "title" or line.paragraph.level == 1]
    for group in groups:
        joined = _join(layout, group)
        if genre_of_title(joined.folded) and len(joined.folded) >= 4:
            return _join(layout, [*_issuers_above(layout, lines, group[0], joined.folded), *group]).title
    for group in groups:
        if any(line in marked for line in group):
            return _join(layout, group).title
    if not groups and (run_in := _run_in_title(layout)):
        return run_in
    # A short first line above running text is a title too, whatever its last word.
    if groups and len(groups[0]) <= 2:
        joined = _join(layout, groups[0])
        if 6 <= len(joined.folded) <= 50 and not re.search(r"[。;:!?,|]", joined.folded):
            return joined.title
    return None


def _run_in_title(layout: Layout) -> Title | None:
    """The title in front of the text of a document that is one paragraph: the words before its first space, once."""
    if not layout.body:
        return None
    line = layout.body[0]
    end = re.compile(r"\s").search(layout.folded, line.start, min(line.start + _MAX_TITLE, line.end))
    if end is None:
        return None
    stop = end.start()
    folded = layout.folded[line.start : stop]
    half = len(folded) // 2
    if len(folded) % 2 == 0 and folded[:half] == folded[half:]:
        stop, folded = line.start + half, folded[:half]
    if len(folded) < 6 or re.search(r"[。;:!?,]", folded) or genre_of_title(folded) is None:
        return None
    return Title(squeeze(layout.text[line.start : stop]), line.start, stop)


def _issuers_above(layout: Layout, lines: list[Line], first: Line, folded: str) -> list[Line]:
    """The lines of issuers that belong to a title which begins with 关于, or of a school that its plan's name goes on from.

    GB/T 9704-2012, 7.3.1: a title is issuer, subject and genre. Where the head has a file mark or a number besides (above
    the title, or below it in a web copy), the issuer's line is the title's; without one it is the red head itself.
    """
    above = lines[: lines.index(first)]
    if not folded.startswith("关于"):
        return above[-1:] if above and _goes_on_from(layout, above[-1], folded) else []
    own: list[Line] = []
    while above:
        bare = squeeze(layout.folded[above[-1].start : above[-1].end])
        if not is_organisation(bare) and not all(is_organisation(bare[a:b]) for a, b in split_list(bare)):
            break
        own.insert(0, above.pop())
    headed = any(
        _RED_HEAD.fullmatch(squeeze(layout.folded[line.start : line.end]))
        or NUMBER.search(layout.folded, line.start, line.end)
        for line in lines
        if line not in own
    )
    return own if headed else []


def _goes_on_from(layout: Layout, line: Line, folded: str) -> bool:
    """Whether a plan's name goes on from the line above: a school, which has no red head, or any body before a year.

    A name that repeats the body's own first words (某县… over 某县…方案) is complete without it.
    """
    bare = squeeze(layout.folded[line.start : line.end])
    if not is_organisation(bare) or folded.startswith(bare[:2]):
        return False
    return is_school(bare) or is_township_body(bare) or re.match(r"(?:19|20)\d\d", folded) is not None


@dataclass(frozen=True, slots=True)
class _Joined:
    title: Title
    folded: str


def _groups(layout: Layout, lines: list[Line]) -> list[list[Line]]:
    """Runs of lines that may be one title, each broken after a line that completes it."""
    groups: list[list[Line]] = []
    run: list[Line] = []
    for line in lines:
        if _is_other(layout, line):
            run = _flush(run, groups)
            continue
        if run and layout.text[run[-1].end : line.start].strip():
            run = _flush(run, groups)  # the table of a page's particulars stands in between
        if run and _completes(layout, run) and not _continues(layout, line):
            run = _flush(run, groups)
        run.append(line)
        if len(run) >= _MAX_LINES:
            run = _flush(run, groups)
    _flush(run, groups)
    return groups


def _flush(run: list[Line], groups: list[list[Line]]) -> list[Line]:
    if run:
        groups.append(run)
    return []


def _completes(layout: Layout, run: list[Line]) -> bool:
    folded = _join(layout, run).folded
    return genre_of_title(folded) is not None and not folded.endswith("的") and _balanced(folded)


def _balanced(folded: str) -> bool:
    return all(folded.count(a) == folded.count(b) for a, b in ("《》", "()")) and folded.count('"') % 2 == 0


def _continues(layout: Layout, line: Line) -> bool:
    """Whether a line goes on with the title above it: 的通知, (试行)."""
    bare = squeeze(layout.folded[line.start : line.end])
    return (bare.startswith(("的", "(", "[")) and len(bare) <= 13) or (
        len(bare) <= 3 and genre_of_title(bare) is not None
    )


def _is_other(layout: Layout, line: Line) -> bool:
    """Whether a line of the head is something else: the issuer, the number, a date, a note of the page."""
    folded = layout.folded[line.start : line.end]
    bare = squeeze(folded)
    if not bare or len(bare) > _MAX_LINE or _RED_HEAD.fullmatch(bare):
        return True
    if _DATE_LINE.fullmatch(bare) and not _YEARS.fullmatch(bare):
        return True
    if NUMBER.search(folded) and len(bare) <= 30:
        return True
    if bare.count("|") >= 2:  # a navigation bar
        return True
    if re.search(r"[>›»]", bare) and len(re.split(r"[>›»]", bare)) > 2:  # 首页 > 政务公开 > 通知公告
        return True
    if bare[-1] in ":。;," or bare.startswith(("附件", "(附", "签发人", "急件", "特急", "★")):
        return True
    if line.paragraph.style != "title" and all(is_organisation(bare[a:b]) for a, b in split_list(bare)):
        return True
    if all(is_organisation(part) for part in folded.split()) and folded.split():
        return True
    if _LABEL_LINE.match(bare) and any(word in bare for word in load("organisations")["page_lines"]):
        return True
    return not re.search(r"[\u3400-\u9fff]", bare)


def _join(layout: Layout, group: list[Line]) -> _Joined:
    start, end = group[0].start, group[-1].end
    return _Joined(Title(squeeze(layout.text[start:end])[:_MAX_TITLE], start, end), squeeze(layout.folded[start:end]))
