"""Tracked changes: a Word paragraph in both its states, and which old wording belongs to which new paragraph.

ECMA-376 part 1, 17.13.5. The text given is the accepted state (insertions in, deletions out). A deleted paragraph mark
makes one paragraph of two, an inserted one makes two of one, so the states do not have the same paragraphs: pieces are
held back until a paragraph ends in both states, and are then compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from extractors.readers.word.wordprocessing import W
from extractors.spacing import close_gaps
from schemas.reading import Block, Paragraph

T = TypeVar("T")

_INSERTED = frozenset({f"{W}ins", f"{W}moveTo", f"{W}cellIns"})
_DELETED = frozenset({f"{W}del", f"{W}moveFrom", f"{W}cellDel"})
CHANGES = _INSERTED | _DELETED
"""The elements that say that what they hold, or what they are a property of, was inserted or deleted."""

_ANY_CHANGE = (*sorted(CHANGES), f"{W}pPrChange")


@dataclass(frozen=True, slots=True)
class State:
    """In which of the two states something is there."""

    now: bool = True
    before: bool = True

    def within(self, tag: str) -> State:
        """The state of what stands inside a change; an insertion that was deleted again is in neither."""
        if tag in _INSERTED:
            return State(self.now, False)
        return State(False, self.before) if tag in _DELETED else self

    def by(self, properties: Any | None) -> State:
        """The state of what these properties (of a row, a cell, a paragraph mark) belong to."""
        state = self
        for element in properties if properties is not None else ():
            if element.tag in CHANGES:
                state = state.within(element.tag)
        return state


BOTH = State()


def has_changes(root: Any) -> bool:
    """Whether anything in a part is a tracked insertion, deletion or change of a paragraph."""
    return next(root.iter(*_ANY_CHANGE), None) is not None


@dataclass(slots=True)
class Piece(Generic[T]):
    """One ``w:p``: its text in both states, and whether a paragraph ends with it in each.

    ``label`` and ``label_before`` are its automatic numbers; ``renumbered`` says that its own numbering was changed
    (not only that of an item above it). ``payload`` is the caller's.
    """

    payload: T
    now: str
    before: str
    ends: State = BOTH
    label: str | None = None
    label_before: str | None = None
    renumbered: bool = False


@dataclass(frozen=True, slots=True)
class Whole(Generic[T]):
    """One paragraph of the accepted state, or with ``removed`` one that only the state before had.

    ``before`` is the old wording where it was another; empty for a paragraph that is new. ``payloads`` are those of all
    its pieces, ``piece`` is the last one, whose properties it has.
    """

    payloads: list[T]
    piece: Piece[T]
    text: str
    before: str | None = None
    removed: bool = False


@dataclass(slots=True)
class Joiner(Generic[T]):
    """Collects the pieces of a story into whole paragraphs.

    Args:
        joined: how a number and a text are put together.
    """

    joined: Callable[[str | None, str], str]
    pieces: list[Piece[T]] = field(default_factory=list)

    def add(self, piece: Piece[T]) -> Iterator[Whole[T]]:
        """One more ``w:p``; gives the paragraphs that are complete with it."""
        if piece.ends == BOTH and not self.pieces and piece.now is piece.before and not piece.renumbered:
            yield Whole([piece.payload], piece, piece.now)
            return
        self.pieces.append(piece)
        if piece.ends.now and piece.ends.before:
            yield from self.flush()

    def flush(self) -> Iterator[Whole[T]]:
        """What is held back, as at the end of a cell or in front of a table."""
        pieces, self.pieces = self.pieces, []
        if not pieces:
            return
        old = _ranges(pieces, lambda p: p.ends.before)
        told: set[int] = set()
        at = 0
        for first, last in _ranges(pieces, lambda p: p.ends.now):
            while at < len(old) and old[at][1] < first:
                at += 1
            end = at
            while end < len(old) and old[end][0] <= last:
                end += 1
            yield from self._compared(pieces, first, last, old, range(at, end), told)
        for index, (start, end) in enumerate(old):
            wording = self._wording(pieces, start, end)
            if index not in told and wording.strip():
                yield Whole([], pieces[end], "", wording, removed=True)

    def _wording(self, pieces: list[Piece[T]], start: int, end: int) -> str:
        return self.joined(pieces[end].label_before, "".join(p.before for p in pieces[start : end + 1]))

    def _compared(
        self, pieces: list[Piece[T]], first: int, last: int, old: list[tuple[int, int]], shared: range, told: set[int]
    ) -> Iterator[Whole[T]]:
        """One new paragraph (pieces ``first`` to ``last``) beside the old ones that it shares pieces with.

        ``told`` collects the old paragraphs that were spoken of.
        """
        own = pieces[first : last + 1]
        text = "".join(p.now for p in own)
        kept: list[str] = []
        gone: list[Whole[T]] = []
        fresh = not any(p.before.strip() for p in own)
        if fresh and text.strip():
            yield Whole([p.payload for p in own], own[-1], text, "")
            return
        for index in shared:
            start, end = old[index]
            inside = first <= start and end <= last
            if inside and not any(p.now.strip() for p in pieces[start : end + 1]):
                told.add(index)
                if (wording := self._wording(pieces, start, end)).strip():
                    gone.append(Whole([], pieces[end], "", wording, removed=True))
            elif not text.strip():
                continue
            elif index not in told:
                told.add(index)
                if (wording := self._wording(pieces, start, end)).strip():
                    kept.append(wording)
            else:
                # The first of the paragraphs that one became has it whole: to give it to each would cost the square.
                kept.append("".join(p.before for p in pieces[max(start, first) : min(end, last) + 1]))
        before: str | None = None
        if text.strip():
            unchanged = {text, self.joined(own[-1].label_before, text)}
            if not kept:
                # All that stood here was replaced.
                before, gone = "\n".join(whole.before or "" for whole in gone), []
            elif len(kept) > 1 or kept[0] not in unchanged:
                before = "\n".join(kept)
            elif own[-1].renumbered and own[-1].label != own[-1].label_before:
                before = kept[0]
        yield from gone
        yield Whole([p.payload for p in own], own[-1], text, before)


def _ranges(pieces: list[Piece[T]], ends: Callable[[Piece[T]], bool]) -> list[tuple[int, int]]:
    """First and last index of each run of pieces that make one paragraph; the last one ends anyhow."""
    found: list[tuple[int, int]] = []
    first = 0
    for index, piece in enumerate(pieces):
        if ends(piece) or index == len(pieces) - 1:
            found.append((first, index))
            first = index + 1
    return found


def cell_text(paragraphs: list[Paragraph]) -> tuple[str, str | None]:
    """The text of a cell, and what it was before the tracked changes where they touched it."""
    text = "\n".join(block.text for block in paragraphs if block.text)
    if all(block.before is None for block in paragraphs):
        return text, None
    before: list[str] = []
    for block in paragraphs:
        wording = block.text if block.before is None else block.before
        # An old paragraph that became two is the wording before of both.
        if wording and (block.before is None or before[-1:] != [wording]):
            before.append(wording)
    return text, "\n".join(before)


def line_by_line(lines: list[str], before: str) -> Iterator[tuple[str, str | None]]:
    """The lines of a changed paragraph, each with the lines that stood in its place."""
    old = [line for line in (close_gaps(part.strip()) for part in before.split("\n")) if line]
    if len(lines) == 1 or not old:
        yield from ((line, "\n".join(old)) for line in lines)
        return
    head = 0
    while head < min(len(lines), len(old)) and lines[head] == old[head]:
        yield lines[head], None
        head += 1
    tail = 0
    while tail < min(len(lines), len(old)) - head and lines[-1 - tail] == old[-1 - tail]:
        tail += 1
    changed, replaced = lines[head : len(lines) - tail], old[head : len(old) - tail]
    for index, line in enumerate(changed):
        last = index == len(changed) - 1
        yield line, "\n".join(replaced[index:] if last else replaced[index : index + 1])
    if not changed and replaced:
        yield "", "\n".join(replaced)
    for line in lines[len(lines) - tail :]:
        yield line, None


def has_text(block: Block) -> bool:
    """Whether a paragraph or any cell of a table holds text, be it only before the tracked changes."""
    if isinstance(block, Paragraph):
        return bool(block.text or block.before)
    return any(cell.text.strip() for cell in block.cells)
