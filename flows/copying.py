"""Copied text over many documents: each plan against others, with the names that were left standing.

Brings the pieces together for the faces: ``extractors.reuse`` compares two documents, the corpus gives the others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from extractors import verbatim
from extractors.fold import fold
from extractors.reuse import Fingerprints, Library, Passage, Reuse, by_clause, compare
from extractors.running_text import clause_of, occurrences, schools, stems, word_finder
from extractors.sections import with_page
from schemas.document import Document, Span
from schemas.reuse import CopiedFrom, CopiedPassage, CopiedSection, Copying, StrayName


def copying(plans: Sequence[Document], against: Iterable[Document]) -> Iterator[Copying]:
    """How much of each plan stands in others, plan by plan.

    Args:
        plans: the documents to look at.
        against: what they are compared with; a plan may be among them, it is never compared with itself.
    """
    made: dict[str, Fingerprints] = {}
    for document in against:
        made.setdefault(document.id, Fingerprints.of(document))
    library = Library(made.values())
    for plan in plans:
        own = made.get(plan.id) or Fingerprints.of(plan)
        found = [(other, compare(own, other)) for other in library.candidates(own)]
        found = [(other, reuse) for other, reuse in found if reuse.passages]
        found.sort(key=lambda pair: -pair[1].copied)
        yield _copying(own, found, len(made) - (plan.id in made))


def _copying(own: Fingerprints, found: list[tuple[Fingerprints, Reuse]], compared: int) -> Copying:
    plan = own.document
    characters = len(own.running.text)
    copied = len({place for _, reuse in found for passage in reuse.passages for place in passage.copied})
    return Copying(
        document=plan.id,
        title=plan.title,
        uri=plan.source.uri,
        index=plan.source.index,
        jurisdiction=plan.jurisdiction,
        characters=characters,
        copied=copied,
        share=_share(copied, characters),
        compared=compared,
        sections=[
            CopiedSection(
                number=one.section.number,
                heading=one.section.heading,
                clause=clause_of(plan.sections, one.section.span.start),
                span=one.section.span,
                characters=one.characters,
                copied=one.copied,
                share=_share(one.copied, one.characters),
            )
            for one in by_clause(own, (reuse for _, reuse in found))
        ],
        sources=[
            CopiedFrom(
                document=other.document.id,
                title=other.document.title,
                uri=other.document.source.uri,
                index=other.document.source.index,
                jurisdiction=other.document.jurisdiction,
                copied=reuse.copied,
                share=_share(reuse.copied, characters),
                verbatim=round(verbatim.share(plan.text, other.document.text), 4),
                passages=list(_passages(own, other, reuse)),
            )
            for other, reuse in found
        ],
    )


def _share(copied: int, characters: int) -> float:
    return round(copied / characters, 4) if characters else 0.0


def _passages(own: Fingerprints, other: Fingerprints, reuse: Reuse) -> Iterator[CopiedPassage]:
    plan, source = own.document, other.document
    stray = _stray_names(own, source)
    starts = [name.span.start for name in stray]
    for passage in reuse.passages:
        first, last = bisect_left(starts, passage.span.start), bisect_left(starts, passage.span.end)
        yield CopiedPassage(
            span=with_page(plan, passage.span),
            quote=plan.quote(passage.span),
            clause=clause_of(plan.sections, passage.span.start),
            other_span=with_page(source, passage.other),
            other_quote=source.quote(passage.other),
            other_clause=clause_of(source.sections, passage.other.start),
            score=passage.score,
            kind=passage.kind,
            characters=len(passage.copied),
            stray_names=[name for name in stray[first:last] if _stands_there_too(name, source, passage)],
        )


def _stray_names(own: Fingerprints, source: Document) -> list[StrayName]:
    """Names of the other document's county, its city where that is another, and its schools, in the plan's text.

    A plan of a county whose city is not known may well belong to the other's city: that name is then left out.
    """
    plan = own.document
    mine, theirs = plan.jurisdiction, source.jurisdiction
    names: set[str] = set()
    if theirs.county and theirs.county != mine.county:
        names |= stems(theirs.county)
    if theirs.city and mine.city and theirs.city != mine.city:
        names |= stems(theirs.city)
    names -= {form for name in (mine.province, mine.city, mine.county) if name for form in stems(name)}
    foreign_schools = schools(source) - schools(plan)
    if not names and not foreign_schools:
        return []
    folded = own.running.folded
    return [
        StrayName(
            name=plan.text[start:end],
            kind="place" if folded[start:end] in names else "school",
            span=Span(start=start, end=end),
        )
        for start, end in occurrences(word_finder(names | foreign_schools), folded)
    ]


def _stands_there_too(name: StrayName, source: Document, passage: Passage) -> bool:
    """A county's name counts wherever it was left; a school's only if the other passage has it too."""
    return name.kind == "place" or fold(name.name) in fold(source.quote(passage.other))
