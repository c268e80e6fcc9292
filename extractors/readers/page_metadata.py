"""Tells the metadata of a government page (索引号, 发文字号, 发布机构 … as pairs) from its tables and lines.

The labels are data (``lexicons/page_metadata.yaml``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from extractors.fold import fold
from extractors.lexicon import load

_NOISE = re.compile(r"[\s:\[\]()]+")
_MAX_LABEL = 14
_MAX_VALUE = 300
_MAX_ROWS = 20


@cache
def _labels(kind: str) -> frozenset[str]:
    return frozenset(load("page_metadata")[kind])


@cache
def _pair() -> re.Pattern[str]:
    """A label at the start or after white space, the blanks that justify it allowed (索 引 号:), and its colon."""
    words = sorted(_labels("strong") | _labels("weak"), key=len, reverse=True)
    spaced = "|".join(r"[ \t]*".join(map(re.escape, w)) for w in words)
    return re.compile(rf"(?:^|(?<=[\s\[(|]))(?:{spaced})\s*[\])]?\s*:")


def label(text: str) -> str | None:
    """The bare label when a cell's text is one (``[索 引 号]:`` → ``索引号``), else None."""
    if len(text) > _MAX_LABEL * 2:
        return None
    bare = _NOISE.sub("", fold(text))
    return bare if bare in _labels("strong") or bare in _labels("weak") else None


def _pairs_within(text: str) -> list[str]:
    """The labels of ``label: value`` pairs inside one text."""
    if len(text) > _MAX_VALUE * 4:
        return []
    return [_NOISE.sub("", m[0]) for m in _pair().finditer(fold(text))]


def starts_with_label(text: str) -> bool:
    """Whether a text begins with a label and its colon (``来源：…``)."""
    return _pair().match(fold(text[: _MAX_LABEL * 2]).lstrip()) is not None


def is_metadata_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table is the metadata of its page.

    Labels must stand where a table of pairs has them: in every second cell, or with their value in one cell. A list of
    documents has the same words as its head row, side by side, and is none.
    """
    if not rows or len(rows) > _MAX_ROWS:
        return False
    strong = right = places = wrong = 0
    for row in rows:
        cells = [c for c in row if c.strip()]
        inline = [labels for c in cells if (labels := _pairs_within(c)) and label(c) is None]
        if inline and all(labels for labels in inline) and len(inline) == len(cells):
            found = [name for labels in inline for name in labels]
            strong += sum(name in _labels("strong") for name in found)
            right += len(found)
            places += len(found)
            continue
        for i, cell in enumerate(row):
            name = label(cell)
            if i % 2 == 0 and cell.strip():
                places += 1
                right += name is not None
                strong += name in _labels("strong")
            elif name is not None:
                wrong += 1
    return strong >= 2 and right >= 0.6 * places and wrong <= right / 4


def is_metadata_line(line: str) -> bool:
    """Whether a line of text is page metadata: several pairs, or one pair that opens a byline under a title."""
    if len(line) > _MAX_VALUE or "。" in line or ":" not in fold(line):
        return False
    names = _pairs_within(line)
    if not names or _pair().match(fold(line).lstrip(" \t[(|")) is None:
        return False
    if sum(name in _labels("strong") for name in names) >= 2:
        return True
    return names[0] in _labels("byline") or names[0] in ("索引号", "文件编号", "发文字号", "公开方式", "主题分类")
