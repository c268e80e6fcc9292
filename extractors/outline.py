"""The outline of a document: its numbered items as a tree, with their headings.

The kinds of number are those of GB/T 9704-2012, 7.3.3 (一、 （一） 1. （1）), the circled digits and the chapter-and-article
form of regulations. They may stand in any order; depth is nesting, not the kind of numeral. A number is taken as an item
only where the numbers follow one another, so that ``1.5倍``, ``2—3个月``, ``第（三）项`` or a date never split a paragraph.
An item without a title-like head has no heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.layout import Layout, squeeze
from extractors.lexicon import load
from extractors.numerals import to_int
from schemas.document import Section

_HAN = "一二三四五六七八九十百"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

# The separator after 一 may be missing its mark in a bad copy, but then only a space at the start of a line is trusted.
_NUMBER = re.compile(
    rf"""
    (?=[第{_HAN}\d({_CIRCLED}])(?:
      (?P<part>第\s*[{_HAN}\d]{{1,4}}\s*(?:部分|[编章节条]))(?=[\s　:、]|[^\s的第款项至和与、,。;:規规])
    | (?P<han>[{_HAN}]{{1,3}})\s*[、.．]
    | (?P<hanround>\(\s*[{_HAN}]{{1,3}}\s*\))\s*[、.．]?
    | (?P<round>\(\s*\d{{1,2}}\s*\))\s*[、.．]?
    | (?P<half>\d{{1,2}}\s*\))\s*[、.．]?
    | (?P<nested>\d{{1,2}}(?:[.．]\d{{1,2}}){{1,3}})(?=\s{{0,3}}[^\s\d年月日%.倍元万亿个次分-])[、.．]?
    | (?P<digit>\d{{1,2}})\s*(?:[.．](?!\d)|[.．](?=20\d\d\s*年)|、|(?=\s[^\s\d年月日%]))
    | (?P<circled>[{_CIRCLED}])
    )
    """,
    re.X,
)
_AFTER_SENTENCE = frozenset('。;:!?"”)）\t ')
"""A number inside a paragraph is an item only where a sentence, a clause or a heading may have ended before it."""

_ARTICLE = "part条"
_TOP = ("han", "part章", "part分")
"""The kinds that an excerpt may begin with at another number than one."""
_SENTENCE_END = re.compile(r"[。;!?]")
_MAX_HEADING = 45
_MAX_RUN_IN = 32
_MAX_BEFORE_SPACE = 20
"""A longer stretch before a bare space is a line that was wrapped: a line of a document holds some 26 characters."""
_MIN_BODY = 30


@dataclass(slots=True)
class _Mark:
    kind: str
    order: int
    number: str
    start: int
    content: int
    line_start: bool


@dataclass(slots=True)
class _Item:
    mark: _Mark
    depth: int
    end: int = 0
    children: list[_Item] = field(default_factory=list)
    heading: tuple[int, int] | None = None
    body: bool = False


def outline(layout: Layout, stops: Iterable[int] = (), skip: tuple[int, int] | None = None) -> list[Section]:
    """The numbered items of the running text as nested sections.

    Args:
        layout: the document's text.
        stops: offsets where an attachment begins: numbering starts anew there, and no item reaches across.
        skip: a stretch whose numbers are no outline (the list of attachments); no item reaches across it either.

    Returns:
        The top-level sections in reading order; each span runs from the item's number to the next item or the stop.
    """
    borders = sorted({0, len(layout.text), *stops, *(skip or ())})
    sections: list[Section] = []
    for start, end in pairwise(borders):
        if skip and start == skip[0]:
            continue
        items = _tree(_follow(_marks(layout, start, end)), end)
        _find_headings(items, layout)
        sections += [_section(item, layout) for item in items]
    return sections


def _marks(layout: Layout, start: int, end: int) -> list[_Mark]:
    """Every number that may open an item, by its form and by what stands in front of it."""
    text = layout.prose
    marks: list[_Mark] = []
    for match in _NUMBER.finditer(text, start, end):
        form = match.lastgroup or ""
        before = match.start() - 1
        while before >= start and text[before] in " \u3000":
            before -= 1
        line_start = before < start or text[before] == "\n"
        spaced = match.start() - 1 > before
        if not line_start:
            bare = form == "digit" and match[0].isdigit()
            if text[before] == "第":  # a reference broken over lines: 第 （三）项
                continue
            if form == "half" and text[before] not in "。;:":  # …。 1)师资同盘, but not (见表1)
                continue
            if form == "nested" or bare or not (spaced or text[before] in _AFTER_SENTENCE):
                continue
        kind, order = _kind_and_order(form, match[form])
        if order:
            marks.append(_Mark(kind, order, match[form], match.start(), match.end(), line_start))
    return marks


def _kind_and_order(form: str, number: str) -> tuple[str, int | None]:
    """The kind of a number and its place among its siblings: 第三条 → (part条, 3), 2.1 → (nested2, 1)."""
    if form == "circled":
        return form, _CIRCLED.index(number) + 1
    if form == "nested":
        parts = re.findall(r"\d+", number)
        return f"nested{len(parts)}", int(parts[-1])
    if form == "part":
        return form + number.strip()[-1], to_int(re.sub(r"[^\w]|[第编章节条部分]", "", number))
    return form, to_int(re.sub(r"[^\w]", "", number))


def _follow(marks: list[_Mark]) -> list[_Item]:
    """The marks that follow one another, each with its depth; the others are text.

    A list of the kinds that are open, outermost first, is kept with the number each has reached. A mark continues an
    open kind when it is the next number (one at the start of a line may also repeat or skip, since documents misnumber),
    and opens a new kind when it is a first number.
    """
    opened: list[tuple[str, int]] = []
    article = 0
    first_seen = {mark.kind for mark in marks if mark.order == 1}
    items: list[_Item] = []
    for i, mark in enumerate(marks):
        at = next((d for d in range(len(opened) - 1, -1, -1) if opened[d][0] == mark.kind), None)
        if at is not None and _continues(opened[at][1], mark):
            del opened[at + 1 :]
            opened[at] = (mark.kind, mark.order)
        elif mark.kind == _ARTICLE and at is None and mark.order == article + 1 and mark.line_start:
            at = len(opened)  # 第三条 goes on counting under 第二章
            opened.append((mark.kind, mark.order))
        elif mark.order == 1 and at is None and (mark.line_start or _has_second(marks, i)):
            at = len(opened)
            opened.append((mark.kind, 1))
        elif (
            at is None
            and mark.line_start
            and mark.kind in _TOP
            and mark.kind not in first_seen
            and _is_followed(marks, i)
        ):
            opened = [(mark.kind, mark.order)]  # an excerpt: it begins at 三、
            at = 0
        elif mark.order == 1 and at is not None and mark.line_start and _has_second(marks, i):
            # The same kind begins anew at its own level: a second list under a line that has no number of its own.
            del opened[at + 1 :]
            opened[at] = (mark.kind, 1)
        else:
            continue
        if mark.kind == _ARTICLE:
            article = mark.order
        items.append(_Item(mark, at))
    return items


def _continues(reached: int, mark: _Mark) -> bool:
    if mark.order == reached + 1:
        return True
    return mark.line_start and reached <= mark.order <= reached + 3


def _is_followed(marks: list[_Mark], i: int) -> bool:
    """Whether the next mark of the same kind, if there is one, has the next number."""
    return next((later.order == marks[i].order + 1 for later in marks[i + 1 :] if later.kind == marks[i].kind), True)


def _has_second(marks: list[_Mark], i: int) -> bool:
    """Whether the mark's next number comes before another first number of its kind."""
    for later in marks[i + 1 :]:
        if later.kind == marks[i].kind:
            return later.order == 2
    return False


