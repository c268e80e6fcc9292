"""Waivers by two people: one applies, with a note on the finding; another one approves, which records the waiver.

The application is a note like any other, in lines of a fixed form, so that it is sealed with the other records, and who
applied is not what somebody says but who wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from schemas.decision import Decision, Remark, Waiver
from schemas.standing import effective_decisions

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.standing import Standing

_FORM = re.compile(r"申请豁免至 (\d{4}-\d\d-\d\d)\n依据：([^\n]+)\n理由：(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Application:
    """Somebody's application to waive a finding; ``record`` is the note's identifier."""

    record: str
    applicant: str
    ground: str
    until: date
    why: str


def application(finding: str, *, who: str, ground: str, until: date, why: str) -> Remark:
    """The note by which ``who`` applies.

    Raises:
        ValueError: the ground or the reason is empty.
    """
    ground, why = " ".join(ground.split()), why.strip()
    if not ground or not why:
        raise ValueError("申请须写明依据和理由 / an application needs a ground and a reason")
    return Remark(finding=finding, who=who, why=f"申请豁免至 {until.isoformat()}\n依据：{ground}\n理由：{why}")


def applications(decisions: Sequence[Decision]) -> list[Application]:
    """The applications that no waiver has followed, of all records of a finding, oldest first."""
    waiting: list[Application] = []
    for one in effective_decisions(decisions):
        if isinstance(one, Waiver):
            waiting = []
        elif isinstance(one, Remark) and (made := read(one)) is not None:
            waiting.append(made)
    return waiting


def waiting(corpus: Corpus, today: date) -> list[tuple[Application, Standing]]:
    """Every application that nobody has approved, oldest first, with the finding it speaks about as it stands.

    Findings that are not asked about any more (their plan has been replaced, or the pack asks otherwise) are left out.
    """
    present = corpus.present(today)
    found: list[tuple[int, Application, Standing]] = []
    for id, made in corpus.decisions().items():
        numbers = {one.id: one.number for one in made}
        open_ones = applications(made)
        standing = present.of_finding(id, today) if open_ones else None
        if standing is not None:
            found += [(numbers[one.record], one, standing) for one in open_ones]
    return [(one, standing) for _, one, standing in sorted(found, key=lambda row: row[0])]


def read(note: Remark) -> Application | None:
    """The application that a note is; None for any other note."""
    found = _FORM.fullmatch(note.why)
    if found is None:
        return None
    try:
        until = date.fromisoformat(found[1])
    except ValueError:
        return None
    return Application(note.id, note.who, found[2], until, found[3])
