"""One document as a person reads it: header, outline, facts, each with the line of the original it stands in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from duzheng import console
from duzheng.output import GENRE_NAMES, ROLE_NAMES, gone, place, shorten
from schemas.document import Document, Section, Span, Target

_BLANK = "（空）"
_COMPARATORS = {">=": "≥", "<=": "≤", "=": "=", "range": ""}
_PERIODS = {"week": "周", "month": "月", "semester": "学期", "school_year": "学年", "year": "年"}


class Lines:
    """From an offset in a text to the number of its line, counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]

    def of(self, span: Span | None) -> str:
        """``第3行`` for a span, with its page where there are pages; empty without a span."""
        if span is None:
            return ""
        line = f"第{bisect_right(self._starts, span.start)}行"
        return f"第{span.page}页 {line}" if span.page else line


def show_document(document: Document, gone_since: str | None = None) -> None:
    """Print the document on standard output; ``gone_since``: the day since which no source lists it any more."""
    out = console.stdout()
    out.rule(style="dim")
    if gone_since:
        out.print(gone(gone_since), style="yellow", markup=False)
    for line, style in lines(document):
        out.print(line, style=style, markup=False, overflow="fold")


def lines(document: Document) -> Iterator[tuple[str, str]]:
    """The lines of the page with their styles; control characters of the document are left out."""
    for line, style in _page(document):
        yield "".join(c if c.isprintable() else " " for c in line), style


def _page(document: Document) -> Iterator[tuple[str, str]]:
    at = Lines(document.text)
    yield document.title or "（无标题）", "bold"
    yield from _header(document, at)
    if document.sections:
        yield "", ""
        yield "提纲 outline", "bold"
        yield from _outline(document, document.sections, at, 1)
    groups = (
        ("共同体 communities", list(_communities(document, at))),
        (
            "指标 targets",
            [f"{_target(t)}  {at.of(t.span)}「{shorten(document.quote(t.span), 50)}」" for t in document.targets],
        ),
        (
            "任务 tasks",
            [
                f"{shorten(t.text, 60)}  责任 {'、'.join(t.responsible) or _BLANK}  "
                f"时限 {t.due or t.due_text or _BLANK}  {at.of(t.span)}"
                for t in document.tasks
            ],
        ),
        (
            "领导小组 leaders",
            [f"{p.role} {p.name} {p.organisation or ''}{p.post or ''}  {at.of(p.span)}" for p in document.leaders],
        ),
        ("引用 citations", [f"{c.title} {c.document_number or ''}  {at.of(c.span)}" for c in document.citations]),
        (
            "附件 attachments",
            [
                f"{a.number or ''} {a.title}  {'已取得' if a.included else '未取得'}  {at.of(a.span)}"
                for a in document.attachments
            ],
        ),
        ("表格 tables", [f"{t.caption or '（无题）'}  {len(t.rows)} 行  {at.of(t.span)}" for t in document.tables]),
        ("须注意 quality", [f"{q.message}  {at.of(q.span)}" for q in document.quality]),
    )
    for heading, items in groups:
        if items:
            yield "", ""
            yield f"{heading} ({len(items)})", "bold"
            yield from ((f"  {item}", "") for item in items)


def _header(document: Document, at: Lines) -> Iterator[tuple[str, str]]:
    spans = document.spans
    header = (
        ("编号 id", document.id, ""),
        ("来源 source", f"{document.source.uri}  {document.source.media_type}  {document.source.bytes} bytes", ""),
        ("文种 genre", f"{GENRE_NAMES[document.genre]} / {ROLE_NAMES[document.role]}  {document.variant}", ""),
        ("发文字号", document.document_number, at.of(spans.get("document_number"))),
        ("索引号", document.index_number, at.of(spans.get("index_number"))),
        ("发文机关 issuers", "、".join(document.issuers), at.of(spans.get("issuers.0"))),
        ("主送 addressees", "、".join(document.addressees), at.of(spans.get("addressees.0"))),
        ("成文日期 signed", document.signed_on, at.of(spans.get("signed_on"))),
        ("发布日期 published", document.published_on, at.of(spans.get("published_on"))),
        ("地区 place", place(document.jurisdiction), document.jurisdiction.adcode or ""),
        ("主题 topics", "、".join(document.topics), ""),
    )
    for label, value, where in header:
        if value:
            yield f"  {label}: {value}  {where}".rstrip(), ""


def _outline(document: Document, sections: Sequence[Section], at: Lines, depth: int) -> Iterator[tuple[str, str]]:
    for section in sections:
        head = section.heading or shorten(document.quote(section.span), 30)
        number = section.number or ""
        yield f"{'  ' * depth}{number} {head}  {at.of(section.span)}", "" if section.heading else "dim"
        yield from _outline(document, section.sections, at, depth + 1)


def _communities(document: Document, at: Lines) -> Iterator[str]:
    for community in document.communities:
        name = f"{community.name}: " if community.name else ""
        mode = f"（{community.mode}）" if community.mode else ""
        members = "、".join(community.members) or _BLANK
        yield f"{name}{community.lead or _BLANK} ← {members}{mode}  {at.of(community.span)}"


def _target(target: Target) -> str:
    value = f"{target.value:g}–{target.upper:g}" if target.upper is not None else f"{target.value:g}"
    per = f"/{_PERIODS[target.per]}" if target.per else ""
    due = f"，{target.due} 前" if target.due else ""
    return f"{target.about} {_COMPARATORS[target.comparator]} {value} {target.unit or ''}{per}{due}"
