"""A pack drafted from the documents of a notice's file: which of them is drafted from, and under which name and province."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.drafting.draft import Draft, draft
from checks.drafting.write import identifiers, write
from checks.pack_drafts import Point, Quote
from schemas.document import Document
from schemas.errors import DuzhengError

UNKNOWN_PROVINCE = "未注明省份"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A drafted pack as YAML, what it was drafted from, and the draft with its open points."""

    document: Document
    draft: Draft
    text: str


def asking(documents: Sequence[Document]) -> Document:
    """The document to draft from: the first that asks for something, else the first."""
    return next((document for document in documents if document.role == "requirement"), documents[0])


def points(made: Drafted) -> dict[str, Point]:
    """What the notice says of each requirement of a draft, by its id: the quotes it rests on and what was left open."""
    found = {}
    plan = made.draft.plan
    for id, one in zip(identifiers(made.draft), made.draft.requirements, strict=True):
        spans = [plan.span(start, end) for start, end in one.stretches]
        quotes = [
            Quote(start=span.start, end=span.end, quote=plan.document.text[span.start : span.end]) for span in spans
        ]
        found[id] = Point(quotes=quotes, open=one.open)
    return found


def drafted(document: Document, identifier: str | None = None, province: str | None = None) -> Drafted:
    """A pack drafted from a notice.

    Args:
        document: the notice.
        identifier: the pack's id; else one made of the notice's hash.
        province: the province whose plans it is for; else the notice's own.

    Raises:
        DuzhengError: the notice asks nothing of counties or schools.
    """
    made = draft(document)
    if not made.requirements:
        raise DuzhengError(
            f"{document.source.uri}: 未找到对县区或学校的要求 / nothing asked of counties or schools was found"
        )
    place = province or document.jurisdiction.province
    if not place:
        place = UNKNOWN_PROVINCE
        made.open.append(
            f"通知未写明省份，暂写“{place}”：请改“省份”（命令行用 --province） / "
            f"the notice names no province, “{place}” stands in for it: change “province” (on the command line: --province)"
        )
    return Drafted(document, made, write(made, identifier or f"draft-{document.source.sha256[:8]}", place))
