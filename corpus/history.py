"""The history of findings: every check of a plan is kept as a *run*, so that each change can be told with its cause.

1. A run is never changed. One whose findings are those of an earlier run of the same plan, pack and rules refers to that
   one's body, so that checking again every night costs a short row a plan.
2. A unit may have several plans in the corpus. The *leading* one speaks for it: of the plans whose file is current at
   the time of the check, in order of arrival, a later one leads unless both are dated and it is dated earlier.
3. Between two runs of the leading plan a finding is new, still there, changed, gone or back; the causes are what else
   had changed between them: the document, its attachments, the notices it was read beside (one that it cites has arrived
   or was replaced), the other plans of its place, the pack, the rules, or the original that could no longer be confirmed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Literal

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks, now
from corpus.stored_check import read_check
from schemas.errors import CorpusError
from schemas.finding import FAULTS, Finding, PlanCheck, identified
from schemas.identity import unit_of

_BODIES_HELD = 64
Origin = Literal["check", "verify", "upgrade"]
Change = Literal["new", "same", "changed", "gone", "back", "fine"]
Cause = Literal["document", "attachment", "notice", "other_plan", "pack", "engine", "original"]

CHANGE_NAMES: dict[Change, str] = {
    "new": "新出现",
    "same": "仍在",
    "changed": "有变化",
    "gone": "已消失",
    "back": "又出现",
    "fine": "无问题",
}
CAUSE_NAMES: dict[Cause, str] = {
    "document": "方案文本变了",
    "attachment": "附件变了",
    "notice": "对照的通知变了",
    "other_plan": "对照的其他方案变了",
    "pack": "要求包变了",
    "engine": "程序规则变了",
    "original": "原件核对",
}


@dataclass(frozen=True, slots=True)
class ReadBeside:
    """The documents that a plan was checked beside, by their identifiers: the notices it answers, the other plans."""

    notices: tuple[str, ...]
    others: tuple[str, ...]

    def hashes(self) -> dict[str, str | None]:
        """One for each kind, whatever the order."""
        named = (("notices", self.notices), ("others", self.others))
        return {name: sha256("\n".join(sorted(ids)).encode()).hexdigest() for name, ids in named}


@dataclass(frozen=True, slots=True)
class Run:
    """One check of one plan: what it was made with. ``body`` is loaded apart, by ``Runs.check``."""

    number: int
    document: str
    unit: str
    pack: str
    pack_version: str
    pack_sha256: str
    engine: str
    extraction: str
    source_sha256: str
    text_sha256: str
    attachments: tuple[str, ...]
    dated_on: str | None
    leading: bool
    origin: str
    made_at: str
    body_sha256: str
    same_as: int | None
    notices: str | None
    others: str | None

    @property
    def body(self) -> int:
        """The number of the run that holds what this one found."""
        return self.same_as or self.number

    def causes_since(self, before: Run) -> tuple[Cause, ...]:
        """What had changed between an earlier run and this one.

        Attachments are part of the text; where the file itself is the same and only they differ, it is they.
        """
        if self.origin == "verify":
            return ("original",)  # nothing was judged anew
        causes: list[Cause] = ["original"] if before.origin == "verify" else []
        if self.attachments != before.attachments:
            causes.append("attachment")
        other_file = self.source_sha256 != before.source_sha256
        if self.text_sha256 != before.text_sha256 and (other_file or self.attachments == before.attachments):
            # The same file with the same attachments reads otherwise: the rules of reading have changed.
            causes.append("document" if other_file else "engine")
        if self.document == before.document:  # another document cites others, and has others beside it
            causes += ["notice"] if _differs(self.notices, before.notices) else []
            causes += ["other_plan"] if _differs(self.others, before.others) else []
        if self.pack_sha256 != before.pack_sha256:
            causes.append("pack")
        if _differs(self.engine, before.engine) or _differs(self.extraction, before.extraction):
            causes.append("engine")
        return tuple(dict.fromkeys(causes))


@dataclass(frozen=True, slots=True)
class Event:
    """What one run of the leading plan made of one finding; ``finding`` is None where the run no longer has it."""

    run: Run
    change: Change
    causes: tuple[Cause, ...]
    finding: Finding | None


@dataclass(slots=True)
class Line:
    """The runs of one unit and pack in which its leading plan was checked, oldest first.

    ``others`` are the unit's other current plans, which do not lead; ``outdated``: the plan's file has been replaced
    since it was last checked.
    """

    unit: str
    pack: str
    runs: list[Run]
    others: list[str] = field(default_factory=list)
    outdated: bool = False

    def short(self) -> Line:
        """The line without runs that found what the one before had found, the last excepted: nightly checks add up."""
        kept = [run for before, run in zip([None, *self.runs], self.runs, strict=False) if not _repeats(run, before)]
        if kept[-1] is not self.runs[-1]:
            kept.append(self.runs[-1])
        return replace(self, runs=kept)


class Runs:
    """The runs of a store, through one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._bodies: dict[int, tuple[PlanCheck, dict[str, Finding]]] = {}

    def add(
        self,
        checks: Sequence[PlanCheck],
        *,
        engine: str,
        extraction: str,
        origin: Origin = "check",
        made_at: Sequence[str] = (),
        beside: Sequence[ReadBeside] = (),
    ) -> None:
        """Records runs and the findings that occur for the first time; the documents must be in the store.

        ``made_at`` gives the moment of each check where it was not now; ``beside`` what each was checked beside, where that
        is known.
        """
        facts = self._facts({check.plan.id for check in checks})
        leaders = self._leaders(checks)
        moment = now()
        for number, check in enumerate(checks):
            identified(check)
            unit = unit_of(check.plan)
            self._name(check, unit)
            body = check.model_dump_json()
            digest = sha256(body.encode()).hexdigest()
            twin = self._connection.scalar(
                sa.select(t.runs.c.number)
                .where(
                    t.runs.c.document_id == check.plan.id,
                    t.runs.c.pack_id == check.pack.id,
                    t.runs.c.body_sha256 == digest,
                    t.runs.c.same_as.is_(None),
                )
                .limit(1)
            )
            row = {
                "document_id": check.plan.id,
                "unit": unit,
                "pack_id": check.pack.id,
                "pack_version": check.pack.version,
                "pack_sha256": check.pack.sha256,
                "engine": engine,
                "extraction": extraction,
                "dated_on": _dated(check),
                "leading": leaders[unit, check.pack.id] == check.plan.id,
                "origin": origin,
                "made_at": made_at[number] if made_at else moment,
                "body_sha256": digest,
                "same_as": twin,
                "body": None if twin else body,
                **(beside[number].hashes() if beside else self._beside(check) if origin == "verify" else {}),
            }
            self._connection.execute(t.runs.insert(), row | facts[check.plan.id])

    def _beside(self, check: PlanCheck) -> dict[str, str | None]:
        """What the check was made beside that is now verified."""
        runs = t.runs.c
        query = sa.select(runs.notices, runs.others).where(
            runs.document_id == check.plan.id, runs.pack_id == check.pack.id, runs.origin != "verify"
        )
        row = self._connection.execute(query.order_by(runs.number.desc()).limit(1)).one_or_none()
        return {} if row is None else dict(row._mapping)

    def _leaders(self, checks: Sequence[PlanCheck]) -> dict[tuple[str, str], str]:
        """Point 2 of the module, for each unit and pack of the checks: before they are recorded."""
        arrived: dict[tuple[str, str], dict[str, str | None]] = {
            (unit_of(check.plan), check.pack.id): {} for check in checks
        }
        runs = t.runs.c
        for chunk in chunks(sorted({unit for unit, _ in arrived})):
            query = sa.select(runs.unit, runs.pack_id, runs.document_id, runs.dated_on).where(runs.unit.in_(chunk))
            for row in self._connection.execute(query.order_by(runs.number)):
                if (row.unit, row.pack_id) in arrived:
                    arrived[row.unit, row.pack_id].setdefault(row.document_id, row.dated_on)
        for check in checks:
            arrived[unit_of(check.plan), check.pack.id].setdefault(check.plan.id, _dated(check))
        current = self._current({document for plans in arrived.values() for document in plans})
        return {key: _leader(plans, current) for key, plans in arrived.items()}

    def check(self, run: Run) -> PlanCheck:
        """What a run found."""
        return self._body(run)[0]

    def finding(self, run: Run, id: str) -> Finding | None:
        """One finding of a run."""
        return self._body(run)[1].get(id)

    def _body(self, run: Run) -> tuple[PlanCheck, dict[str, Finding]]:
        if run.body not in self._bodies:
            if len(self._bodies) >= _BODIES_HELD:
                self._bodies.clear()
            body = self._connection.scalar(sa.select(t.runs.c.body).where(t.runs.c.number == run.body))
            check = read_check(body or "", run.document, run.pack)
            self._bodies[run.body] = check, {str(finding.id): finding for finding in check.findings}
        return self._bodies[run.body]

    def lines(self, *, unit: str | None = None, pack: str | None = None, superseded: bool = False) -> Iterator[Line]:
        """The lines of the corpus, in the order of units and packs.

        ``superseded`` adds units whose plan was later found to be that of another unit.
        """
        columns = [column for column in t.runs.c if column.name != "body"]
        query = sa.select(*columns).order_by(t.runs.c.unit, t.runs.c.pack_id, t.runs.c.number)
        if unit is not None:
            query = query.where(t.runs.c.unit == unit)
        if pack is not None:
            query = query.where(t.runs.c.pack_id == pack)
        groups: dict[tuple[str, str], list[Run]] = {}
        for row in self._connection.execute(query):
            run = _run(row)
            groups.setdefault((run.unit, run.pack), []).append(run)
        plans = {run.document for runs in groups.values() for run in runs}
        units, current = self._units(plans), self._current(plans)
        for (name, pack_id), runs in groups.items():
            leading = [run for run in runs if run.leading]
            if not leading:
                continue
            last = leading[-1]
            # The same plan has since been found to be that of another unit.
            moved = units[last.document, pack_id] != name
            if moved and not superseded:
                continue
            known = dict.fromkeys(run.document for run in runs)
            yield Line(
                unit=name,
                pack=pack_id,
                runs=leading,
                others=[plan for plan in known if plan in current and plan != last.document],
                outdated=last.document not in current,
            )

    def judged(self, document: str, pack: str) -> PlanCheck | None:
        """What the last check of a plan found, before any verification touched it."""
        query = (
            sa.select(t.runs)
            .where(t.runs.c.document_id == document, t.runs.c.pack_id == pack, t.runs.c.origin != "verify")
            .order_by(t.runs.c.number.desc())
            .limit(1)
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else self.check(_run(row))

    def of(self, id: str) -> Line:
        """The line that a finding belongs to.

        Raises:
            CorpusError: there is no finding of that identifier.
        """
        row = self._connection.execute(sa.select(t.findings).where(t.findings.c.id == id)).one_or_none()
        if row is None:
            raise CorpusError(
                f"{id}: 没有这个结论 / no such finding (查看：duzheng findings / list them: duzheng findings)"
            )
        return next(self.lines(unit=row.unit, pack=row.pack_id, superseded=True))

    def events(self, line: Line, id: str) -> list[Event]:
        """The history of one finding, oldest first."""
        events: list[Event] = []
        seen = was = False
        before: Run | None = None
        last: Finding | None = None
        for run in line.runs:
            finding = self.finding(run, id)
            fault = finding is not None and finding.verdict in FAULTS
            if finding is None and last is None and not seen:
                before = run
                continue
            change: Change
            if fault:
                change = ("changed" if _said(finding) != _said(last) else "same") if was else "back" if seen else "new"
            else:
                change = "gone" if was else "fine"
            altered = _said(finding) != _said(last)
            causes = run.causes_since(before) if before is not None and altered else ()
            events.append(Event(run, change, causes, finding))
            seen, was, before, last = seen or fault, fault, run, finding
        return events

    def resolve(self, prefix: str) -> str:
        """The identifier that begins with ``prefix``.

        Raises:
            CorpusError: none does, or several do.
        """
        ids = list(
            self._connection.scalars(
                sa.select(t.findings.c.id).where(t.findings.c.id.startswith(prefix, autoescape=True)).limit(2)
            )
        )
        if len(ids) == 1:
            return ids[0]
        if prefix in ids:
            return prefix
        what = "有多个结论以此开头，请写全 / several findings begin so" if ids else "没有这个结论 / no such finding"
        raise CorpusError(f"{prefix}: {what} (查看：duzheng findings / list them: duzheng findings)")

    # Inside

    def _name(self, check: PlanCheck, unit: str) -> None:
        rows = {
            str(finding.id): {
                "id": finding.id,
                "pack_id": check.pack.id,
                "requirement": finding.requirement,
                "unit": unit,
            }
            for finding in check.findings
        }
        known: set[str] = set()
        for chunk in chunks(list(rows)):
            known.update(self._connection.scalars(sa.select(t.findings.c.id).where(t.findings.c.id.in_(chunk))))
        new = [row for id, row in rows.items() if id not in known]
        if new:
            self._connection.execute(t.findings.insert(), new)

    def _facts(self, ids: set[str]) -> dict[str, dict[str, str]]:
        """For each document: its file, the attachments read with it, the SHA-256 of its text."""
        found: dict[str, dict[str, str]] = {}
        documents, sources = t.documents, t.sources
        for chunk in chunks(sorted(ids)):
            known = {
                row.document_id: row.text_sha256
                for row in self._connection.execute(
                    sa.select(t.runs.c.document_id, t.runs.c.text_sha256)
                    .where(t.runs.c.document_id.in_(chunk))
                    .distinct()
                )
            }
            rows = self._connection.execute(
                sa.select(documents.c.id, documents.c.source_sha256, documents.c.body, sources.c.attachments)
                .join(sources, sources.c.sha256 == documents.c.source_sha256)
                .where(documents.c.id.in_(chunk))
            )
            for row in rows:
                # A document's identifier is made of its text: it need not be read twice.
                text = known.get(row.id) or text_hash(json.loads(row.body)["text"])
                found[row.id] = {
                    "source_sha256": row.source_sha256,
                    "text_sha256": text,
                    "attachments": row.attachments,
                }
        return found

    def _units(self, documents: set[str]) -> dict[tuple[str, str], str]:
        """For each plan and pack the unit it was found to be of when it was last checked."""
        found: dict[tuple[str, str], str] = {}
        runs = t.runs.c
        for chunk in chunks(sorted(documents)):
            query = sa.select(runs.document_id, runs.pack_id, runs.unit).where(runs.document_id.in_(chunk))
            for row in self._connection.execute(query.order_by(runs.number)):
                found[row.document_id, row.pack_id] = row.unit
        return found

    def _current(self, ids: set[str]) -> set[str]:
        current: set[str] = set()
        for chunk in chunks(sorted(ids)):
            query = sa.select(t.documents.c.id).where(t.documents.c.id.in_(chunk), t.documents.c.current)
            current.update(self._connection.scalars(query))
        return current


def text_hash(text: str) -> str:
    """The SHA-256 of a document's text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _repeats(run: Run, before: Run | None) -> bool:
    return before is not None and run.body == before.body


def _leader(arrived: Mapping[str, str | None], current: set[str]) -> str:
    """The plan that leads, of those that have arrived, in order, with their dates."""
    standing = [plan for plan in arrived if plan in current] or list(arrived)
    leader = standing[0]
    for plan in standing[1:]:
        dated, others = arrived[plan], arrived[leader]
        if not (dated and others and dated < others):
            leader = plan
    return leader


def _dated(check: PlanCheck) -> str | None:
    return check.plan.signed_on.isoformat() if check.plan.signed_on else None


def _said(finding: Finding | None) -> tuple[object, ...] | None:
    """What a finding says, wherever its evidence stands: a paragraph put in before it changes nothing."""
    if finding is None:
        return None
    quotes = tuple((evidence.role, evidence.quote) for evidence in finding.evidence)
    there = tuple((evidence.document, evidence.quote) for evidence in finding.elsewhere)
    return finding.verdict, finding.reason, finding.observed, finding.expected, finding.severity, quotes, there


def _differs(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and one != other


def _run(row: sa.Row[Any]) -> Run:
    return Run(
        number=row.number,
        document=row.document_id,
        unit=row.unit,
        pack=row.pack_id,
        pack_version=row.pack_version,
        pack_sha256=row.pack_sha256,
        engine=row.engine,
        extraction=row.extraction,
        source_sha256=row.source_sha256,
        text_sha256=row.text_sha256,
        attachments=tuple(json.loads(row.attachments)),
        dated_on=row.dated_on,
        leading=row.leading,
        origin=row.origin,
        made_at=row.made_at,
        body_sha256=row.body_sha256,
        same_as=row.same_as,
        notices=row.notices,
        others=row.others,
    )
