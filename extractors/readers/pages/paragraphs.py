"""The lines of pages made paragraphs again: what the typesetter broke is joined, what he set apart stays apart.

The signs are those of Chinese official layout (GB/T 9704-2012, 7.3: a paragraph begins two characters in and goes on
at the left edge) and of ordinary word processors: indent, a line that stops short of the right edge, sentence-final
punctuation, outline numbers, type size, centring, vertical gaps.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractors.readers.pages.glyphs import Line, confidence
from schemas.reading import Paragraph, Role, Style

_NUMBER = re.compile(
    r"第[一二三四五六七八九十百零〇0-9]{1,5}[编章节條条款]"
    r"|[一二三四五六七八九十百]{1,4}[、．.]|[（(〔][一二三四五六七八九十]{1,4}[)）〕]"
    r"|[0-9]{1,3}(?:[、．.]|[.．][0-9]{1,2}[.．、]?)(?![0-9%])|[（(][0-9]{1,3}[)）]|[0-9]{1,2}[)）]"
    r"|[①-⑳⑴-⒛]|[壹贰叁肆伍陆柒捌玖拾]{1,3}、|[甲乙丙丁戊]、"
    r"|附件?\s*[0-9一二三四五六七八九十]{0,3}\s*[:：]|附件\s*[0-9一二三四五六七八九十]{0,3}$|[-—·●■◆]\s"
)
_CLOSED = re.compile(r"[。！？；：!?;:…][”’\"』」）)]?$")
_PAGE_NUMBER = re.compile(
    r"[-—–－\-~·•\s]*[0-9]{1,4}[-—–－\-~·•\s]*"
    r"|第\s*[0-9一二三四五六七八九十]{1,4}\s*[页頁](?:\s*[,，/]?\s*[共总]\s*[0-9一二三四五六七八九十]{1,4}\s*[页頁])?"
    r"|[0-9]{1,4}\s*/\s*[0-9]{1,4}|[Pp]age\s*[0-9]{1,4}(?:\s*of\s*[0-9]{1,4})?"
    r"|[-—–－]\s*[IVXivx]{1,6}\s*[-—–－]"
)
_RIM = 0.085
_SIGNED = 6
"""Characters from the left edge from which on a line is set to the right, not indented."""
_ZONE = 0.13
"""The part of the page's height, at the top and at the bottom, where running lines are looked for."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The type area of a page: its left and right edge, the width of a body character, the distance of two lines."""

    left: float
    right: float
    em: float
    pitch: float


def margins(pages: Sequence[tuple[float, Sequence[Line]]], em: float) -> dict[int, Role]:
    """Which lines are running headers, running footers and page numbers.

    Args:
        pages: for each page its height and its lines outside of tables, from top to bottom.
        em: the width of a character of the body, in points.

    Returns:
        ``id(line)`` → role, for the lines that are no part of the text.
    """
    roles: dict[int, Role] = {}
    repeated: dict[tuple[str, int, str], list[Line]] = {}
    for height, content in pages:
        # Two lines at each end of the page: deeper ones are text that happens to be alike.
        ends = [*content[:2], *content[max(len(content) - 2, 2) :]]
        inner = [line for line in ends if _edge(line, height) is not None]
        for line in inner:
            edge = _edge(line, height)
            if _PAGE_NUMBER.fullmatch(line.text) and _outermost(line, content, edge):
                roles[id(line)] = "page_number"
            elif line.em < 0.8 * em and (line.bottom < height * _RIM or line.top > height * (1 - _RIM)):
                # Small type at the very rim of the paper is a running line even where it stands only once.
                roles[id(line)] = "header" if edge == "top" else "footer"
            else:
                key = (re.sub(r"[0-9]+", "0", line.text), round(line.top / 8), edge or "")
                repeated.setdefault(key, []).append(line)
    for (_, _, edge), found in repeated.items():
        if len({line.page for line in found}) >= max(2, 0.4 * len(pages)):
            for line in found:
                roles[id(line)] = "header" if edge == "top" else "footer"
    return roles


def _edge(line: Line, height: float) -> str | None:
    if line.bottom < height * _ZONE:
        return "top"
    return "bottom" if line.top > height * (1 - _ZONE) else None