def _tree(items: list[_Item], end: int) -> list[_Item]:
    roots: list[_Item] = []
    path: list[_Item] = []
    for item in items:
        while path and path[-1].depth >= item.depth:
            path.pop().end = item.mark.start
        (path[-1].children if path else roots).append(item)
        path.append(item)
    for item in path:
        item.end = end
    return roots


def _find_headings(items: list[_Item], layout: Layout) -> None:
    for item in items:
        _find_heading(item, layout)
        _find_headings(item.children, layout)
    # A one-line item with nothing below it may be a heading or an entry of a list: it goes with its siblings.
    bare = [item for item in items if item.heading and not item.body and not item.children]
    if bare and len(bare) * 2 > len(items) and (len(items) > 1 or items[0].depth > 0) and items[0].depth > 0:
        for item in bare:
            item.heading = None


def _find_heading(item: _Item, layout: Layout) -> None:
    """Set the item's heading span and whether text follows it.

    A line of its own that ends without a full stop is a heading as a whole; otherwise the first sentence is one when it
    is short, reads like a title, and text follows it (加强领导。各校要 …), or the words before the first space (一、指导思想
    坚持以 …) or before a colon.
    """
    text = layout.prose
    limit = item.children[0].mark.start if item.children else item.end
    start = item.mark.content
    while start < limit and text[start].isspace() and text[start] != "\n":
        start += 1
    line_end = text.find("\n", start, limit)
    line_end = limit if line_end < 0 else line_end
    rest = text[line_end:limit].strip() != ""
    line = text[start:line_end].rstrip()
    item.body = rest
    if not line or item.mark.kind == _ARTICLE:  # an article is text
        return
    whole = line.rstrip("。:;")
    sentence = _SENTENCE_END.search(line)
    if sentence is None or (sentence.end() == len(line) and line[-1] == "。" and (rest or item.children)):
        limit_length = _MAX_HEADING if sentence is None else _MAX_RUN_IN
        if len(squeeze(whole)) <= limit_length and _reads_like_title(whole, own_line=True) and not _is_entry(line):
            head = _run_in_head(line) if len(line) > _MAX_RUN_IN else None
            item.heading = (start, start + (head or len(whole)))
            item.body = item.body or head is not None
            return
    head = _run_in_head(line)
    if head:
        item.heading = (start, start + head)
    item.body = item.body or head is not None or sentence is not None


