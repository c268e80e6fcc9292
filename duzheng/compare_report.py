"""A comparison side by side as one HTML file, and as a table. Works offline, no script; all text of documents is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from checks.report import upright
from duzheng.copying_report import name
from duzheng.unwritable import unwritable
from schemas.comparison import MOVED_NAME, STATE_NAMES, ClausePair, ComparedClause, ComparedDocument, Comparison
from schemas.document import Span

if TYPE_CHECKING:
    from jinja2 import Template

COUNTED: dict[str, str] = {**{str(state): name for state, name in STATE_NAMES.items()}, "moved": MOVED_NAME}
Side = Literal["left", "right"]


def write_report(comparison: Comparison, path: Path) -> None:
    """Write the page, its folder made where it is lacking.

    Raises:
        CorpusError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(comparison), encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise unwritable(path, error) from error


def render(comparison: Comparison) -> str:
    """The page as text."""
    return _template().render(
        left=document_name(comparison.left),
        right=document_name(comparison.right),
        counts=[(label, comparison.counts[state]) for state, label in COUNTED.items()],
        rows=[
            {
                "state": pair.state,
                "label": label(pair),
                "score": "" if pair.score is None or pair.state == "same" else f"{pair.score:.0f}",
                "left": _clause(pair, "left"),
                "right": _clause(pair, "right"),
            }
            for pair in comparison.pairs
        ],
    )


@cache
def _template() -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=upright)
    return environment.from_string(
        files("duzheng").joinpath("templates", "comparison.html").read_text(encoding="utf-8")
    )


def document_name(side: ComparedDocument) -> str:
    """A side as people know it: title, file and date."""
    shown = name(side.title, side.uri, side.index)
    return f"{shown} {side.date.isoformat()}" if side.date else shown


def label(pair: ClausePair) -> str:
    """What became of a clause: 修改、移动."""
    words = [STATE_NAMES[pair.state]]
    if pair.moved:
        words = [MOVED_NAME] if pair.state == "same" else [*words, MOVED_NAME]
    return "、".join(words)


def pieces(pair: ClausePair, side: Side) -> Iterator[tuple[str, bool]]:
    """The quote of one side cut at its changes: the words and whether they differ."""
    clause: ComparedClause | None = getattr(pair, side)
    if clause is None:
        return
    done = clause.span.start
    for change in pair.changes:
        span: Span = getattr(change, side)
        yield clause.quote[done - clause.span.start : span.start - clause.span.start], False
        yield clause.quote[span.start - clause.span.start : span.end - clause.span.start], True
        done = span.end
    yield clause.quote[done - clause.span.start :], False


def _clause(pair: ClausePair, side: Side) -> dict[str, Any] | None:
    clause: ComparedClause | None = getattr(pair, side)
    if clause is None:
        return None
    shown = [{"text": text, "changed": changed} for text, changed in pieces(pair, side) if text]
    return {"clause": clause.clause, "pieces": shown}


def rows(comparisons: Sequence[Comparison]) -> list[dict[str, Any]]:
    """One row a pair, for a table."""
    return [
        {
            "结果": label(pair),
            "相似度": pair.score,
            "左条款": pair.left.clause if pair.left else "",
            "左文": pair.left.quote if pair.left else "",
            "右条款": pair.right.clause if pair.right else "",
            "右文": pair.right.quote if pair.right else "",
            "差异": "\n".join(f"{change.left_quote or '∅'} → {change.right_quote or '∅'}" for change in pair.changes),
            "左起": pair.left.span.start if pair.left else None,
            "左止": pair.left.span.end if pair.left else None,
            "右起": pair.right.span.start if pair.right else None,
            "右止": pair.right.span.end if pair.right else None,
        }
        for comparison in comparisons
        for pair in comparison.pairs
    ]
