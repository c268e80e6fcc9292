"""The facts of many documents as pandas tables: documents, communities, targets, tasks, findings and more.

For researchers who go on in pandas, and the ground of ``corpus.export``. Every row of a document's fact carries the
document's id, its span and the original words at it; ``corpus.columns`` says what each column is. Columns have the same
types whatever is in them: text, categories, ``Int64``, ``float64``, ``datetime64[us]`` and ``boolean``; what is not
there is missing, never an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from corpus.columns import FILTERS, OF_DOCUMENTS, TABLES, Column
from schemas.china_time import today_in_china
from schemas.document import Document, Section, Span
from schemas.errors import CorpusError
from schemas.finding import PlanCheck

if TYPE_CHECKING:
    import pandas as pd

    from corpus.corpus import Corpus
    from corpus.standing import Standing
    from schemas.decision import Decision

Row = dict[str, Any]
PIECE = 5_000
"""Rows that are held as Python objects before they become columns."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def read(corpus: Corpus, names: Sequence[str], *, today: date | None = None, **filters: Any) -> dict[str, pd.DataFrame]:
    """Tables of a corpus, by name, in one pass over its documents: bodies are read in portions and never all held.

    Args:
        corpus: an opened corpus.
        names: which of ``corpus.columns.TABLES``.
        today: the day that the state of findings is told for; today where it is not given.
        filters: which documents, by ``corpus.columns.FILTERS``: ``province="河南省"``, ``year=2025``; None is no filter.

    Raises:
        CorpusError: there is no such table or filter, or the corpus cannot be read.
    """
    if unknown := [name for name in names if name not in TABLES]:
        known = ", ".join(TABLES)
        raise CorpusError(f"{unknown[0]}: 没有这张表，可用 {known} / no such table; use {known}")
    if unknown := [name for name in filters if name not in FILTERS]:
        known = ", ".join(FILTERS)
        raise CorpusError(f"{unknown[0]}: 不能按此筛选，可用 {known} / no such filter; use {known}")
    equal = {name: value for name, value in filters.items() if value is not None}
    made = {name: _Columns(name) for name in names}
    wanted = [name for name in names if name in OF_DOCUMENTS]
    of_checks = [name for name in names if name not in OF_DOCUMENTS]
    about: dict[str, Row] = {}
    if wanted or of_checks:
        for document in corpus.documents(**equal):
            for name in wanted:
                made[name].add(_ROWS[name](document))
            if of_checks:
                about[document.id] = _about(document)
    if "findings" in made:
        made["findings"].add(_findings(corpus, about, today or today_in_china()))
    if "decisions" in made:
        made["decisions"].add(_decisions(corpus.decisions(), about if equal else None))
    return {name: columns.frame() for name, columns in made.items()}


def of_documents(name: str, items: Iterable[Document]) -> pd.DataFrame:
    """One table of documents that need not be in a corpus; ``name`` is one of ``corpus.columns.OF_DOCUMENTS``."""
    columns = _Columns(name)
    for document in items:
        columns.add(_ROWS[name](document))
    return columns.frame()


