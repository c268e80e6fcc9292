"""One file, several documents: a page that collects six plans is six documents.

Three signs are trusted: headings that are one stem with the numbers 1, 2, 3 … behind it (方案1, 方案2), the stem being the
page's own title; headings 篇一, 第1篇, 【篇2】; and a second complete head (title, then addressees) behind a signature with its
date, as in a file of several notices. What stands around the pieces on a collector's page (its introduction) belongs to no
document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document_number import NUMBER
from extractors.fold import fold
from extractors.genre import genre_of_title
from extractors.layout import squeeze
from extractors.lexicon import load
from extractors.numerals import to_int
from extractors.organisations import is_organisation
from schemas.reading import Block, Paragraph

_NUMERAL = r"[\d一二三四五六七八九十]{1,3}"
_SERIES = re.compile(rf"(?P<stem>.{{2,40}}?)[(\[]?(?:第|篇)?(?P<number>{_NUMERAL})(?:篇)?[)\]]?")
_PIECE = re.compile(
    rf"[(\[]?(?:第(?P<a>{_NUMERAL})篇|篇(?P<b>{_NUMERAL})|范文(?P<c>{_NUMERAL}))[)\]]?(?:[::.、]?(?P<title>.*))?"
)
_MAX_HEADING = 60
_HEAD_LINES = 3
_ISSUED = ("notice", "opinion", "letter", "reply", "announcement")
"""The genres that are addressed to somebody: a plan inside its notice is none of them."""
_NO_TITLE = re.compile(r"^附件|[。;]|特此通知|如下$")
_SIGNED = re.compile(
    r"[^。;:]{0,60}\d{4}年\d{1,2}月\d{1,2}日|[^。;:]{0,60}[〇○一二三四五六七八九零]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)


@dataclass(slots=True)
class Part:
    """The blocks of one document; ``title`` is the heading that announced it, None when the file is one document."""

    blocks: list[Block] = field(default_factory=list)
    title: Paragraph | None = None
    collected: bool = False
    """Whether the document stands on a collector's page rather than on its issuer's."""


def split(blocks: list[Block]) -> list[Part]:
    """The documents of one file, in order; a file that is one document gives one part with all blocks."""
    starts = _starts(blocks)
    if len(starts) < 2:
        return [Part(part) for part in _by_heads(blocks)]
    parts: list[Part] = []
    for start, stop in zip(starts, [*starts[1:], len(blocks)], strict=True):
        heading = blocks[start]
        assert isinstance(heading, Paragraph)
        kept = [b for b in blocks[start:stop] if not _is_around(b)]
        parts.append(Part(kept, heading, collected=True))
    return parts


def _by_heads(blocks: list[Block]) -> list[list[Block]]:
    """The blocks cut before every further head that follows a signature; an attachment has no addressees."""
    lines = [
        (i, fold(squeeze(b.text)))
        for i, b in enumerate(blocks)
        if isinstance(b, Paragraph) and b.role == "body" and b.text.strip()
    ]
    cuts = [0]
    signed = False
    for at, (_, text) in enumerate(lines):
        signed = signed or bool(_SIGNED.fullmatch(text))
        if signed and _is_head(lines, at):
            first = at
            while first > 0 and lines[first - 1][0] >= cuts[-1] and _is_above_title(lines[first - 1][1]):
                first -= 1
            if lines[first][0] > cuts[-1]:
                cuts.append(lines[first][0])
            signed = False
    return [blocks[start:stop] for start, stop in pairwise([*cuts, len(blocks)])]


def _is_head(lines: list[tuple[int, str]], at: int) -> bool:
    """Whether a title stands here, with addressees within the next lines."""
    title = lines[at][1]
    if not (8 <= len(title) <= _MAX_HEADING) or genre_of_title(title) not in _ISSUED or _NO_TITLE.search(title):
        return False
    for _, text in lines[at + 1 : at + 1 + _HEAD_LINES]:
        if (
            text.endswith(":")
            and len(text) <= 120
            and text.startswith(tuple(load("organisations")["addressee_starts"]))
        ):
            return True
        if len(text) > 60 or "。" in text:
            return False
    return False


def _is_above_title(text: str) -> bool:
    """Whether a line belongs to the red head above a title: the issuer, the file mark, the number."""
    return len(text) <= 40 and (is_organisation(text) or text.endswith("文件") or bool(NUMBER.fullmatch(text)))


def _starts(blocks: list[Block]) -> list[int]:
    """The blocks that head the documents of a collection, numbered from 1 without a gap."""
    headings = [
        (i, fold(squeeze(b.text))) for i, b in enumerate(blocks)
        if isinstance(b, Paragraph) and b.role == "body" and 0 < len(squeeze(b.text)) <= _MAX_HEADING
    ]  # fmt: skip
    best: list[int] = []
    for series in (_by_stem(headings), _by_piece(headings)):
        if len(series) > len(best):
            best = series
    return best


def _by_stem(headings: list[tuple[int, str]]) -> list[int]:
    """Headings that are the page's title with a serial number: the title names the collection (通用6篇) or is the stem."""
    stems: dict[str, list[tuple[int, int]]] = {}
    for i, text in headings:
        match = _SERIES.fullmatch(text)
        number = to_int(match["number"]) if match else None
        if match and number:
            stems.setdefault(match["stem"], []).append((number, i))
    collection = {_without_count(text) for _, text in headings if _counted(text)}
    found: list[int] = []
    for stem, numbered in stems.items():
        if not any(stem == title or stem in title or title in stem for title in collection):
            continue
        series = _in_order(numbered)
        if len(series) > len(found):
            found = series
    return found


def _by_piece(headings: list[tuple[int, str]]) -> list[int]:
    numbered = []
    for i, text in headings:
        match = _PIECE.fullmatch(text)
        number = to_int(match["a"] or match["b"] or match["c"]) if match else None
        if number:
            numbered.append((number, i))
    return _in_order(numbered)


def _in_order(numbered: list[tuple[int, int]]) -> list[int]:
    """The blocks numbered 1, 2, 3 …, or nothing when the series does not begin with 1 and 2."""
    series: list[int] = []
    for number, i in numbered:
        if number == len(series) + 1:
            series.append(i)
    return series if len(series) >= 2 else []


def _counted(text: str) -> bool:
    words = "|".join(load("bundles")["collection_words"])
    return bool(re.search(rf"(?:{words})?\(?(?:{words})?[\d一二三四五六七八九十百]+篇\)?", text))


def _without_count(text: str) -> str:
    words = "|".join(load("bundles")["collection_words"])
    return re.sub(rf"[(\[]?(?:{words})*[\d一二三四五六七八九十百]+篇(?:{words})*[)\]]?", "", text)


def _is_around(block: Block) -> bool:
    if not isinstance(block, Paragraph) or len(block.text) > 120:
        return False
    folded = fold(squeeze(block.text))
    return any(folded.startswith(word) or (word == "小编" and word in folded) for word in load("bundles")["around"])
