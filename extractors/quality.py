"""What a reader must know before relying on a document: masked values, blanks, another's site, attachments not obtained."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePath

from extractors.attachments import Attachments
from extractors.dates import parse_date
from extractors.document_number import parse_number
from extractors.fold import fold
from extractors.layout import Layout, squeeze
from extractors.leaders import blanks
from schemas.document import Quality, ScoringItem
from schemas.reading import Note

LOW_CONFIDENCE = 0.8
"""Below this a recognised passage is pointed out: well recognised print comes out above 0.95, mere guesses far below."""

_MASKED = re.compile(r"20[xX×*○]{2}|[\u3400-\u9fff]?[xX×*]{2,3}(?=[省市县区镇乡校])|20\s?_{2,}")


def find_quality(layout: Layout, attachments: Attachments, notes: list[Note], collected: bool) -> Iterator[Quality]:
    """Every note on a document, the reader's own first."""
    for note in notes:
        yield Quality(kind=note.kind, message=note.message, page=note.page, confidence=note.confidence)
    yield from _doubtful(layout)
    yield from _changed(layout)
    if collected:
        yield Quality(
            kind="foreign_site",
            message="来自汇编页，非发文机关网站，内容可能被改写 / from a page that collects texts, not from the issuer's site",
        )
    masked = list(_MASKED.finditer(layout.folded))
    if masked:
        first = masked[0]
        yield Quality(
            kind="masked_value",
            message=f"有{len(masked)}处数值或名称被遮盖（如“{first[0]}”） / {len(masked)} values are masked",
            span=layout.span(*first.span()),
        )
    for role, start, end in blanks(layout):
        yield Quality(
            kind="blank",
            message=f"“{role}”后为空白或不完整 / nothing or too little after {role}",
            span=layout.span(start, end),
        )
    for item in attachments.items:
        if not item.included:
            yield Quality(
                kind="attachment_not_obtained",
                message=f"附件“{item.title}”已列出但未取得 / attachment listed, not obtained",
                span=item.span,
            )
    for start, end in attachments.mentioned:
        yield Quality(
            kind="attachment_not_obtained",
            message=f"正文提到“{squeeze(layout.text[start:end])}”，未取得 / an attachment is mentioned, not obtained",
            span=layout.span(start, end),
        )


def _doubtful(layout: Layout) -> Iterator[Quality]:
    """The passages that text recognition was not sure of, each with its place."""
    passages = [(line.start, line.end, line.paragraph.confidence) for line in layout.lines]
    passages += [(cell.start, cell.end, cell.cell.confidence) for table in layout.tables for cell in table.cells]
    for start, end, confidence in sorted(p for p in passages if p[2] is not None and p[2] < LOW_CONFIDENCE):
        yield Quality(
            kind="low_ocr_confidence",
            message=f"扫描识别可信度低（{confidence:.2f}），请核对原件 / recognised with low confidence, see the original",
            span=layout.span(start, end),
            confidence=confidence,
        )


def _changed(layout: Layout) -> Iterator[Quality]:
    """The paragraphs and cells that tracked changes touched, each with its wording before."""
    passages = [(line.start, line.end, line.paragraph.before) for line in layout.lines]
    passages += [(cell.start, cell.end, cell.cell.before) for table in layout.tables for cell in table.cells]
    for start, end, before in sorted(p for p in passages if p[2] is not None):
        yield Quality(
            kind="tracked_changes",
            message=f"修订前为“{before}” / before the tracked changes"
            if before
            else "修订新增，原文无此内容 / added by tracked changes",
            span=layout.span(start, end),
        )


def file_name_conflicts(uri: str, number: str | None, signed_on: date | None) -> Iterator[Quality]:
    """What the file's name says otherwise than the document: its number, its date."""
    name = PurePath(uri).stem
    named_number = parse_number(name, fold(name))
    if named_number and number and fold(named_number) != fold(number):
        yield Quality(
            kind="conflicting_sources",
            message=f"document_number: 正文为“{number}”，文件名为“{named_number}”，以正文为准 / the file's name says otherwise",
        )
    named_day = parse_date(fold(name))
    if named_day and signed_on and named_day != signed_on:
        yield Quality(
            kind="conflicting_sources",
            message=f"signed_on: 正文为{signed_on}，文件名为{named_day}，以正文为准 / the file's name says otherwise",
        )


_FULL_MARKS = 100


def scoring_totals(layout: Layout, scoring: Sequence[ScoringItem]) -> Iterator[Quality]:
    """Scoring tables whose points do not add up to a hundred."""
    for table in layout.tables:
        items = [item for item in scoring if table.start <= item.span.start < table.end]
        total = sum(item.points for item in items)
        if len(items) > 1 and total != _FULL_MARKS:
            yield Quality(
                kind="scoring_total",
                message=f"评分项合计{total:g}分，不是{_FULL_MARKS}分 / the points add up to {total:g}, not {_FULL_MARKS}",
                span=layout.span(table.start, table.end),
            )
