"""A document made ready for checking: folded text without white space, its sentences, its outline, what was not read.

Offsets inside this module and the forms count characters of ``Plan.flat``, the folded text without white space (so that
a gap left inside a word hides nothing). ``Plan.span`` turns them back into spans of ``Document.text``.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from extractors.fold import fold
from schemas.document import Document, Quality, Section, Span
from schemas.finding import Evidence, EvidenceRole, Searched, SearchedAttachments, SearchedSection
from schemas.reading import UNREAD_KINDS

_SENTENCE_ENDS = frozenset("。!?;\n\r\x0b\x0c\u2028\u2029")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff")
_CLAUSE_END = re.compile(r"[:。!?;]|(?<!\d),|,(?!\d)")
_CITED = re.compile(r"《[^《》\n]{1,120}》")
_MADE_HERE = re.compile(r"(?:制定|制订|出台|编制|拟定|拟订|签订|签署|研制)(?:了|好)?$")
_MASK = "\ufffc"
_SURE_ENOUGH = 0.9
"""The mean confidence of a recognised page from which on it counts as read; a text layer of unknown making never does."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of ``Plan.flat``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """A section of the outline with the headings above it; ``stretch`` is its whole extent in ``Plan.flat``."""

    section: Section
    depth: int
    path: tuple[str, ...]
    stretch: Stretch

    @property
    def is_leaf(self) -> bool:
        """Whether nothing of the outline stands below it."""
        return not self.section.sections


@dataclass(eq=False)
class Plan:
    """A document as the forms see it.

    ``flat`` is the folded text without white space; in ``spoken`` the titles of other documents (《…》) are masked out,
    so that a cited title is never taken for a statement of the plan itself. What the plan says it draws up itself
    (制定《…办法》) stays.
    """

    document: Document
    others: Sequence[Document] = ()
    """The documents at hand beside the plan, of any unit; ``checks.other_plans`` tells which of them it must agree with."""
    flat: str = field(init=False)
    spoken: str = field(init=False)
    sentences: list[Stretch] = field(init=False)
    _origin: array[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        folded = fold(self.document.text)
        origin = array("L")
        kept: list[str] = []
        sentences: list[Stretch] = []
        start = 0
        for position, character in enumerate(folded):
            if character in _SENTENCE_ENDS:
                if not character.isspace():
                    kept.append(character)
                    origin.append(position)
                if len(kept) > start:
                    sentences.append(Stretch(start, len(kept)))
                    start = len(kept)
            elif not character.isspace() and character not in _INVISIBLE:
                kept.append(character)
                origin.append(position)
        if len(kept) > start:
            sentences.append(Stretch(start, len(kept)))
        self.flat = "".join(kept)
        self._origin = origin
        self.sentences = sentences
        spoken = list(self.flat)
        cited = [Stretch(*match.span()) for match in _CITED.finditer(self.flat)]
        cited += [self.stretch(citation.span) for citation in self.document.citations]
        for title in cited:
            if not _MADE_HERE.search(self.flat, max(title.start - 4, 0), title.start):
                spoken[title.start : title.end] = _MASK * (title.end - title.start)
        self.spoken = "".join(spoken)
        self._sentence_starts = [s.start for s in sentences]

    # -- offsets

    def span(self, start: int, end: int) -> Span:
        """The span of ``Document.text`` for a stretch of ``flat``; with its page where the source has pages."""
        if start >= end:
            first = self._origin[min(start, len(self._origin) - 1)] if self._origin else 0
            return Span(start=first, end=first)
        first = self._origin[start]
        return Span(start=first, end=self._origin[end - 1] + 1, page=self._page(first))

    def stretch(self, span: Span) -> Stretch:
        """The stretch of ``flat`` that a span of ``Document.text`` covers."""
        return Stretch(bisect_left(self._origin, span.start), bisect_left(self._origin, span.end))

    def evidence(self, role: EvidenceRole, start: int, end: int) -> Evidence:
        """Evidence at a stretch of ``flat``; the quote is the original text, byte for byte."""
        return self.evidence_at(role, self.span(start, end))

    def evidence_at(self, role: EvidenceRole, span: Span) -> Evidence:
        """Evidence at a span of the document."""
        if span.page is None:
            span = span.model_copy(update={"page": self._page(span.start)})
        return Evidence(role=role, span=span, quote=self.document.text[span.start : span.end])

    def _page(self, position: int) -> int | None:
        starts, pages = self._pages
        index = bisect_right(starts, position) - 1
        return pages[index] if index >= 0 else None

    @cached_property
    def _pages(self) -> tuple[list[int], list[int]]:
        """Where each page begins, as two lists for bisection."""
        return [page.start for page in self.document.pages], [page.page for page in self.document.pages]

    # -- sentences and clauses

    def sentence_at(self, position: int) -> Stretch:
        """The sentence that holds a place of ``flat``."""
        return self.sentences[max(bisect_right(self._sentence_starts, position) - 1, 0)]

    def passage_at(self, position: int) -> Stretch:
        """The sentences joined by semicolons around a place of ``flat``: one statement in parallel parts."""
        index = max(bisect_right(self._sentence_starts, position) - 1, 0)
        first = last = index
        while first > 0 and self.flat[self.sentences[first - 1].end - 1] == ";":
            first -= 1
        while last + 1 < len(self.sentences) and self.flat[self.sentences[last].end - 1] == ";":
            last += 1
        return Stretch(self.sentences[first].start, self.sentences[last].end)

    def sentences_within(self, stretch: Stretch) -> Iterator[Stretch]:
        """The sentences that begin inside a stretch, cut to it."""
        for index in range(bisect_left(self._sentence_starts, stretch.start), len(self.sentences)):
            sentence = self.sentences[index]
            if sentence.start >= stretch.end:
                return
            yield Stretch(sentence.start, min(sentence.end, stretch.end))

    def clause(self, start: int, end: int) -> Stretch:
        """The clauses (between commas, colons and sentence ends) that a stretch of ``flat`` touches."""
        sentence = self.sentence_at(start)
        first = sentence.start
        for match in _CLAUSE_END.finditer(self.flat, sentence.start, start):
            first = match.end()
        match_after = _CLAUSE_END.search(self.flat, end, max(sentence.end, end))
        return Stretch(first, match_after.start() if match_after else max(sentence.end, end))

    @cached_property
    def paragraphs(self) -> list[Stretch]:
        """The paragraphs (lines) of the text."""
        found: list[Stretch] = []
        position = 0
        for line in self.document.text.splitlines(keepends=True):
            stretch = self.stretch(Span(start=position, end=position + len(line)))
            if stretch.end > stretch.start:
                found.append(stretch)
            position += len(line)
        return found

    # -- outline

    @cached_property
    def outline(self) -> list[OutlineItem]:
        """Every section in reading order, with the headings above it."""
        items: list[OutlineItem] = []

        def walk(sections: Sequence[Section], depth: int, path: tuple[str, ...]) -> None:
            for section in sections:
                own = (*path, fold(section.heading)) if section.heading else path
                items.append(OutlineItem(section, depth, own, self.stretch(section.span)))
                walk(section.sections, depth + 1, own)

        walk(self.document.sections, 1, ())
        return items

    def headings_above(self, position: int) -> tuple[str, ...]:
        """The folded headings of the sections around a place of ``flat``, outermost first."""
        best: tuple[str, ...] = ()
        for item in self.outline:
            if item.stretch.start <= position < item.stretch.end and len(item.path) >= len(best):
                best = item.path
        return best

    # -- what was read and what was not

    @cached_property
    def attachments_not_obtained(self) -> list[str]:
        """The attachments that the plan names, or speaks of (见附件1), and that were not obtained with it."""
        titles = [attachment.title for attachment in self.document.attachments if not attachment.included]
        listed = {attachment.span.start for attachment in self.document.attachments}
        for note in self.document.quality:
            if note.kind == "attachment_not_obtained" and note.span and note.span.start not in listed:
                titles.append("".join(self.document.quote(note.span).split()) or "附件")
        return list(dict.fromkeys(titles))

    @cached_property
    def unreadable_pages(self) -> list[int]:
        """The numbers of pages on which something could not be read."""
        return sorted({note.page for note in self.unread if note.page})

    @cached_property
    def unread(self) -> list[Quality]:
        """The notes which say that a part of the document was not read."""
        return [note for note in self.document.quality if note.kind in UNREAD_KINDS]

    @cached_property
    def low_confidence(self) -> bool:
        """Whether the text comes from recognition that cannot be relied on."""
        return any(
            q.kind == "low_ocr_confidence"
            or (q.kind == "ocr_text" and (q.confidence is None or q.confidence < _SURE_ENOUGH))
            for q in self.document.quality
        )

    @cached_property
    def doubtful(self) -> list[tuple[int, int]]:
        """The passages (start, end) that text recognition was not sure of."""
        return [(q.span.start, q.span.end) for q in self.document.quality if q.kind == "low_ocr_confidence" and q.span]

    @cached_property
    def _sections_read(self) -> list[SearchedSection]:
        """The same for every finding: made once."""
        return [
            SearchedSection(number=item.section.number, heading=item.section.heading)
            for item in self.outline
            if item.section.heading
        ]

    @cached_property
    def _attachments_read(self) -> SearchedAttachments:
        return SearchedAttachments(
            read=[a.title for a in self.document.attachments if a.included],
            not_obtained=self.attachments_not_obtained,
        )

    def searched(self, terms: Sequence[str]) -> Searched:
        """The proof of what was read: size, pages, sections, attachments and the terms tried."""
        return Searched(
            characters=len(self.document.text),
            pages=len(self.document.pages) or None,
            unreadable_pages=self.unreadable_pages,
            sections=self._sections_read,
            attachments=self._attachments_read,
            terms=list(dict.fromkeys(terms)),
        )
