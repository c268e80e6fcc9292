"""How two documents differ, clause by clause: the output of ``duzheng compare``, field by field.

Spans count characters of ``Document.text`` of their own document, and every quote is that text at its span, byte for byte.
"""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from schemas.document import Jurisdiction, Model, Span

PairState = Literal["same", "edited", "rewritten", "added", "dropped"]
STATE_NAMES: dict[PairState, str] = {
    "same": "相同", "edited": "修改", "rewritten": "重写", "added": "新增", "dropped": "删除",
}  # fmt: skip
MOVED_NAME = "移动"


class ComparedDocument(Model):
    """One side of a comparison. ``clauses`` is how many clauses it has."""

    document: str
    title: str | None = None
    uri: str
    index: int | None = None
    jurisdiction: Jurisdiction = Field(default_factory=Jurisdiction)
    date: datetime.date | None = None
    clauses: int


class ComparedClause(Model):
    """A clause: a section's own words without those below it, or one of its later paragraphs.

    ``clause`` says where in the outline it stands (四（一）2; empty outside).
    """

    clause: str = ""
    heading: str | None = None
    span: Span
    quote: str


class Change(Model):
    """A difference inside two clauses that belong together: what stands on the left is replaced by what stands on the right.

    Something put in has an empty left quote, something taken out an empty right one; the span then says where.
    """

    left: Span
    left_quote: str
    right: Span
    right_quote: str


class ClausePair(Model):
    """Two clauses that belong together, or one without a counterpart (``added`` has no left, ``dropped`` no right).

    ``same`` means the same folded text, white space, the clause's number and the script left out; ``edited`` is alike
    by ``score`` (0 to 100) 45 or more; ``rewritten`` has the same heading and other words. ``moved`` says that it stands at
    another place among the clauses that both have; ``renumbered`` that its number differs.
    """

    state: PairState
    moved: bool = False
    renumbered: bool = False
    score: float | None = None
    left: ComparedClause | None = None
    right: ComparedClause | None = None
    changes: list[Change] = Field(default_factory=list)


class Comparison(Model):
    """Two documents clause by clause, in the order of the right one, what was dropped where it stood in the left one.

    ``counts`` holds the number of pairs of each state, and ``moved``.
    """

    left: ComparedDocument
    right: ComparedDocument
    counts: dict[str, int]
    pairs: list[ClausePair]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one comparison."""
    return Comparison.model_json_schema()