def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table as it was read from a file, with the column types of ``corpus.columns``.

    Raises:
        CorpusError: a column is missing, or holds what is not of its kind.
    """
    import pandas as pd

    given = TABLES[name].columns
    if missing := [column.name for column in given if column.name not in table.columns]:
        raise CorpusError(f"{name}: 缺少列 / column is missing: {missing[0]}")
    try:
        return pd.DataFrame({column.name: _series(table[column.name], column) for column in given})
    except (ValueError, TypeError) as error:
        raise CorpusError(f"{name}: 内容与列不符 / a value is not of its column's kind: {error}") from error


# Rows of one document


def _about(document: Document) -> Row:
    place = document.jurisdiction
    dated_on = document.signed_on or document.published_on
    return {
        "document": document.id,
        "title": document.title,
        "province": place.province,
        "city": place.city,
        "county": place.county,
        "role": document.role,
        "year": dated_on.year if dated_on else None,
    }


def _documents(document: Document) -> Iterator[Row]:
    title = document.spans.get("title")
    yield _about(document) | {
        "adcode": document.jurisdiction.adcode,
        "document_number": document.document_number,
        "index_number": document.index_number,
        "issuers": "、".join(document.issuers),
        "addressees": "、".join(document.addressees),
        "signed_on": document.signed_on,
        "published_on": document.published_on,
        "genre": document.genre,
        "level": document.level,
        "script": document.script,
        "variant": document.variant,
        "on_topic": document.on_topic,
        "topics": "、".join(document.topics),
        "characters": len(document.text),
        "communities": len(document.communities),
        "targets": len(document.targets),
        "tasks": len(document.tasks),
        "attachments": len(document.attachments),
        "attachments_not_obtained": sum(not a.included for a in document.attachments),
        "notes": "; ".join(note.message for note in document.quality),
        "uri": document.source.uri,
        "media_type": document.source.media_type,
        "sha256": document.source.sha256,
    } | (_words(document, title) if title else {})  # fmt: skip


def _communities(document: Document) -> Iterator[Row]:
    about = _about(document)
    for number, one in enumerate(document.communities):
        shared = about | one.model_dump(exclude={"span", "members"}) | _words(document, one.span)
        members: list[str | None] = [*one.members] or [None]
        for member in members:
            yield shared | {"community": number, "member": member}


def _targets(document: Document) -> Iterator[Row]:
    about = _about(document)
    for one in document.targets:
        yield about | one.model_dump(exclude={"span"}) | _words(document, one.span)


def _tasks(document: Document) -> Iterator[Row]:
    about = _about(document)
    for one in document.tasks:
        fields = one.model_dump(exclude={"span", "responsible"}) | {"responsible": "、".join(one.responsible)}
        yield about | fields | _words(document, one.span)


def _leaders(document: Document) -> Iterator[Row]:
    about = _about(document)
    for one in document.leaders:
        fields = one.model_dump(exclude={"span", "role"}) | {"leader_role": one.role}
        yield about | fields | _words(document, one.span)


def _citations(document: Document) -> Iterator[Row]:
    about = _about(document)
    for one in document.citations:
        cited = {"cited_title": one.title, "cited_number": one.document_number}
        yield about | cited | _words(document, one.span)


def _attachments(document: Document) -> Iterator[Row]:
    about = _about(document)
    for one in document.attachments:
        fields = {"number": one.number, "attachment_title": one.title, "included": one.included}
        if one.content:
            fields |= {"content_start": one.content.start, "content_end": one.content.end}
        yield about | fields | _words(document, one.span)


def _scoring(document: Document) -> Iterator[Row]:
    about = _about(document)
    for one in document.scoring:
        yield about | one.model_dump(exclude={"span"}) | _words(document, one.span)


def _sections(document: Document) -> Iterator[Row]:
    about, count = _about(document), 0
    waiting: list[tuple[Section, int | None, int]] = [(one, None, 1) for one in reversed(document.sections)]
    while waiting:
        one, parent, depth = waiting.pop()
        own_end = min([below.span.start for below in one.sections], default=one.span.end)
        own = one.span.model_copy(update={"end": max(one.span.start, own_end)})
        fields = {"section": count, "parent": parent, "depth": depth, "number": one.number, "heading": one.heading}
        yield about | fields | {"section_end": one.span.end} | _words(document, own)
        waiting += [(below, count, depth + 1) for below in reversed(one.sections)]
        count += 1


_ROWS: dict[str, Callable[[Document], Iterator[Row]]] = {
    "documents": _documents,
    "communities": _communities,
    "targets": _targets,
    "tasks": _tasks,
    "leaders": _leaders,
    "citations": _citations,
    "attachments": _attachments,
    "scoring": _scoring,
    "sections": _sections,
}


def _words(document: Document, span: Span) -> Row:
    return {"quote": document.quote(span), "start": span.start, "end": span.end, "page": span.page}


# Rows of checks and decisions


def _findings(corpus: Corpus, about: dict[str, Row], today: date) -> Iterator[Row]:
    standing = {(one.plan.id, str(one.finding.id)): one for one in corpus.standings(today)}
    for check in latest(corpus.checks()):
        if check.plan.id not in about:
            continue
        for finding in check.findings:
            first = finding.evidence[0] if finding.evidence else None
            words: Row = {}
            if first:
                span = first.span
                words = {"quote": first.quote, "start": span.start, "end": span.end, "page": span.page}
            yield about[check.plan.id] | {
                "finding": finding.id,
                "pack": check.pack.id,
                "pack_version": check.pack.version,
                "requirement": finding.requirement,
                "name": finding.title,
                "severity": finding.severity,
                "verdict": finding.verdict,
                "reason": finding.reason,
                "expected": finding.expected,
                "observed": finding.observed,
                "due": finding.due,
                "advice": finding.advice,
            } | _state(standing.get((check.plan.id, str(finding.id)))) | words  # fmt: skip


def _state(one: Standing | None) -> Row:
    if one is None:
        return {"leading": False}
    return {
        "leading": True,
        "final_verdict": one.state.verdict,
        "disposition": one.state.disposition.kind,
        "rectification": one.state.rectification.stage,
        "open": one.state.open,
        "overdue": one.state.overdue,
        "change": one.event.change,
        "since": datetime.fromisoformat(one.since),
    }


def latest(checks: Iterable[PlanCheck]) -> Iterator[PlanCheck]:
    """Of checks, newest first, the newest of each document and pack."""
    seen: set[tuple[str, str]] = set()
    for check in checks:
        key = check.plan.id, check.pack.id
        if key not in seen:
            seen.add(key)
            yield check


def _decisions(made: dict[str, list[Decision]], about: dict[str, Row] | None) -> Iterator[Row]:
    records = sorted((one for records in made.values() for one in records), key=lambda one: one.number)
    corrected = {one.corrects for one in records if one.corrects}
    for one in records:
        basis = one.basis
        if about is not None and (basis is None or basis.document not in about):
            continue
        row = {name: getattr(one, name, None) for name in _DECISION_FIELDS}
        yield row | {
            "decision": one.id,
            "document": basis.document if basis else None,
            "pack": basis.pack if basis else None,
            "requirement": basis.requirement if basis else None,
            "corrected": one.id in corrected,
        }


_DECISION_FIELDS = [
    column.name
    for column in TABLES["decisions"].columns
    if column.name not in ("decision", "document", "pack", "requirement", "corrected")
]


# Columns


class _Columns:
    """Rows that become typed columns a piece at a time."""

    def __init__(self, name: str) -> None:
        self._columns = TABLES[name].columns
        self._rows: list[Row] = []
        self._pieces: list[pd.DataFrame] = []

    def add(self, rows: Iterable[Row]) -> None:
        source = iter(rows)
        while piece := list(islice(source, PIECE - len(self._rows))):
            self._rows += piece
            if len(self._rows) >= PIECE:
                self._close()

    def frame(self) -> pd.DataFrame:
        import pandas as pd

        self._close()
        table = self._pieces[0] if len(self._pieces) == 1 else pd.concat(self._pieces, ignore_index=True)
        self._pieces = []
        for column in self._columns:
            if column.kind == "category":
                table[column.name] = table[column.name].astype("category")
        return table

    def _close(self) -> None:
        import pandas as pd

        if self._rows or not self._pieces:
            # Categories are made at the end, of all pieces together.
            made = {
                c.name: _series([row.get(c.name) for row in self._rows], c, categories=False) for c in self._columns
            }
            self._pieces.append(pd.DataFrame(made))
            self._rows = []


def _series(values: Any, column: Column, categories: bool = True) -> pd.Series:
    import numpy as np
    import pandas as pd

    if column.kind in ("text", "category"):
        cleaned = [_text(value) for value in values]
        series = pd.Series(cleaned, dtype=pd.StringDtype(na_value=np.nan))
        return series.astype("category") if categories and column.kind == "category" else series
    present = [None if pd.isna(value) else value for value in values]
    if column.kind == "integer":
        return pd.Series([None if value is None else int(value) for value in present], dtype="Int64")
    if column.kind == "number":
        return pd.Series(present, dtype="float64")
    if column.kind == "flag":
        return pd.Series([None if value is None else _flag(value) for value in present], dtype="boolean")
    if column.kind == "date":
        days = [None if value is None else _day(value) for value in present]
        return pd.Series(np.array(days, dtype="datetime64[us]"))
    moments = pd.to_datetime(pd.Series(present, dtype="object"), utc=True, format="ISO8601")
    return moments.astype("datetime64[us, UTC]")


def _text(value: Any) -> str | None:
    """Text as every form of file can hold it: nothing for an empty one, no half of a surrogate pair."""
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) and value else None


def _flag(value: Any) -> bool:
    if str(value) not in ("True", "False", "true", "false", "1", "0"):
        raise ValueError(f"{value!r} is neither true nor false")
    return str(value) in ("True", "true", "1")


def _day(value: Any) -> str:
    """A day as NumPy reads it; also of a datetime or of its text."""
    return date.fromisoformat(str(value)[:10]).isoformat()
