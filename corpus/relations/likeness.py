"""Whether two texts say the same, and how much of them is shared.

Two texts **say the same** when their plain words differ in no more than what copying does to them:

1. lines of the page before the first and after the last common stretch of ``_ANCHOR`` characters, up to ``_FURNITURE`` of the
   text (at least ``_FURNITURE_LEAST`` characters), none of them a line of the other text with another name or figure;
2. between these, single characters (a misread or miswritten one), at most ``_ERRORS`` of all, and none that is a figure or
   part of a place's or school's name.

In the other script words of up to ``_WORDING`` characters may differ too: machines that convert a text put the words of Taiwan
(查看 as 检视), and not all of them are in the lexicon.

Everything else (a figure, a name, a phrase, a clause) makes them two texts: versions of one document, or plans of two counties of which
one has copied the other. Thresholds by measurement: ``docs/relations.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from extractors.plain_words import PlainWords

_ANCHOR = 20
_FURNITURE, _FURNITURE_LEAST = 0.2, 120
_ERRORS = 0.01
_LEAST_WORDS = 60
_WORDING = 3
_PIECE = 4
_LONGEST = 400_000
_LIKE_LINES = 60.0
_LONGEST_FURNITURE_LINES = 60
_FIGURE = re.compile("[0-9〇零一二三四五六七八九十百千万亿两]")
_NAME_ENDS = re.compile(
    "[\u3400-\u9fff]{0,2}?[省市县区镇乡村旗]|[\u3400-\u9fff]?(?:街道|第[一二三四五六七八九十]|实验|中心|学校|小学|中学|初中|高中|幼儿园|教育局|教体局)"
)


@dataclass(eq=False)
class Comparison:
    """Two texts side by side. The cost is the product of their lengths by 64, with a small factor where they are alike."""

    one: PlainWords
    other: PlainWords
    other_script: bool = False
    """Whether the one is in simplified and the other in traditional characters."""

    @cached_property
    def _codes(self) -> list[tuple[str, int, int, int, int]]:
        from rapidfuzz.distance import Levenshtein

        if max(len(self.one.text), len(self.other.text)) > _LONGEST:
            # Beyond any real document: only the same words are the same.
            length, other = len(self.one.text), len(self.other.text)
            return [("equal" if self.one.text == self.other.text else "replace", 0, length, 0, other)]
        return [
            (op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end)
            for op in Levenshtein.opcodes(self.one.text, self.other.text)
        ]

    @cached_property
    def share(self) -> float:
        """0 to 1: how much of the shorter text stands in the other, in the same order, in pieces of four characters or more."""
        shorter = min(len(self.one.text), len(self.other.text))
        equal = sum(end - start for tag, start, end, _, _ in self._codes if tag == "equal" and end - start >= _PIECE)
        return equal / shorter if shorter else 0.0

    @cached_property
    def same(self) -> bool:
        """Whether the two texts say the same (see the module)."""
        if self.one.text == self.other.text:
            return bool(self.one.text)
        if min(len(self.one.text), len(self.other.text)) < _LEAST_WORDS:
            return False
        anchors = [code for code in self._codes if code[0] == "equal" and code[2] - code[1] >= _ANCHOR]
        if not anchors:
            return False
        head = _line_start(self.one, anchors[0][1]), _line_start(self.other, anchors[0][3])
        tail = _line_end(self.one, anchors[-1][2]), _line_end(self.other, anchors[-1][4])
        # A line that begins before the anchor in one text is compared whole, with what stands there in the other.
        if (head[0] < anchors[0][1]) != (head[1] < anchors[0][3]):
            head = min(head[0], anchors[0][1]), min(head[1], anchors[0][3])
        for text, cut in (
            (self.one, head[0] + len(self.one.text) - tail[0]),
            (self.other, head[1] + len(self.other.text) - tail[1]),
        ):
            if cut > max(_FURNITURE * len(text.text), _FURNITURE_LEAST):
                return False
        if not (
            _only_furniture(_lines(self.one, 0, head[0]), _lines(self.other, 0, head[1]))
            and _only_furniture(
                _lines(self.one, tail[0], len(self.one.text)), _lines(self.other, tail[1], len(self.other.text))
            )
        ):
            return False
        middle, others = self.one.text[head[0] : tail[0]], self.other.text[head[1] : tail[1]]
        longest = _WORDING if self.other_script else 1
        return min(len(middle), len(others)) >= _LEAST_WORDS and _only_errors(middle, others, longest)


def _only_errors(one: str, other: str, longest: int = 1) -> bool:
    """Whether two stretches differ in few pieces, none over ``longest`` characters, and in no figure or name."""
    from rapidfuzz.distance import Levenshtein

    errors = 0
    for op in Levenshtein.opcodes(one, other):
        if op.tag == "equal":
            continue
        pieces = one[op.src_start : op.src_end], other[op.dest_start : op.dest_end]
        if max(map(len, pieces)) > longest or any(map(_FIGURE.search, pieces)):
            return False
        if _NAME_ENDS.match(one, op.src_end) or _NAME_ENDS.match(other, op.dest_end):
            return False
        errors += 1
    return errors <= _ERRORS * max(len(one), len(other))


def _only_furniture(one: list[str], other: list[str]) -> bool:
    """Whether the lines at one end of two texts are those of two pages, and not the same line with another name or figure."""
    from rapidfuzz.fuzz import ratio

    if max(len(one), len(other)) > _LONGEST_FURNITURE_LINES:
        return False
    mine = [line for line in one if line not in other]
    theirs = [line for line in other if line not in one]
    return not any(
        ratio(line, another) >= _LIKE_LINES and not _only_errors(line, another) for line in mine for another in theirs
    )


def _lines(words: PlainWords, start: int, end: int) -> list[str]:
    """The plain words of a stretch, line by line."""
    lines: dict[int, list[str]] = {}
    for number, letter in zip(words.lines[start:end].tolist(), words.text[start:end], strict=True):
        lines.setdefault(number, []).append(letter)
    return ["".join(letters) for letters in lines.values()]


def _line_start(words: PlainWords, place: int) -> int:
    while place > 0 and words.lines[place - 1] == words.lines[place]:
        place -= 1
    return place


def _line_end(words: PlainWords, place: int) -> int:
    while 0 < place < len(words.text) and words.lines[place - 1] == words.lines[place]:
        place += 1
    return place
