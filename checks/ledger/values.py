"""What stands in the row of a finding, in the form in which it is written, read back and compared.

Every value that people fill in is a text; a day is ``2025-12-01``; nothing is the empty text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from checks.explain import named, place, told, what_was_read
from checks.ledger.columns import CHECKED, EDITABLE, progress_of
from checks.matrix import place_of
from schemas.decision import Decision, Remark
from schemas.finding import (
    REASON_NAMES,
    SEVERITY_NAMES,
    VERDICT_NAMES,
    Finding,
    PackReference,
    PlanReference,
)
from schemas.standing import STAGE_NAMES, RectificationState, State, asked, disposition_words, effective_decisions

FOUND_AT = "方案核查"
_QUOTES_SHOWN = 5
LONGEST = 32_000  # a cell holds 32,767 characters
# Characters that XML 1.0 forbids, lone surrogates among them, and those that turn the direction of writing.
_ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?")
_FIRST_DAY = date(1899, 12, 30)  # day 0 of a workbook's calendar, so that days after February 1900 come out right
_SERIALS = range(36_526, 73_051)  # 2000-01-01 to 2100-01-01


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding with what its row needs. ``run`` is that of the corpus; None where the ledger is that of a check alone."""

    finding: Finding
    plan: PlanReference
    pack: PackReference
    state: State | None = None
    decisions: Sequence[Decision] = field(default_factory=tuple)
    run: int | None = None
    text_sha256: str | None = None


def clean(value: object) -> str:
    """A text that a workbook can hold: no control characters, not too long."""
    text = _ILLEGAL.sub("", str(value))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def normal(value: object) -> str:
    """A value as a text that does not depend on the program that saved it: line ends, white space at the ends, numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime.combine(value.date(), datetime.min.time()) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = clean(str(value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", ""))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def day(value: object) -> str | None:
    """A day as ``2025-12-01`` from what a cell for days may hold; the empty text for nothing, None where it is no day.

    Days come as dates, as texts (``2025/12/1``, ``2025年12月1日``) or, where a program lost the format, as the number of
    days since 1899-12-30.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = int(value) if value == value and abs(value) < 1e6 else 0
        return (_FIRST_DAY + timedelta(days=number)).isoformat() if number in _SERIALS else None
    text = normal(value)
    if text.isdigit() and len(text) == 5:
        return day(int(text))
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None


def filled(state: State | None, decisions: Sequence[Decision] = ()) -> dict[str, str]:
    """What stands in the columns that people fill in, by key."""
    one = state.rectification if state else RectificationState()
    remarks = [decision.why for decision in effective_decisions(decisions) if isinstance(decision, Remark)]
    values: dict[str, object] = {
        "responsible": one.responsible,
        "person": one.person,
        "measures": one.measures,
        "deadline": one.deadline,
        "progress": progress_of(one.stage),
        "proof": one.proof,
        "opinion": one.opinion,
        "reviewer": one.reviewed_by,
        "closed_on": one.closed_on,
        "status": STAGE_NAMES[one.stage],
        "note": remarks[-1] if remarks else None,
    }
    return {column.key: normal(values[column.key]) for column in EDITABLE}


def machine(entry: Entry) -> dict[str, str]:
    """What stands in the columns that nobody changes, by key."""
    finding, plan, state = entry.finding, entry.plan, entry.state
    values: dict[str, object] = {
        "place": place_of(plan),
        "unit": plan.issuers[0] if plan.issuers else place_of(plan),
        "requirement": finding.requirement,
        "title": finding.title,
        "problem": problem(finding),
        "clause": finding.clause,
        "severity": SEVERITY_NAMES[finding.severity],
        "verdict": verdict_words(finding),
        "expected": finding.expected,
        "observed": finding.observed or "未见",
        "evidence": quotes(finding),
        "elements": faults(finding),
        "position": places(finding),
        "searched": what_was_read(finding.searched),
        "plan": plan.title or plan.uri,
        "found_at": FOUND_AT,
        "disposition": disposition_words(state) if state else "",
        "overdue": "逾期" if state and state.overdue else "",
        "advice": finding.advice,
    }
    return {column.key: clean(values[column.key]) for column in CHECKED}


def problem(finding: Finding) -> str:
    """The issue in one sentence, as it goes into a report."""
    observed = f"方案为{finding.observed}" if finding.observed else "方案未写明"
    what = f"{finding.requirement}“{finding.title}”"
    match finding.verdict:
        case "not_found":
            return f"未见{what}的内容（要求：{finding.expected}）。"
        case "not_met":
            return f"{what}达不到要求：要求{finding.expected}，{observed}。"
        case "partial":
            return f"{what}不完整：要求{finding.expected}，{observed}。"
        case "conflict":
            return f"{what}前后矛盾：{finding.observed or finding.expected}。"
        case "undetermined":
            reason = REASON_NAMES[finding.reason] if finding.reason else ""
            return f"{what}待核：{reason}，须人工核对（要求：{finding.expected}）。"
    return f"{what}{VERDICT_NAMES[finding.verdict]}。"


def verdict_words(finding: Finding) -> str:
    """The verdict, with its reason where it has one."""
    reason = f"（{REASON_NAMES[finding.reason]}）" if finding.reason else ""
    return VERDICT_NAMES[finding.verdict] + reason


def quotes(finding: Finding) -> str:
    """The quotes, one a line; then those of the documents it was held against, each after that one's name."""
    own = [evidence.quote for evidence in finding.evidence[:_QUOTES_SHOWN]]
    return "\n".join([*own, *(f"{named(piece)}：{piece.quote}" for piece in finding.elsewhere[:_QUOTES_SHOWN])])


def places(finding: Finding) -> str:
    """Where the quotes stand, one a line."""
    return "\n".join(
        place(evidence) for evidence in [*finding.evidence[:_QUOTES_SHOWN], *finding.elsewhere[:_QUOTES_SHOWN]]
    )


def faults(finding: Finding) -> str:
    """Each of many that is at fault, one a line."""
    return "\n".join(map(told, finding.elements))


def fingerprint(finding: Finding) -> str:
    """Sixteen hexadecimal digits over what a row says of the finding: other digits, another finding to decide about."""
    said: list[object] = [
        finding.requirement, finding.verdict, finding.reason, finding.severity, finding.expected, finding.observed,
        asked(finding), [evidence.quote for evidence in finding.evidence],
    ]  # fmt: skip
    # Only where there are any, so that what is said of all others has the digits it always had.
    if finding.elsewhere:
        said.append([(piece.document, piece.quote) for piece in finding.elsewhere])
    if finding.elements:
        said.append([(one.element, one.fault) for one in finding.elements])
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()[:16]


def marks(values: Mapping[str, object]) -> dict[str, str]:
    """A short hash of each machine cell, white space left out: an edit shows, another program's line ends do not."""
    return {
        key: hashlib.sha256("".join(normal(value).split()).encode("utf-8", "replace")).hexdigest()[:8]
        for key, value in values.items()
    }
