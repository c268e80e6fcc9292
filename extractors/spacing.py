"""Spaces that the layout put inside sentences, taken out; spaces that separate things, left.

A PDF line break, a justified line or a copied page leaves a single space in the middle of a word (乡 村), after a
comma, around a number. Chinese needs none of them, and a word with a hole is found by nobody. But elsewhere a space is
the only boundary left: between a heading and its body in a page pasted as one paragraph, between names or list items.

Only single spaces are looked at (blank, no-break or ideographic); wider gaps are made on purpose. One goes when

1. it stands before closing punctuation or after an opening bracket, a comma, 、, ; or 。, unless an outline number,
   附件 or the like follows;
2. it stands in a number with its unit (2025 年 9 月, 3 — 5 个, 70 %), or before one in mid-sentence (到 2025);
3. a word of the dictionary reaches over it, and the pieces on its two sides are not words of their own;
4. it stands in mid-sentence beside a quotation or an opening bracket, or inside a document number (〔2020〕 70 号);
5. the text has at least two gaps of kind 3, so that it is a wrapped text, and this gap stands in mid-sentence;
6. the gaps of a paragraph lie one line's width apart from its beginning to its end, and this is one of them, unless
   an outline number follows.

Digits are never joined to digits. What may end a heading (一、指导思想 坚持…) is not mid-sentence, nor is a row of
short items (names, schools), nor the issuer before the date under a notice. Nothing but white space is taken out.
"""

from __future__ import annotations

import bisect
import re
from functools import cache

from extractors.fold import fold
from extractors.lexicon import load
from extractors.words import segment

# The blank first: the search then goes from blank to blank.
_GAP = re.compile(r" (?<=\S )(?=\S)")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff〇"
_HAN_TAIL = re.compile(f"[{_HAN}]{{1,6}}$")
_HAN_HEAD = re.compile(f"[{_HAN}]{{1,6}}")

_NUMERAL = "一二三四五六七八九十百〇零"
_OUTLINE = re.compile(
    rf"[{_NUMERAL}]{{1,3}}[、.,]|\([{_NUMERAL}\d]{{1,3}}\)|\d{{1,2}}(?:[.、](?!\d)|\))|[①-⑳㈠-㈩]"
    rf"|第[{_NUMERAL}\d]{{1,3}}[章节条款编部步]|附件|附表|附[:,]|抄送|主题词|[(]此件"
)
_UNIT = re.compile(
    "[年月日号时分秒个名人所次节门对天周万千百亿元倍岁位项家类级届条件套台间场篇份轮种批期%]|小时|[学课]时|学[年期]"
)
_NUMBER_AND_UNIT = re.compile(rf"\d[\d.,]*(?: ?-+ ?\d[\d.,]*)? ?(?:{_UNIT.pattern})")
_DATE_AT_END = re.compile(r"\d{4} ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?\s*(?:印发|发布|公布)?\s*(?:$|\n)")
_DOCUMENT_NUMBER_END = re.compile(r"(?:\[ ?[\dxX]{4} ?\] ?)?\d{1,4} ?号")
_RANGE_END = re.compile(r"-{1,2} ?\d")
_RANGE_BEGIN = re.compile("[0-9年月日] ?-{1,2}$")
_MASKED_NUMBER = re.compile(r"\d[xX×]{1,2}$")
_DATE_PART = re.compile(rf"[\d{_NUMERAL}]{{1,3}} ?[月日号]")
_CLOSING = frozenset(",。、;:!?)]》〉%")
_OPENING = frozenset("([《〈")
_PAUSE = frozenset(",、;")
_STOP = re.compile(r"[。;!?\n]")
# A heading ends in none of these, so a number after one of them continues the sentence.
_BEFORE_NUMBER = frozenset("到在于达至少约近每第为的和与或按以从自过超满底")
_ITEM_BEFORE = re.compile(rf"(?:^|[\s:])[{_HAN}]{{2,4}}$")
_ITEM_AFTER = re.compile(rf"[{_HAN}]{{2,4}}(?:$|[\s(])")
# 张  三 李四: a character beside a wide gap is half a name that was spaced out to three places.
_SPACED_BEFORE = re.compile(f"[{_HAN}] {{2,3}}[{_HAN}]$")
_SPACED_AFTER = re.compile(f"[{_HAN}] {{2,3}}[{_HAN}](?:$|[\\s、(])")
# 于 文 林 文: names of two characters spaced out by single spaces; 文林 is a word only to the dictionary.
_WIDE_NAME_BEFORE = r"(?:^|[\s:、])[{surnames}] [{han}]$"
_WIDE_NAME_AFTER = r"[{surnames}] [{han}](?:$|[\s、,;。(])"
# 组长：李佳 县教育局局长、王建 党组成员: a name, then a post; 佳县 is a place and 建党 a word only to the dictionary.
_PERSON_BEFORE = re.compile(f"(?:^|[:、\\n])[{_HAN}]{{2,3}}$")
_POST_AFTER = re.compile(f"(?:[省市县区州镇乡校局]|党[组委])[{_HAN}]{{1,14}}[长记任员席]")
_SCHOOL = "(?:小学|中学|学校|幼儿园|校区|教学点|[一二三四五六七八九十]中)"
_SCHOOL_END = re.compile(f"{_SCHOOL}$")
_SCHOOL_NAME = re.compile(f"[{_HAN}]{{2,16}}?{_SCHOOL}(?:$|[\\s,、。(])")
_MOST_WINDOW = 80
"""A heading is shorter than this; how far back a sentence is looked at."""


