"""A notice cut into the clauses that may hold a duty, each with its number in the outline.

1. What stands before the body (title, number, addressees) and from the signature on is left out; attachments that came
   with the notice are read as well.
2. A sentence ends at 。；！？ or the end of a paragraph; its clauses at commas outside brackets and quotation marks. A
   clause that still waits for its verb (应根据学科要求) or its thing (成立由…任组长) goes with the next.
3. Where the outline has no numbers, those at the beginning of paragraphs count; 正文 where there are none, 文末 for what
   is said to all after the last item.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from checks.drafting.lexicon import pattern, severity_pattern
from checks.drafting.numbering import Place, Places, places
from checks.plan import Plan
from schemas.document import Span

_OPENS, _CLOSES = "(“‘「『《[", ")”’」』》]"
_ITEM = re.compile(r"(\d{1,2})[.、](?!\d)")
_POINT = re.compile(r"(第[一二三四五六七八九十]+)[,、:]")
_LEAST = 5
"""A sentence of fewer characters holds no duty."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece between commas; offsets are in ``Plan.flat``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its clauses, its number in the outline and the headings above it.

    ``statement`` numbers the statement it belongs to: sentences joined by semicolons share it.
    """

    start: int
    end: int
    text: str
    number: str
    headings: tuple[str, ...]
    statement: int
    clauses: tuple[Clause, ...]


def sentences(plan: Plan) -> list[Sentence]:
    """The sentences of the notice that may hold duties, in reading order."""
    outline = places(plan)
    last = outline.items[-1] if outline.items else None
    found: list[Sentence] = []
    statement = 0
    own = ""
    within: Place | None = None
    for start, end in _stretches(plan, outline):
        place = outline.at(start)
        if place != within:
            own, within = "", place
        text = plan.spoken[start:end]
        statement += not (found and plan.flat[found[-1].end - 1] == ";" and found[-1].end == start)
        marked = (_POINT if place else _ITEM).match(text) if _begins_line(plan, start) else None
        if marked:
            own = marked[1]
            start += marked.end()
            text = text[marked.end() :]
        number = (place.number if place else "") + own or "正文"
        if last and start > last.body and _closes(plan, text, start):
            number = "文末"
        headings = place.headings if place else ()
        found.append(Sentence(start, end, text, number, headings, statement, tuple(_clauses(text, start))))
    return found


def _stretches(plan: Plan, outline: Places) -> Iterator[tuple[int, int]]:
    """Where the sentences stand: cut where an item of the outline begins and where its heading ends."""
    first, last = _body(plan)
    cuts = sorted({at for place in outline.items for at in (place.start, place.body)})
    included = [plan.stretch(a.content) for a in plan.document.attachments if a.content]
    for sentence in plan.sentences:
        outside = sentence.start < first or sentence.start >= last
        if outside and not any(s.start <= sentence.start < s.end for s in included):
            continue
        inner = cuts[bisect_right(cuts, sentence.start) : bisect_right(cuts, sentence.end - 1)]
        for start, end in itertools.pairwise([sentence.start, *inner, sentence.end]):
            text = plan.flat[start:end]
            if len(text) >= _LEAST and not outline.in_heading(start) and not pattern("notes").search(text):
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


def _begins_line(plan: Plan, start: int) -> bool:
    """Whether nothing but white space stands before the position in its line."""
    at = plan.span(start, start + 1).start - 1
    while at >= 0 and plan.document.text[at] in " \t\u3000":
        at -= 1
    return at < 0 or plan.document.text[at] in "\n\r"


def _closes(plan: Plan, text: str, start: int) -> bool:
    """Whether a paragraph below the last item speaks to all addressees once more."""
    return bool(re.match(r"请?各|请", text) and pattern("submit").search(text)) and _begins_line(plan, start)


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
    if made and not pattern("products").search(text[made.end() :]):
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
