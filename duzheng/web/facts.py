"""The facts of a document as rows of a page: a heading for each column, texts, and the place each stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duzheng.web.here import Here
    from schemas.document import Span, Target

FACTS: dict[str, tuple[str, ...]] = {
    "communities": ("name", "mode", "lead", "members"),
    "targets": ("about", "value", "due"),
    "tasks": ("task", "responsible", "due"),
    "leaders": ("role", "person", "post"),
    "scoring": ("item", "points", "standards", "deductions"),
    "tables": ("caption", "rows"),
    "citations": ("title", "name"),
    "attachments": ("number", "title", "value"),
}
"""The kinds of facts, by the field of ``Document`` that holds them, and the words of their columns."""

_COMPARATORS = {">=": "≥ ", "<=": "≤ ", "=": "", "range": ""}


def rows(asked: Here, kind: str, some: Sequence[Any]) -> Iterator[tuple[tuple[str, ...], Span]]:
    """The rows of one kind."""
    for one in some:
        yield tuple(str(cell) for cell in _cells(asked, kind, one)), one.span


def _cells(asked: Here, kind: str, one: Any) -> tuple[object, ...]:
    match kind:
        case "communities":
            return (one.name or "", one.mode or "", one.lead or "", "、".join(one.members))
        case "targets":
            return (one.about, _amount(asked, one), one.due or "")
        case "tasks":
            return (one.text, "、".join(one.responsible), one.due or one.due_text or "")
        case "leaders":
            return (one.role, one.name, f"{one.organisation or ''}{one.post or ''}")
        case "scoring":
            return (one.item, f"{one.points:g}", one.standards or "", one.deductions or "")
        case "tables":
            return (one.caption or "", len(one.rows))
        case "citations":
            return (one.title, one.document_number or "")
        case _:
            state = "reading.included" if one.included else "reading.not_included"
            return ("" if one.number is None else one.number, one.title, asked.word(state))


def _amount(asked: Here, target: Target) -> str:
    upper = f"–{target.upper:g}" if target.upper is not None else ""
    per = f" / {asked.word(f'reading.per_{target.per}')}" if target.per else ""
    return f"{_COMPARATORS[target.comparator]}{target.value:g}{upper} {target.unit or ''}{per}".strip()
