"""Copied text over many documents: each plan against others, with the names that were left standing.

Brings the pieces together for the faces: ``extractors.reuse`` compares two documents, the corpus gives the others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence

from extractors import verbatim
from extractors.fold import fold
from extractors.reuse import Fingerprints, Library, Passage, Reuse, by_clause, compare
from extractors.running_text import clause_of, occurrences, schools, stems, word_finder
from extractors.sections import with_page
from schemas.document import Document, Span
from schemas.reuse import CopiedFrom, CopiedPassage, CopiedSection, Copying, StrayName

PLANS_AT_ONCE = 8
"""What was found of so many plans is held while the others are gone through."""


def copying(plans: Sequence[Document], against: Callable[[], Iterable[Document]]) -> Iterator[Copying]:
    """How much of each plan stands in others, plan by plan.

    Of the others one is held at a time, however many there are: they are gone through once for each ``PLANS_AT_ONCE`` plans.

    Args:
        plans: the documents to look at.
        against: gives what they are compared with, and the same when it is called again; a plan may be among them, it is
            never compared with itself. Of several with the same identifier the first counts.
    """
    made = [Fingerprints.of(plan) for plan in plans]
    of_plans = {id(one.document): one for one in made}
    for start in range(0, len(made), PLANS_AT_ONCE):
        compared = [_Compared(one) for one in made[start : start + PLANS_AT_ONCE]]
        library = Library(one.own for one in compared)
        seen: set[str] = set()
        for document in against():
            if document.id in seen:
                continue
            seen.add(document.id)
            other = of_plans.get(id(document)) or Fingerprints.of(document)
            likely = {id(one) for one in library.candidates(other)}
            for plan in compared:
                if id(plan.own) in likely and plan.own.document.id != document.id:
                    plan.add(other)
        for plan in compared:
            yield plan.result(len(seen - {plan.own.document.id}))


class _Compared:
    """A plan and what was found of it so far; the others themselves are not kept."""

    def __init__(self, own: Fingerprints) -> None:
        self.own = own
        self._copied: set[int] = set()
        self._sources: list[CopiedFrom] = []

    def add(self, other: Fingerprints) -> None:
        """Compares it with another document."""
        own, reuse = self.own, compare(self.own, other)
        if not reuse.passages:
            return
        self._copied.update(place for passage in reuse.passages for place in passage.copied)
        self._sources.append(
            CopiedFrom(
                document=other.document.id,
                title=other.document.title,
                uri=other.document.source.uri,
                index=other.document.source.index,
                jurisdiction=other.document.jurisdiction,
                copied=reuse.copied,
                share=_share(reuse.copied, len(own.running.text)),
                verbatim=round(verbatim.share(own.document.text, other.document.text), 4),
                passages=list(_passages(own, other, reuse)),
            )
        )

    def result(self, compared: int) -> Copying:
        """What was found in ``compared`` other documents."""
        plan, characters = self.own.document, len(self.own.running.text)
        return Copying(
            document=plan.id,
            title=plan.title,
            uri=plan.source.uri,
            index=plan.source.index,
            jurisdiction=plan.jurisdiction,
            characters=characters,
            copied=len(self._copied),
            share=_share(len(self._copied), characters),
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
                for one in by_clause(self.own, self._copied)
            ],
            sources=sorted(self._sources, key=lambda source: -source.copied),
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