def _outermost(line: Line, content: Sequence[Line], edge: str | None) -> bool:
    if edge == "top":
        return all(other.top >= line.top - 2 for other in content)
    return all(other.bottom <= line.bottom + 2 for other in content)


def measure(content: Sequence[Line], width: float) -> Measure:
    """The type area of the whole document, from the lines of all pages."""
    sizes: Counter[float] = Counter()
    for line in content:
        sizes[round(line.em * 2) / 2] += len(line.text)
    em = sizes.most_common(1)[0][0] if sizes else 16.0
    return _fit([line for line in content if abs(line.em - em) < 0.15 * em] or list(content), em, width)


def _fit(body: Sequence[Line], em: float, width: float) -> Measure:
    steps = [b.top - a.top for a, b in pairwise(body) if a.page == b.page and 0.8 < (b.top - a.top) / em < 4]
    pitch = median(steps) if steps else em * 1.75
    if not body:
        return Measure(width * 0.15, width * 0.85, em, pitch)
    # The edge is where several lines stand, so that one stray line outside of the type area does not move it.
    body = _without_stray(body, em)
    starts, ends = sorted(line.x0 for line in body), sorted((line.x1 for line in body), reverse=True)
    support = max(1, min(3, len(body) // 20))
    left = next((x for x in starts if sum(abs(x - y) < 0.4 * em for y in starts) >= support), starts[0])
    twice = max(support, 2 if len(body) > 2 else 1)
    right = next((x for x in ends if sum(abs(x - y) < 1.2 * em for y in ends) >= twice), ends[0])
    if right - left < 0.6 * width or sum(right - x < 1.2 * em for x in ends) < 3:
        # Too few lines to show where they end: as far from the right edge of the paper as from the left one.
        right = max(right, width - left)
    return Measure(left, max(right, left + 8 * em), em, pitch)


def _without_stray(body: Sequence[Line], em: float) -> Sequence[Line]:
    """The lines without one that alone begins farther left than all others: a signature too long for its place.

    The second line of the only long paragraph stands alone too, but two characters to the left of where the others begin,
    and none of these begins two characters farther in still.
    """
    first, *others = sorted(body, key=lambda line: line.x0)
    if not others:
        return body
    edge = others[0].x0
    aside, at = edge - first.x0, sum(line.x0 - edge < 0.4 * em for line in others)
    indented = sum(abs(line.x0 - edge - 2 * em) < 0.5 * em for line in others)
    if at >= 3 and (aside > 2.5 * em or (aside > 0.4 * em and indented >= 3)):
        return [line for line in body if line is not first]
    return body


def of_page(content: Sequence[Line], whole: Measure, width: float) -> Measure:
    """The type area of one page: its own where it has enough lines to show one (mirrored margins), else the whole's."""
    body = [line for line in content if abs(line.em - whole.em) < 0.15 * whole.em]
    outside = [line for line in body if line.x0 < whole.left - 0.4 * whole.em]
    if len(outside) == 1:
        # A lone line that sticks out (a signature too long for its place) is no edge of the page's text.
        body.remove(outside[0])
    own = _fit(body, whole.em, width) if len(body) >= 5 else whole
    left = whole.left if 0 < own.left - whole.left < 3 * whole.em else own.left
    right = whole.right if 0 < whole.right - own.right < 6 * whole.em else own.right
    return Measure(left, right, whole.em, whole.pitch)


class Builder:
    """Takes the lines of a document in order and gives its paragraphs."""

    def __init__(self) -> None:
        self.paragraphs: list[Paragraph] = []
        self._open: list[Line] = []
        self._area: Measure | None = None

    def add(self, line: Line, area: Measure) -> Paragraph | None:
        """One more line; gives the paragraph that it ends, if it does."""
        finished = None
        if self._open and not self._continues(line, area):
            finished = self.close()
        self._open.append(line)
        self._area = area
        return finished

    def close(self) -> Paragraph | None:
        """Ends the paragraph that is open."""
        if not self._open or self._area is None:
            return None
        content, self._open = self._open, []
        style: Style = "title" if _is_title(content, self._area) else "body"
        text, ends = _text(content)
        return Paragraph(
            text,
            style=style,
            page=content[0].page,
            boxes=tuple(line.box for line in content),
            confidence=confidence(content),
            line_ends=ends,
        )

    def _continues(self, line: Line, area: Measure) -> bool:
        last, first = self._open[-1], self._open[0]
        before = self._area or area
        em = area.em
        if abs(line.em - last.em) > 0.15 * max(line.em, last.em):
            return False
        same_page = line.page == last.page
        large = last.em > 1.15 * em
        # Word's space after a paragraph is at least a third of a line; lines of a title stand wider.
        widest = 2.6 * line.em if large else max(1.33 * area.pitch, 1.75 * em)
        if same_page and line.top - last.top > widest:
            return False
        if large:
            # Lines of one large size are one title, however they are centred; a red head ends with 文件.
            return same_page and not last.text.endswith("文件") and not _NUMBER.match(line.text)
        if _centred(line, area) or _centred(last, before):
            return False
        short = before.right - last.x1
        indent = line.x0 - area.left
        if min(indent, last.x0 - before.left) > _SIGNED * em and line.x1 - line.x0 < 0.6 * (area.right - area.left):
            # Short lines set to the right: those who sign, one below the other, and the date.
            return False
        if short > 2.2 * em:
            # Stopped short: the end of a paragraph, unless a long number or word did not fit.
            if indent < 0.6 * em and _is_open(self._open):
                return True
            indented = first.x0 - before.left > 1.2 * em
            if indented and indent < 0.6 * em and short < 6 * em and not _CLOSED.search(last.text):
                # A new paragraph would be indented as this one is: what cannot be parted (41万元) went to the next line.
                return not _NUMBER.match(line.text)
            token = re.match(r"[A-Za-z0-9.:/%＿_\-—]+", line.text)
            wide = len(token[0]) * 0.5 * em if token else 0
            return (
                indent < 0.6 * em
                and wide > short - 0.6 * em
                and not _CLOSED.search(last.text[-3:])
                and not _NUMBER.match(line.text)
            )
        closed, numbered = bool(_CLOSED.search(last.text[-3:])), bool(_NUMBER.match(line.text))
        # Where paragraphs begin indented, a number at the left edge stands inside of one.
        inside = first.x0 - before.left > 1.2 * em and indent < 0.6 * em
        if numbered and not inside and (closed or indent > 0.6 * em):
            return False
        if indent < 0.6 * em:
            return True
        if len(self._open) > 1 and abs(line.x0 - last.x0) < 0.4 * em and abs(last.x0 - first.x0) < 0.4 * em:
            # A block that is indented as a whole.
            return not closed
        if len(self._open) > 1 and abs(line.x0 - last.x0) < 0.4 * em and last.x0 > first.x0 + 0.6 * em:
            # The hanging indent of a list item goes on.
            return True
        # Two characters in is where a new paragraph begins; any other indent under a full line is a hanging one.
        hanging = line.x0 > first.x0 + 0.6 * em and _NUMBER.match(first.text) is not None
        usual = abs(indent - 2 * em) < 0.5 * em
        return not closed and (hanging or not usual)


def _is_open(content: Sequence[Line]) -> bool:
    """Whether a bracket or a title mark was opened in the last line and not closed."""
    text = content[-1].text
    return any(text.rfind(opening) > text.rfind(closing) for opening, closing in ("（）", "《》", "〔〕", "()"))


def _centred(line: Line, area: Measure) -> bool:
    middle = (area.left + area.right) / 2
    aside = 2.6 * area.em
    return abs(line.centre - middle) < 1.3 * area.em and line.x0 - area.left > aside and area.right - line.x1 > aside


def _is_title(content: Sequence[Line], area: Measure) -> bool:
    middle = (area.left + area.right) / 2
    return content[0].em > 1.15 * area.em and all(abs(line.centre - middle) < 2.5 * line.em for line in content)


def _text(content: Sequence[Line]) -> tuple[str, tuple[int, ...]]:
    """Lines as one text, and where in it each of them ends."""
    text = content[0].text
    ends = []
    for line in content[1:]:
        ends.append(len(text))
        latin = text[-1].isascii() and line.text[0].isascii() and text[-1].isalpha() and line.text[0].isalnum()
        text += (" " if latin else "") + line.text
    return text, (*ends, len(text))