def close_gaps(text: str) -> str:
    """``text`` without the single spaces that layout put inside its words and sentences.

    Takes simplified or traditional text, one paragraph or many lines; line breaks stay. The cost is linear.
    """
    if not any(space in text for space in (" ", "\u3000", "\u00a0")):
        return text
    folded = fold(text)
    gaps = [match.start() for match in _GAP.finditer(folded)]
    outlined = {gap for gap in gaps if _OUTLINE.match(folded, gap + 1)}
    closed = {gap for gap in gaps if _is_certain(folded, gap, gap in outlined)}
    certain = len(closed)
    for gap in gaps:
        if gap not in closed and gap not in outlined and _tears_a_word(folded, gap, closed):
            closed.add(gap)
    wrapped = len(closed) - certain >= 2
    for gap in gaps:
        if gap not in closed and gap not in outlined and _is_in_mid_sentence(folded, gap, closed, wrapped):
            closed.add(gap)
    if len(closed) < len(gaps):
        closed |= _at_line_ends(text, gaps, closed) - outlined
    closed = {gap for gap in closed if not _parts_head_from_year(folded, gap)}
    pieces, done = [], 0
    for gap in sorted(closed):
        pieces.append(text[done:gap])
        done = gap + 1
    return "".join([*pieces, text[done:]])


_HEAD_BEFORE = re.compile(
    rf"(?:^|[\s。;:])(?:[{_NUMERAL}]{{1,3}}[、.]|\([{_NUMERAL}]{{1,3}}\)|\d{{1,2}}[.、])[{_HAN}]{{2,8}}$"
)
_YEAR = re.compile(r"(?:19|20)\d\d ?年")


def _parts_head_from_year(folded: str, gap: int) -> bool:
    """Whether a gap ends a numbered head whose text begins with a year: 一、工作目标 2025年……"""
    if folded[gap - 1] in _BEFORE_NUMBER or not _YEAR.match(folded, gap + 1):
        return False
    return _HEAD_BEFORE.search(folded, max(0, gap - 16), gap) is not None


_FEWEST_LINES = 4
_NARROWEST, _WIDEST = 20, 60