def _is_entry(line: str) -> bool:
    """Whether a short line is a label with its value (职务:教导主任), not a heading."""
    colon = line.find(":")
    return 0 < colon < len(line) - 1 and line.count(":") + line.count(" ") > 1


def _run_in_head(line: str) -> int | None:
    """The length of a title-like head that text follows in the same paragraph, or None."""
    for position in _breaks(line):
        head = line[:position].rstrip()
        if len(squeeze(head)) > _MAX_RUN_IN:
            return None
        rest = line[position:].strip(" 。:;\u3000")
        if line[position] in " \u3000" and _is_wrapped(head, rest):
            continue
        if head and rest and _reads_like_title(head, own_line=False):
            # 职务:教导主任 is an entry of a form; a head with a colon has a sentence behind it.
            is_entry = line[position] == ":" and len(rest) < _MIN_BODY and "。" not in line[position:]
            return None if is_entry else len(head)
        if position < len(line) and line[position] in "。;!?":
            return None
    return None


_SENTENCE = re.compile(
    r"(?<=..)(?<![主重需必纲提概简首扼只还])要(?![求点素件务闻略])"
    r"|^(?:根据|按照|依据|通过|为了|凡|对于|由(?=[各县市区校乡教])|自(?=\d))"
    r"|^(?:各[\u3400-\u9fff]{1,8}|[\u3400-\u9fff]{2,8}[局厅校])(?:[应须将]|$)"
)


def _is_wrapped(head: str, rest: str) -> bool:
    """Whether a bare space stands where a line was wrapped: what precedes is too long for a head or opens a sentence
    (各校要…), or what follows cannot begin one (的规定…)."""
    bare = squeeze(re.sub(r"\([^()]*\)", "", head))
    if bare in load("headings")["verbs"]:
        return True
    if len(bare) <= 3 and re.match(r"[\u3400-\u9fff]{2,6}\s\S", rest):
        return True  # 基本 原则 各校要…: the head itself was broken
    if re.match(r"[\u3400-\u9fff]{1,4}(?:[,、][\u3400-\u9fff]{2,8}){0,2}。.", rest):
        return True  # 加大经费 投入。各校要…
    return len(bare) > _MAX_BEFORE_SPACE or bool(_SENTENCE.search(bare)) or rest.startswith(tuple("的了和与及或等、,"))


def _breaks(line: str) -> Iterable[int]:
    """Where a head may end: at white space, a colon or a full stop outside brackets and quotes, in order."""
    depth, quoted = 0, False
    for i, c in enumerate(line[: _MAX_RUN_IN * 2]):
        if c in "([《":
            depth += 1
        elif c in ")]》":
            depth = max(depth - 1, 0)
        elif c == '"':
            quoted = not quoted
        elif depth == 0 and not (quoted and c != "。") and c in " \u3000:。;!?":
            yield i


def _reads_like_title(head: str, own_line: bool) -> bool:
    """Whether words can be a heading: short balanced phrases, no list of school names, no sentence opening."""
    words = load("headings")
    bare = squeeze(head)
    if not re.search(r"[\u3400-\u9fff]", re.sub(r"(?<!\d)\d+[年月日]|[至到]", "", bare)):
        return False  # nothing but a date or a number
    if any(pair in bare for pair in ("--", "->")) or bare in words["not_headings"]:
        return False
    if bare.startswith(tuple(words["starts"])) or bare.endswith(tuple(words["ends"])):
        return False
    outside = re.sub(r"\([^()]*\)", "", bare)
    phrases = re.split(r"[,、]", outside)
    longest = max(len(p) for p in phrases)
    if len(phrases) == 1:
        return len(outside) <= (_MAX_HEADING if own_line else _MAX_RUN_IN)
    # 提高认识,加强领导 is a heading; a sentence with clauses of uneven length is not.
    return len(phrases) <= 4 and longest <= (16 if own_line else 14) and not outside.endswith(",")


def _section(item: _Item, layout: Layout) -> Section:
    heading = None
    if item.heading:
        heading = re.sub(r"[ \t\u3000]+", "", layout.text[slice(*item.heading)]).strip()
    number = squeeze(layout.text[item.mark.start : item.mark.start + len(item.mark.number)])
    return Section(
        number=number,
        heading=heading,
        span=layout.span(item.mark.start, item.end),
        sections=[_section(child, layout) for child in item.children],
    )
