"""The clause that a requirement rests on, in the notice's own words, where the notice is in the corpus.

A pack names its basis by title or number and each requirement its clause by the number of a section (二（三）), or by its
heading. Only requirements that were taken from the basis itself (``primary``) are looked up there: the clause of a
requirement that another document restates is that document's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.relations.keys import number_key, title_keys
from extractors.fold import fold
from extractors.sections import with_page
from schemas.document import Document, Section, Span

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.requirement import Pack, RequirementBase

_LOOKED_AT = 5
_MARKS = str.maketrans("", "", "、，,.．：: \u3000\n第条款项()（）")


@dataclass(frozen=True, slots=True)
class SourceClause:
    """Where the clause stands: ``quote`` is the text of ``document`` at ``span``, as it is written."""

    document: Document
    span: Span
    quote: str


def source_clauses(corpus: Corpus, pack: Pack) -> dict[str, SourceClause]:
    """The clauses that are found, by the requirement's id; a clause that cannot be told for certain is left out."""
    wanted = [one for one in pack.requirements if one.provenance == "primary"]
    if not wanted:
        return {}
    notices = [(document, _places(document)) for document in _basis(corpus, pack)]
    found: dict[str, SourceClause] = {}
    for one in wanted:
        span = next(_standing(one, notices), None)
        if span is not None:
            found[one.id] = span
    return found


def _basis(corpus: Corpus, pack: Pack) -> Iterator[Document]:
    """The documents of the corpus that the pack names, surely: one alone has that number, or that title."""
    for one in pack.basis:
        query = {"number": one.number} if one.number else {"title": one.title}
        hits = corpus.search("", limit=_LOOKED_AT, facets=(), **query).hits
        read = (corpus.document(hit.document) for hit in hits)
        documents = [document for document in read if document is not None]
        if one.number:
            fits = [each for each in documents if number_key(each.document_number) == number_key(one.number)]
        else:
            keys = set(title_keys(one.title))
            fits = [each for each in documents if keys.intersection(title_keys(each.title))]
        # Copies of one notice say the same; a notice and another of its title do not.
        if fits and len({each.text for each in fits}) == 1:
            yield fits[0]


def _standing(
    requirement: RequirementBase, notices: Sequence[tuple[Document, Mapping[str, Sequence[Span]]]]
) -> Iterator[SourceClause]:
    for document, places in notices:
        clause = requirement.clause
        if document.document_number and clause.startswith(document.document_number):
            clause = clause.removeprefix(document.document_number)
        # A duty that stands in several clauses names them all; the first is where it is said.
        for name in clause.split("，"):
            spans = places.get(_key(name), ())
            if len(spans) == 1:
                span = with_page(document, spans[0])
                yield SourceClause(document, span, document.quote(span))


def _places(document: Document) -> dict[str, list[Span]]:
    """The sections by their number from the outermost on, and by their heading."""
    found: dict[str, list[Span]] = {}
    for path, section in _sections(document.sections, ""):
        for key in {path, _key(section.heading or "")} - {""}:
            found.setdefault(key, []).append(section.span)
    return found


def _sections(sections: Iterable[Section], above: str) -> Iterator[tuple[str, Section]]:
    stack = [(above, one) for one in sections]
    while stack:
        path, one = stack.pop()
        own = path + _key(one.number or "")
        yield own if one.number else "", one
        stack += [(own, below) for below in one.sections]


def _key(name: str) -> str:
    return fold(name).translate(_MARKS)
