"""Documents and one-requirement packs made by hand; all places, schools and people in these tests are invented."""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas.document import Attachment, Community, Document, Jurisdiction, Section, Source, Span, Task
from schemas.requirement import Pack

SCOPE = {"provinces": ["河南省"], "levels": ["county"], "since": "2025-09-01", "until": "2028-12-31"}


def make_document(text: str, **facts: Any) -> Document:
    """A county plan of Henan with this text; ``facts`` are further fields of the document."""
    given: dict[str, Any] = {
        "id": "plan",
        "source": Source(uri="plan.txt", media_type="text/plain", sha256="0" * 64, bytes=len(text.encode())),
        "script": "Hans",
        "variant": "zh-Hans-CN",
        "title": "青禾县城乡学校共同体建设方案",
        "signed_on": date(2025, 10, 20),
        "level": "county",
        "role": "plan",
        "jurisdiction": Jurisdiction(province="河南省", city="南阳市", county="青禾县"),
        "on_topic": True,
        "text": text,
    }
    return Document(**{**given, **facts})


def make_pack(*requirements: dict[str, Any], **fields: Any) -> Pack:
    """A pack of these requirements; what a requirement does not give is filled in."""
    filled = [
        {
            "id": f"T{number:02d}",
            "title": "试题",
            "text": "应当如此。",
            "clause": "一",
            "provenance": "primary",
            "source": "试",
            "severity": "major",
            "expected": "如此",
            "advice": "照此整改。",
            **requirement,
        }
        for number, requirement in enumerate(requirements, start=1)
    ]
    given: dict[str, Any] = {
        "id": "test",
        "version": "1.0.0",
        "title": "试验",
        "province": "河南省",
        "basis": ["试验文件"],
        "basis_obtained": False,
        "basis_note": "未取得。",
        "applies": SCOPE,
        "requirements": filled,
    }
    return Pack.model_validate({**given, **fields})


def span_of(text: str, part: str) -> Span:
    """Where a part stands in a text."""
    start = text.index(part)
    return Span(start=start, end=start + len(part))


def community(text: str, part: str, lead: str | None, *members: str, **more: Any) -> Community:
    """A community stated by a part of the text."""
    return Community(lead=lead, members=list(members), span=span_of(text, part), **more)


def section(
    text: str, number: str | None, heading: str | None, start: str, end: str | None, *below: Section
) -> Section:
    """An outline section from the place of ``start`` to the place of ``end`` (or to the end of the text)."""
    first = text.index(start)
    last = text.index(end, first) if end else len(text)
    return Section(number=number, heading=heading, span=Span(start=first, end=last), sections=list(below))


def task(text: str, part: str, responsible: list[str], due_text: str | None) -> Task:
    """A task stated by a part of the text."""
    return Task(text=part, responsible=responsible, due_text=due_text, span=span_of(text, part))


def missing_attachment(text: str, title: str) -> Attachment:
    """An attachment that the text names and that was not obtained."""
    return Attachment(number=1, title=title, included=False, span=span_of(text, title))
