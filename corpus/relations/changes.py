"""What changed between two versions of a document, in the words of both."""

from __future__ import annotations

from corpus.relations.likeness import Comparison
from extractors.plain_words import PlainWords
from extractors.running_text import clause_of
from schemas.document import Document, Span
from schemas.relations import Change

_LONGEST_QUOTE = 160


def changes(before: Document, after: Document) -> tuple[float, list[Change]]:
    """How much of the shorter version stands in the other (0 to 1), and every stretch that differs, in order."""
    comparison = Comparison(PlainWords.of(before.text), PlainWords.of(after.text))
    found = []
    for piece in comparison.pieces:
        old = _span(comparison.one, before.text, piece.start, piece.end)
        new = _span(comparison.other, after.text, piece.other_start, piece.other_end)
        found.append(
            Change(
                kind="added"
                if piece.start == piece.end
                else "dropped"
                if piece.other_start == piece.other_end
                else "edited",
                clause=clause_of(after.sections, new.start) or clause_of(before.sections, old.start),
                before=before.quote(old)[:_LONGEST_QUOTE],
                after=after.quote(new)[:_LONGEST_QUOTE],
                before_span=old,
                after_span=new,
            )
        )
    return round(comparison.share, 4), found


def _span(words: PlainWords, text: str, start: int, end: int) -> Span:
    """The stretch of the original from the first to the last of the plain words; an empty one stands where they would."""
    if start == end:
        place = int(words.places[start]) if start < len(words.places) else len(text)
        return Span(start=place, end=place)
    return Span(start=int(words.places[start]), end=int(words.places[end - 1]) + 1)
