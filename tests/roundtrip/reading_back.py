"""Reading a rendered document back, and comparing what was read with the model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractors.fold import fold
from extractors.parse import parse
from roundtrip.model import Item, Outline
from schemas.document import Document, Section
from schemas.outcome import SourceFile


def read(data: bytes, uri: str, attachments: Sequence[tuple[str, bytes]] = ()) -> Document:
    """The one document of a file, every span checked."""
    outcome = parse(SourceFile(uri=uri, data=data), [SourceFile(uri=u, data=d) for u, d in attachments])
    assert outcome.failure is None, outcome.failure
    assert not outcome.attachment_failures, outcome.attachment_failures
    assert len(outcome.documents) == 1, [d.title for d in outcome.documents]
    check_spans(outcome.documents[0])
    return outcome.documents[0]


def plain(text: str | None) -> str:
    """A text folded and without white space, for comparison."""
    return re.sub(r"\s+", "", fold(text or ""))


def check_spans(document: Document) -> None:
    """Every extracted item stands in the text at its span."""

    def held(span_text: str, *values: str | None) -> None:
        for value in values:
            assert plain(value) in plain(span_text), (value, span_text)

    def sections(found: Iterable[Section]) -> None:
        for section in found:
            text = document.quote(section.span)
            assert plain(text).startswith(plain(section.number)), (section.number, text[:40])
            held(text, section.heading)
            for below in section.sections:
                assert section.span.start <= below.span.start <= below.span.end <= section.span.end
            sections(section.sections)

    sections(document.sections)
    for name in ("title", "document_number", "index_number"):
        if getattr(document, name) and name in document.spans:
            quoted = document.quote(document.spans[name])
            if name == "document_number":
                assert re.findall(r"\d+", quoted) == re.findall(r"\d+", document.document_number or "")
            else:
                held(quoted, getattr(document, name))
    for i, issuer in enumerate(document.issuers):
        if f"issuers.{i}" in document.spans:
            held(document.quote(document.spans[f"issuers.{i}"]), issuer)
    for citation in document.citations:
        held(document.quote(citation.span), citation.title)
    for attachment in document.attachments:
        held(document.quote(attachment.span), attachment.title)
    for one in document.communities:
        held(document.quote(one.span), one.lead, *one.members)
    for leader in document.leaders:
        held(document.quote(leader.span), leader.name)
    for task in document.tasks:
        held(document.quote(task.span), task.text, task.due_text, *task.responsible)
    for target in document.targets:
        assert document.quote(target.span).strip(), target
    for item in document.scoring:
        held(document.quote(item.span), item.item)
    for table in document.tables:
        for row in table.rows:
            held(document.quote(table.span), *row)


def expected_outline(outline: Outline) -> list[tuple[int, str, str | None]]:
    """(depth, number, heading) of every item."""
    rows: list[tuple[int, str, str | None]] = []

    def walk(items: tuple[Item, ...], level: int) -> None:
        for order, item in enumerate(items, 1):
            rows.append((level, _bare(outline.number(level, order)), item.heading and plain(item.heading)))
            walk(item.items, level + 1)

    walk(outline.items, 0)
    return rows


def read_outline(document: Document) -> list[tuple[int, str, str | None]]:
    """(depth, number, heading) of every section read."""
    rows: list[tuple[int, str, str | None]] = []

    def walk(sections: list[Section], level: int) -> None:
        for section in sections:
            rows.append((level, _bare(section.number or ""), section.heading and plain(section.heading)))
            walk(section.sections, level + 1)

    walk(document.sections, 0)
    return rows


def _bare(written: str) -> str:
    return re.sub(r"[、.．()（）\s]|第|部分|章|条", "", written)
