"""A notice cut into the clauses that may hold a duty, each with its number in the outline and who is spoken of.

1. What stands before the body (title, number, addressees) and from the signature on is left out; attachments that came
   with the notice are read again after it.
2. A sentence ends at 。；！？ or the end of a paragraph; its clauses at commas outside brackets and quotation marks.
3. A clause is numbered as official references write it: 四（一）2; 第三条（二）; 附件2第5项; 正文 where there is no outline.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from checks.drafting.lexicon import one_of, pattern, severity_of, severity_pattern, words
from checks.plan import Plan, Stretch
from extractors.fold import fold
from schemas.document import Section, Span

_OPENS, _CLOSES = "(“‘「『《[", ")”’」』》]"
_ARTICLE = re.compile(r"第[一二三四五六七八九十百零\d]+条")
_ITEM = re.compile(r"(\d{1,2})[.、](?!\d)")
_POINT = re.compile(r"(第[一二三四五六七八九十]+)[,、:]")
_CHAPTER = re.compile(r"第[一二三四五六七八九十百零\d]+[章节编]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece between commas; offsets are in ``Plan.flat``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its clauses, its number in the outline and the headings above it.

    ``statement`` numbers the statement it belongs to: sentences joined by semicolons share it. ``defined`` is the
    innermost heading, run into the paragraph or on a line of its own.
    """

    start: int
    end: int
    text: str
    number: str
    headings: tuple[str, ...]
    statement: int
    clauses: tuple[Clause, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    body: int
    number: str
    headings: tuple[str, ...]


def sentences(plan: Plan) -> list[Sentence]:
    """The sentences of the notice that may hold duties, in reading order."""
    places = _places(plan)
    found: list[Sentence] = []
    statement = 0
    own, own_place = "", None
    for start, end in _stretches(plan, places):
        place = _place(places, start)
        if place != own_place:
            own, own_place = "", place
        text = plan.spoken[start:end]
        joined = bool(found) and plan.flat[found[-1].end - 1] == ";" and found[-1].end == start
        statement += not joined
        marked = (_POINT if place else _ITEM).match(text) if _begins_line(plan, start) else None
        if marked:
            own = marked[1]
            start += marked.end()
            text = text[marked.end() :]
        number = (place.number if place else "") + own or "正文"
        if _closes(plan, text, start, end, places):
            number = "文末"
        found.append(
            Sentence(
                start, end, text, number, place.headings if place else (), statement, tuple(_clauses(text, start)),
                place is not None and start == place.body,
            )
        )  # fmt: skip
    return found


def _stretches(plan: Plan, places: list[_Place]) -> Iterator[tuple[int, int]]:
    """Where the sentences stand: cut where an item of the outline begins and where its heading ends."""
    document = plan.document
    first, last = _body(plan)
    cuts = sorted({place.start for place in places} | {place.body for place in places})
    headings = [(place.start, place.body) for place in places]
    included = [plan.stretch(a.content) for a in document.attachments if a.content]
    for sentence in plan.sentences:
        outside = sentence.start < first or sentence.start >= last
        if outside and not any(s.start <= sentence.start < s.end for s in included):
            continue
        edges = [sentence.start, *(cut for cut in cuts if sentence.start < cut < sentence.end), sentence.end]
        for start, end in itertools.pairwise(edges):
            if any(a <= start < b for a, b in headings):
                continue
            text = plan.flat[start:end]
            if len(text) >= 5 and not pattern("notes").search(text):
                yield start, end


def _body(plan: Plan) -> tuple[int, int]:
    """Where the body begins and ends in ``flat``."""
    document = plan.document
    length = len(document.text)
    signed = [s.start for key, s in document.spans.items() if key == "signed_on" or key.startswith("issuers")]
    tail = [at for at in signed if at > length // 3]
    contents = [a.content.start for a in document.attachments if a.content]
    lists = [a.span.start for a in document.attachments if a.span.start > length // 3]
    end = min([*tail, *contents, *lists, length])
    head = [document.spans[key].end for key in ("title", "document_number", "addressees") if key in document.spans]
    begin = max([at for at in head if at < end], default=0)
    if "addressees" in document.spans:
        begin = document.spans["addressees"].end if document.spans["addressees"].end < end else begin
    return plan.stretch(Span(start=0, end=begin)).end, plan.stretch(Span(start=0, end=end)).end


def _places(plan: Plan) -> list[_Place]:
    found: list[_Place] = []
    attachments = [(plan.stretch(a.content), a.number) for a in plan.document.attachments if a.content]

    def walk(sections: list[Section], above: list[str], headings: tuple[str, ...]) -> None:
        for section in sections:
            own = [*above, section.number or ""]
            names = (*headings, fold(section.heading)) if section.heading else headings
            stretch = plan.stretch(section.span)
            body = _after_number(plan, stretch, section.number)
            if section.heading and not _demands(fold(section.heading)):
                body = _after_heading(plan, stretch, fold(section.heading), body)
            found.append(_Place(stretch.start, stretch.end, body, _number(own, stretch.start, attachments), names))
            walk(section.sections, own, names)

    walk(plan.document.sections, [], ())
    return found


def _after_heading(plan: Plan, stretch: Stretch, heading: str, least: int) -> int:
    words = "".join(heading.split())
    at = plan.flat.find(words, stretch.start, min(stretch.end, stretch.start + len(words) + 12))
    end = at + len(words) if at >= 0 else least
    while end < stretch.end and plan.flat[end] in "。:.、)":
        end += 1
    return end


def _demands(heading: str) -> bool:
    """Whether what was read as a heading is a sentence that demands something (（二）师生比不得低于…)."""
    return len(heading) > 5 and severity_of(heading) in ("critical", "major")


def _after_number(plan: Plan, stretch: Stretch, number: str | None) -> int:
    end = stretch.start + len("".join(fold(number or "").split()))
    while end < stretch.end and plan.flat[end] in "、.:)":
        end += 1
    return end


def _number(path: list[str], start: int, attachments: list[tuple[Stretch, int | None]]) -> str:
    """The item's number as official references write it (point 3 of the module)."""
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


def _place(places: list[_Place], position: int) -> _Place | None:
    best: _Place | None = None
    for place in places:
        if place.start <= position < place.end and (best is None or place.start >= best.start):
            best = place
    return best


def _closes(plan: Plan, text: str, start: int, end: int, places: list[_Place]) -> bool:
    """Whether this is the paragraph after the last item that speaks to all addressees once more."""
    if not places or start < max(place.body for place in places) or not re.match(r"请?各|请", text):
        return False
    first = plan.span(start, start + 1).start
    before = plan.document.text[:first].rstrip(" \u3000\t")
    last = max(places, key=lambda place: place.start)
    return before.endswith(("\n", "\r")) and start > last.body and bool(pattern("submit").search(text))


def _begins_line(plan: Plan, start: int) -> bool:
    first = plan.span(start, start + 1).start
    before = plan.document.text[:first].rstrip(" \u3000\t")
    return not before or before.endswith(("\n", "\r"))


def _clauses(text: str, offset: int) -> Iterator[Clause]:
    """The clauses; one that still waits for its verb or its thing goes with the next."""
    waiting: Clause | None = None
    for clause in _pieces(text, offset):
        if waiting:
            clause = Clause(waiting.start, clause.end, text[waiting.start - offset : clause.end - offset])
        waiting = clause if _waits(clause.text) else None
        if waiting is None:
            yield clause
    if waiting:
        yield waiting


def _waits(text: str) -> bool:
    made = pattern("makes_of").search(text)
    if made and not re.search(one_of(words()["products"]), text[made.end() :]):
        return True
    demands = (severity_pattern(severity).search(text) for severity in ("major", "advice"))
    return "," not in text and any(d and pattern("waits").match(text[d.end() :]) for d in demands)


def _pieces(text: str, offset: int) -> Iterator[Clause]:
    depth = 0
    start = 0
    for i, character in enumerate(text):
        if character in _OPENS:
            depth += 1
        elif character in _CLOSES:
            depth = max(depth - 1, 0)
        elif character == "," and not depth:
            if i > start:
                yield Clause(offset + start, offset + i, text[start:i])
            start = i + 1
    rest = text[start:].rstrip("。;!?")
    if rest:
        yield Clause(offset + start, offset + start + len(rest), rest)
