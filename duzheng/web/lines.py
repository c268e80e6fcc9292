"""What a finding says, in the reader's language: the program's words in it, those of plans, packs and people as they were written.

In simplified Chinese that is what the check has written. In the other two the same is told again: from the fields of the
finding where they hold it (what was read, what was found), else sentence by sentence (``checks.sentences``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.explain import section_name
from checks.sentences import Part, phrase, sentences
from duzheng.web.language import program
from flows.waiving import read
from schemas.finding import REASON_NAMES, VERDICT_NAMES, VERDICTS, EvidenceElsewhere

if TYPE_CHECKING:
    from sqlalchemy import Row

    from corpus.choice import Choice
    from duzheng.web.here import Here
    from schemas.decision import Decision
    from schemas.finding import Evidence, Finding, FindingElement

_LABELS = ("asked", "read", "found", "judged", "advice")
_SHOWN = 8
_QUOTES = 3
_QUOTED = 60
_LIST = "、"


@dataclass(frozen=True, slots=True)
class Line:
    """One of the five lines: what it is about, and what it says in parts."""

    label: str
    parts: Sequence[Part]


def five(asked: Here, finding: Finding) -> list[Line]:
    """The five lines of a finding."""
    said = [_said(line) for line in finding.explanation]
    if asked.language == "Hans":
        told: list[Sequence[Part]] = [[Part(line)] for line in said]
    else:
        told = [
            [Part(said[0], True)],
            list(_read(asked, finding)),
            list(_found(asked, finding)),
            list(_judged(asked, finding, said[3])),
            list(_advice(asked, finding, said[4])),
        ]
    return [Line(asked.word(f"judging.line_{name}"), parts) for name, parts in zip(_LABELS, told, strict=True)]


def asks(finding: Finding) -> str:
    """What the pack asks, in its own words."""
    return _said(finding.explanation[0]).removesuffix(f"（{finding.clause}）")


def words_of(asked: Here, text: str | None) -> list[Part]:
    """A few words of a check: what was observed, or what is the matter with one of many."""
    if not text:
        return []
    if asked.language == "Hans":
        return [Part(text)]
    return [_own(asked, part) for part in phrase(text, "en" if asked.language == "en" else "zh")]


def element(asked: Here, one: FindingElement) -> list[Part]:
    """One of the many that are at fault: what it is called, its fault, its place."""
    place = asked.word("judging.in_brackets", text=_place(asked, one.evidence))
    return [Part(one.element, True), Part(asked.word("judging.colon")), *words_of(asked, one.fault), Part(place)]


def decided(asked: Here, decision: Decision) -> str:
    """What a record decides, in a few words."""
    if decision.kind == "override":
        return f"→ {asked.word(f'judging.verdict_{decision.verdict}')}"
    if decision.kind == "waiver":
        return asked.word("judging.waived_until", day=decision.until, who=decision.approver)
    if decision.kind == "dispute":
        return asked.word("judging.answer_by", day=decision.deadline)
    if decision.kind == "ruling":
        return asked.word(f"judging.outcome_{decision.outcome}")
    if decision.kind == "rectification":
        said = asked.word(f"judging.step_{decision.step}")
        if decision.result:
            said += asked.word("judging.colon") + asked.word(f"judging.result_{decision.result}")
        days = [asked.word("judging.done_on", day=decision.on)] if decision.on else []
        days += [asked.word("judging.to_be_done_by", day=decision.deadline)] if decision.deadline else []
        return said + "".join(asked.word("judging.in_brackets", text=day) for day in days)
    if decision.kind == "note" and (applied := read(decision)) is not None:
        return asked.word("judging.applies_until", day=applied.until)
    return decision.corrects or "" if decision.kind == "withdrawal" else ""


_TOLD = ("statement", "ground", "applicant", "excerpt", "responsible", "person", "measures", "by", "proof")


def details(decision: Decision) -> list[tuple[str, str]]:
    """What else a record holds, in the words of who has made it: the names of its fields and the texts."""
    return [(name, text) for name in _TOLD if (text := getattr(decision, name, None))]


def reason(decision: Decision) -> str:
    """Why somebody has decided, in that person's words alone."""
    if decision.kind == "note" and (applied := read(decision)) is not None:
        return f"{applied.ground}；{applied.why}"
    return decision.why


