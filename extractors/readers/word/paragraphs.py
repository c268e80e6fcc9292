"""What the paragraphs of word processor formats have in common, in both states of tracked changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from extractors.readers.word.changes import Whole, line_by_line
from extractors.readers.word.pictures import Shown
from extractors.spacing import close_gaps
from schemas.reading import Block, Note, Paragraph, Role, Style

T = TypeVar("T")


def joined(label: str | None, text: str) -> str:
    """A paragraph with its number in front.

    The tab or space that Word puts after a number is layout; it is kept as one space only where the number and the
    text would otherwise run into each other: ``1.`` before ``3所学校``, ``第一章`` before ``总则``.
    """
    if not label or not text:
        return label or text
    closed = label[-1] in "、，．。：；）)】〕〉》」』" or "①" <= label[-1] <= "⒛" or "㈠" <= label[-1] <= "㊿"
    after_point = label[-1] in ".:" and not (text[0].isascii() and text[0].isalnum())
    return label + text if closed or after_point else f"{label} {text}"


def paragraphs(whole: Whole[T], style: Style, level: int | None, role: Role, *, in_cell: bool) -> Iterator[Paragraph]:
    """A paragraph of the file as one block for each of its lines, its number in front of the first.

    Args:
        whole: the paragraph in both states; a line break is ``\\n``.
        style: its part in the outline.
        level: its heading level.
        role: of the blocks.
        in_cell: whether it stands in a table: 序号 columns are often nothing but automatic numbers.
    """
    if whole.removed:
        yield Paragraph("", role=role, before=close_gaps((whole.before or "").strip()))
        return
    # A line break inside a heading or title is layout; in running text it separates what the eye separates.
    lines = [whole.text.replace("\n", "")] if style != "body" else whole.text.split("\n")
    lines = [line for line in (close_gaps(line.strip()) for line in lines) if line]
    label = whole.piece.label
    if lines:
        lines[0] = joined(label, lines[0])
    elif label and in_cell:
        lines = [label]
    if whole.before is None:
        for line in lines:
            yield Paragraph(line, style, level, role)
    else:
        for line, before in line_by_line(lines, whole.before):
            yield Paragraph(line, style, level, role, before=before)


def still_there(blocks: Iterable[Block]) -> tuple[list[Block], list[Note]]:
    """The blocks of the accepted state, and notes of the paragraphs that only the state before had."""
    kept: list[Block] = []
    notes: list[Note] = []
    for block in blocks:
        if isinstance(block, Paragraph) and not block.text and not isinstance(block, Shown):
            if block.before:
                notes.append(Note("tracked_changes", f"修订删去：“{block.before}” / deleted by tracked changes"))
        else:
            kept.append(block)
    return kept, notes