def _at_line_ends(text: str, gaps: list[int], closed: set[int]) -> set[int]:
    """Rule 6: the gaps at which the lines of the source ended, where every line's end left one.

    A paragraph whose gaps lie one line's width apart from its beginning to its end was wrapped at that width; a gap that
    alone could be the end of its line was not typed. Where two are near enough, neither is taken.
    """
    found: set[int] = set()
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        inside = gaps[bisect.bisect_left(gaps, start) : bisect.bisect_left(gaps, end)]
        if len(inside) >= _FEWEST_LINES - 1:
            chain = _chain(text, start, end, inside)
            # Heads and items of one length may stand at even distances, too; a wrap also falls where no space belongs.
            if len(chain & closed) >= 2 and len(chain & closed) * 2 >= len(chain):
                found |= chain
        start = end + 1
    return found


def _chain(text: str, start: int, end: int, gaps: list[int]) -> set[int]:
    """The gaps of one paragraph that lie a line's width apart; nothing when no width explains all of it."""
    columns, column, at = [], 0.0, start
    for gap in gaps:
        column += sum(0.5 if c < "\u0250" else 1.0 for c in text[at:gap])
        columns.append(column)
        at = gap + 1
    whole = column + sum(0.5 if c < "\u0250" else 1.0 for c in text[at:end])
    if whole < _FEWEST_LINES * _NARROWEST:
        return set()
    # The first line's end is one of the first gaps, and gives the width but for what an indentation took from it.
    for first in range(min(len(gaps), 6)):
        if not _NARROWEST <= columns[first] <= _WIDEST:
            continue
        for width in (columns[first] + extra / 2 for extra in range(-3, 6)):
            sure, position, lines = set(), 0.0, 1
            while whole - position > width + 1.5:
                low = bisect.bisect_left(columns, position + width - (4.5 if lines == 1 else 2.5))
                high = bisect.bisect_right(columns, position + width + 1.5)
                if low == high:
                    break
                if high - low == 1:
                    sure.add(gaps[low])
                position, lines = columns[high - 1], lines + 1
            else:
                if lines >= _FEWEST_LINES:
                    return sure
    return set()


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character == "〇"


def _is_certain(folded: str, gap: int, outlined: bool) -> bool:
    """Rules 1 and 2, which need no look at the sentence; ``outlined`` says that an outline number follows."""
    before, after = folded[gap - 1], folded[gap + 1]
    if before.isdecimal() and after.isdecimal():
        return False
    if (before.isdecimal() or _MASKED_NUMBER.search(folded, max(0, gap - 4), gap)) and _UNIT.match(folded, gap + 1):
        return True
    if before == "]" and _DOCUMENT_NUMBER_END.match(folded, gap + 1):
        return True
    if (before.isdecimal() or before in "年月日") and _RANGE_END.match(folded, gap + 1):
        return True
    if before == "-" and after.isdecimal() and _RANGE_BEGIN.search(folded, max(0, gap - 5), gap):
        return True
    if before in "年月" and _DATE_PART.match(folded, gap + 1) and _follows_digit(folded, gap - 1):
        return True
    if outlined:
        return False
    if before in _OPENING or (after in _CLOSING and before != "|"):
        return True
    if before in _PAUSE or before == "。":
        between_digits = before == "," and after.isdecimal() and folded[gap - 2].isdecimal()
        return (_is_han(after) or after in '"《' or after.isdecimal()) and not between_digits
    return False


def _follows_digit(folded: str, position: int) -> bool:
    """Whether the character at ``position`` has a digit before it, with or without a space."""
    before = folded[max(0, position - 2) : position].rstrip()
    return bool(before) and (before[-1].isdecimal() or before[-1] in _NUMERAL)


def _tears_a_word(folded: str, gap: int, closed: set[int]) -> bool:
    """Rule 3: the words of the joined text reach over the gap, those of its two sides are crumbs."""
    if not _is_han(folded[gap - 1]) or not _is_han(folded[gap + 1]):
        return False
    left_match, right_match = _HAN_TAIL.search(_without(closed, folded, gap)), _HAN_HEAD.match(folded, gap + 1)
    if not left_match or not right_match or _is_row_of_items(folded, gap, closed):
        return False
    left, right = left_match.group(), right_match.group()
    middle = len(left)
    over = next(((start, end) for _, start, end in segment(left + right) if start < middle < end), None)
    if over is None:
        return False
    last, first = segment(left)[-1][0], segment(right)[0][0]
    if _ends_heading(folded, gap):
        return len(last) == 1
    return len(last) == 1 or len(first) == 1 or over == (middle - len(last), middle + len(first))


