"""The copied passages side by side as one HTML file. Works offline, no script; all text of documents is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.report import upright
from duzheng.unwritable import unwritable
from schemas.reuse import LIKENESS_NAMES, CopiedPassage, Copying

if TYPE_CHECKING:
    from jinja2 import Template


def write_report(results: Sequence[Copying], path: Path) -> None:
    """Write the page, its folder made where it is lacking.

    Raises:
        CorpusError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(results), encoding="utf-8", newline="\n")
    except OSError as error:
        raise unwritable(path, error) from error


def render(results: Sequence[Copying]) -> str:
    """The page as text."""
    return _template().render(plans=[_plan(number, one) for number, one in enumerate(results, start=1)])


@cache
def _template() -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=upright)
    return environment.from_string(files("duzheng").joinpath("templates", "copying.html").read_text(encoding="utf-8"))


def _plan(number: int, result: Copying) -> dict[str, Any]:
    sources = [
        {
            "name": name(source.title, source.uri, source.index),
            "share": f"{source.share:.1%}",
            "passages": [_passage(passage) for passage in source.passages],
        }
        for source in result.sources
    ]
    return {
        "key": f"plan-{number}",
        "name": name(result.title, result.uri, result.index),
        "share": f"{result.share:.1%}",
        "first": f"{sources[0]['name']} {sources[0]['share']}" if sources else "",
        "characters": result.characters,
        "copied": result.copied,
        "compared": result.compared,
        "sections": [
            {
                "clause": section.clause,
                "heading": section.heading or "",
                "share": f"{section.share:.1%}",
                "characters": section.characters,
            }
            for section in result.sections
            if section.copied
        ],
        "sources": sources,
    }


def _passage(passage: CopiedPassage) -> dict[str, Any]:
    return {
        "kind": passage.kind,
        "kind_name": LIKENESS_NAMES[passage.kind],
        "score": f"{passage.score:.0f}",
        "clause": passage.clause,
        "other_clause": passage.other_clause,
        "pieces": list(_pieces(passage)),
        "other_quote": passage.other_quote,
    }


def _pieces(passage: CopiedPassage) -> Iterator[dict[str, Any]]:
    """The quote cut at the names that were left standing."""
    done = 0
    for stray in passage.stray_names:
        start, end = stray.span.start - passage.span.start, stray.span.end - passage.span.start
        yield {"text": passage.quote[done:start], "stray": False}
        yield {"text": passage.quote[start:end], "stray": True}
        done = end
    yield {"text": passage.quote[done:], "stray": False}


def name(title: str | None, uri: str, index: int | None) -> str:
    """A document as people know it: its title and its file."""
    file = uri.rsplit("/", 1)[-1] + ("" if index is None else f"#{index + 1}")
    return f"{title}（{file}）" if title else file
