"""Lines as programs wrap them, and the spaces that such wraps leave in copies."""

from __future__ import annotations

import re

from roundtrip.model import Para

_NEVER_FIRST = "，。、；：？！）》”—℃%"
_NEVER_LAST = "（《“"


def pieces(text: str, width: int) -> list[str]:
    """A paragraph cut into lines of a width in full-width characters; digits stay together, closing marks begin no line."""
    lines: list[str] = []
    current = ""
    for token in re.findall(r"[\d.]+|——|.", text):
        if _columns(current) + _columns(token) > width and token not in _NEVER_FIRST and token != "——":
            if current[-1:] in _NEVER_LAST:
                current, token = current[:-1], current[-1] + token
            lines.append(current)
            current = ""
        current += token
    return [*lines, current]


def _columns(text: str) -> float:
    """The width of a text; digits and Latin letters are half as wide as the rest."""
    return sum(0.5 if c.isascii() else 1 for c in text)


def spaced(paras: list[Para], width: int) -> list[Para]:
    """Each paragraph in one line, with a space where the line of the source was wrapped."""
    return [Para(" ".join(pieces(p.text, width)), p.role, p.level, p.number) for p in paras]


def hard(paras: list[Para], width: int) -> list[Para]:
    """Each paragraph over several lines, broken at a number of characters; the first is indented."""
    out: list[Para] = []
    for para in paras:
        for line in pieces("　　" + para.text.lstrip("　"), width):
            out.append(Para(line))
    return out