def chosen_by(asked: Here, choice: Choice) -> Iterator[str]:
    """By what findings or units are chosen, in words: for the sheet of paper, which has no form."""
    yield from (one for one in (choice.pack, choice.province, choice.city, choice.requirement) if one)
    if choice.unit:
        yield asked.word("judging.unit") + asked.word("judging.colon") + choice.unit
    given = (
        ("severity", "severity", choice.severity),
        ("verdict", "verdict", choice.verdict if choice.verdict in VERDICTS else ""),
        ("state", "state", choice.known_state),
        ("having", "verdict" if choice.having in VERDICTS else "having", choice.having),
    )
    for name, prefix, value in given:
        if value:
            yield asked.word(f"judging.{name}") + asked.word("judging.colon") + asked.word(f"judging.{prefix}_{value}")


def stands(asked: Here, row: Row[Any]) -> list[str]:
    """What people decided about a finding, how far its rectification is, and whether it is overdue; a row of ``present``."""
    said = [] if row.disposition == "open" else [asked.word(f"judging.disposition_{row.disposition}")]
    if row.verdict != row.machine:
        said[-1:] = [f"{said[-1]} → {asked.word(f'judging.verdict_{row.verdict}')}"]
    if row.stage != "none":
        said.append(asked.word(f"judging.stage_{row.stage}"))
    return [*said, asked.word("judging.overdue")] if row.overdue else said


def _said(line: str) -> str:
    """A line without its label."""
    return line.partition("：")[2]


def _own(asked: Here, part: Part) -> Part:
    """A part in the script of the reader, unless somebody has written it."""
    return part if part.written else Part(program(asked.language, part.text))


def _read(asked: Here, finding: Finding) -> Iterator[Part]:
    one = finding.searched
    yield Part(asked.word("judging.read_text", characters=one.characters))
    if one.pages:
        yield Part(asked.word("judging.read_pages", pages=one.pages))
    if one.unreadable_pages:
        yield Part(asked.word("judging.read_not", pages=_LIST.join(map(str, one.unreadable_pages))))
    names = [section_name(section.number, section.heading) for section in one.sections]
    for key, some in (
        ("read_sections", [name for name in names if name]),
        ("read_attachments", one.attachments.read),
        ("not_obtained", one.attachments.not_obtained),
        ("read_terms", one.terms),
    ):
        if some:
            yield Part(asked.word(f"judging.{key}", count=len(some)))
            yield Part(_LIST.join(some[:_SHOWN]), True)
            if len(some) > _SHOWN:
                yield Part(" …")


def _found(asked: Here, finding: Finding) -> Iterator[Part]:
    shown: list[Evidence] = [*finding.evidence[:_QUOTES], *finding.elsewhere[:_QUOTES]]
    if not shown:
        yield Part(asked.word("judging.found_nothing"))
    for number, piece in enumerate(shown):
        line = "".join(piece.quote.split())
        yield Part("“" if number == 0 else asked.word("judging.semicolon") + "“")
        yield Part(line[:_QUOTED], True)
        # Outside: what stands between the marks is the document's.
        yield Part("”…" if len(line) > _QUOTED else "”")
        if isinstance(piece, EvidenceElsewhere):
            yield Part(f"《{piece.title or piece.uri}》", True)
        role = (
            ""
            if piece.role == "supports"
            else asked.word("judging.semicolon") + asked.word(f"judging.role_{piece.role}")
        )
        yield Part(asked.word("judging.in_brackets", text=_place(asked, piece) + role))
    left = len(finding.evidence) + len(finding.elsewhere) - len(shown)
    if left > 0:
        yield Part(asked.word("judging.more_of_them", count=left))


def _place(asked: Here, piece: Evidence) -> str:
    span = piece.span
    page = asked.word("judging.place_page", page=span.page) if span.page else ""
    return page + asked.word("judging.place", start=span.start + 1, end=span.end)


def _judged(asked: Here, finding: Finding, said: str) -> Iterator[Part]:
    reason = f"（{REASON_NAMES[finding.reason]}）" if finding.reason else ""
    verdict = asked.word(f"judging.verdict_{finding.verdict}")
    if finding.reason:
        verdict += asked.word("judging.in_brackets", text=asked.word(f"judging.reason_{finding.reason}"))
    yield Part(verdict + asked.word("judging.stop"))
    how = said.removeprefix(f"{VERDICT_NAMES[finding.verdict]}{reason}。")
    parts = sentences(how, "en" if asked.language == "en" else "zh")
    if parts is None:
        yield Part(how, True)
    else:
        yield from (_own(asked, part) for part in parts)


def _advice(asked: Here, finding: Finding, said: str) -> Iterator[Part]:
    if finding.verdict in ("met", "not_applicable"):
        yield Part(asked.word("judging.nothing_to_do"))
        return
    if finding.verdict == "undetermined":
        yield Part(asked.word("judging.obtain_first"))
        said = finding.advice
    yield Part(said, True)