def _is_in_mid_sentence(folded: str, gap: int, closed: set[int], wrapped: bool) -> bool:
    """Rules 2, 4 and 5, which hold only inside a sentence."""
    before, after = folded[gap - 1], folded[gap + 1]
    if before.isdecimal() and after.isdecimal():
        return False
    if _is_row_of_items(folded, gap, closed):
        return False
    han_before, han_after = _is_han(before), _is_han(after)
    if han_before and _NUMBER_AND_UNIT.match(folded, gap + 1):
        if before in _BEFORE_NUMBER:
            return True
        # Under a notice stand the issuer, a space and the date.
        return not _DATE_AT_END.match(folded, gap + 1) and not _ends_heading(folded, gap)
    if _ends_heading(folded, gap):
        return False
    if (before in '"%' and han_after) or ((han_before or before == "》") and after in '"《('):
        return True
    if han_before and after == "[":
        return bool(_DOCUMENT_NUMBER_END.match(folded, gap + 1)) and before not in "件知"
    if _SCHOOL_END.search(folded, max(0, gap - 4), gap) and _SCHOOL_NAME.match(
        folded, gap + 1
    ):  # schools are listed with spaces even in prose
        return False
    return wrapped and (han_before or before == "》") and han_after and ":" not in folded[gap : gap + 8]


def _ends_heading(folded: str, gap: int) -> bool:
    """Whether what stands before the gap, from the last full stop on, may be a numbered heading or a title."""
    start = max(0, gap - _MOST_WINDOW)
    for stop in _STOP.finditer(folded, start, gap):
        start = stop.end()
    stretch = folded[start:gap].replace(" ", "").strip()
    if _OUTLINE.match(stretch):
        return not re.search("[,:]", stretch)
    return stretch.endswith(("通知", "方案", "意见", "办法", "计划", "报告", "细则")) and "," not in stretch


def _is_row_of_items(folded: str, gap: int, closed: set[int]) -> bool:
    """Whether the gap stands between two short items (names, say), set off by a space or colon on their other sides."""
    if not _is_han(folded[gap - 1]):
        return _SPACED_AFTER.match(folded, gap + 1) is not None
    before = _without(closed, folded, gap)
    if _PERSON_BEFORE.search(before) and _POST_AFTER.match(folded, gap + 1):
        return True
    if _SPACED_BEFORE.search(before) or _SPACED_AFTER.match(folded, gap + 1):
        return True
    if folded[gap - 2] == " " and folded[gap + 2 : gap + 3] == " ":
        # A title spaced out letter by letter has no label before it.
        start = max(0, gap - _MOST_WINDOW)
        labelled = folded.rfind(":", start, gap) > folded.rfind("\n", start, gap)
        name_before, name_after = _wide_names()
        if labelled and name_before.search(folded, max(0, gap - 4), gap) and name_after.match(folded, gap + 1):
            return True
    return bool(_ITEM_BEFORE.search(before) and _ITEM_AFTER.match(folded, gap + 1))


@cache
def _wide_names() -> tuple[re.Pattern[str], re.Pattern[str]]:
    letters = {"surnames": load("people")["surnames"], "han": _HAN}
    return re.compile(_WIDE_NAME_BEFORE.format(**letters)), re.compile(_WIDE_NAME_AFTER.format(**letters))


def _without(closed: set[int], folded: str, gap: int) -> str:
    """The twelve characters before the gap, those that are closed gaps left out."""
    start = max(0, gap - 12)
    if folded.find(" ", start, gap) < 0:
        return folded[start:gap]
    return "".join(folded[i] for i in range(start, gap) if i not in closed)
