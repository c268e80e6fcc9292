"""How schools are named: finding the names in a stretch of folded text."""

from __future__ import annotations

import re
from functools import cache

from extractors.layout import squeeze
from extractors.lexicon import load

_NOTE = r"(?:\([^()]{1,14}\))"


@cache
def suffix_pattern() -> str:
    """A regular expression for the end of a school's name, for folded text."""
    words = load("schools")
    long = "|".join(sorted(map(re.escape, words["suffixes"]), key=len, reverse=True))
    short = "".join(words["short_kinds"])
    return rf"(?:{long}|第?[一二三四五六七八九十]{{1,2}}[{short}])"


@cache
def _whole() -> re.Pattern[str]:
    return re.compile(
        rf"[\u3400-\u9fffA-Za-z0-9·\"-]{{1,24}}?(?:{_NOTE}[\u3400-\u9fff]{{0,8}}?)?{suffix_pattern()}{_NOTE}?"
    )


@cache
def _generic() -> frozenset[str]:
    return frozenset(load("schools")["generic"])


def is_school_name(folded: str) -> bool:
    """Whether a short folded text, white space removed, is the name of one particular school."""
    bare = re.sub(r"\([^()]*\)$", "", folded)
    if not 3 <= len(bare) <= 30 and not re.fullmatch(r"[\u3400-\u9fff]?第?[一二三四五六七八九十]{1,2}[中小幼高]", bare):
        return False
    return bare not in _generic() and not is_generic(bare) and bool(_whole().fullmatch(folded))


def is_generic(folded: str) -> bool:
    """Whether words name schools in general (若干所乡村学校) rather than one school."""
    return folded in _generic() or bool(
        re.search(
            r"^[所家个对座名]|各|若干|[两几多]所|[一二三四五六\d]所|片区学校$|每所|所有|全部|其他|[,。;:、的]", folded
        )
    )


def trim_start(folded: str) -> int:
    """How many characters in front of a name belong to the sentence (由, 以, 确定 …)."""
    cut = 0
    changed = True
    while changed:
        changed = False
        for word in load("schools")["not_in_name_start"]:
            rest = folded[cut:]
            if rest.startswith(word) and len(rest) - len(word) >= 3 and not _is_part_of_place(rest, word):
                cut += len(word)
                changed = True
    return cut


def _is_part_of_place(rest: str, word: str) -> bool:
    """Whether the word is the start of a school's own name (和平小学, 同心中学): too little would be left of it."""
    return len(word) == 1 and len(re.sub(suffix_pattern() + "$", "", rest)) - len(word) <= 1


def split_names(text: str, folded: str) -> list[tuple[int, int]]:
    """The school names in a cell or a list, as offsets.

    Names stand apart by 、, ; line breaks or spaces; a name broken over two lines (幼儿 / 园) is put together again.
    Entries that are no school names (a person, a dash) are left out.
    """
    pieces = [m.span() for m in re.finditer(r"[^\s、,;/|]+(?:\([^()]*\))?", folded)]
    pieces = _split_glued(folded, pieces)
    names: list[tuple[int, int]] = []
    i = 0
    while i < len(pieces):
        for j in (i, i + 1, i + 2):  # a name in one piece, or in two or three pieces over line breaks
            if j >= len(pieces):
                break
            start, end = pieces[i][0], pieces[j][1]
            if j > i and not folded[pieces[j - 1][1] : pieces[j][0]].isspace():
                break
            candidate = squeeze(folded[start:end])
            if is_school_name(_without_serial(candidate)):
                start += len(folded[start:end]) - len(_without_serial(folded[start:end]))
                names.append((start, end))
                i = j
                break
        i += 1
    return names


def _without_serial(name: str) -> str:
    return re.sub(r"^(?:\(?\d{1,2}\)?[.、)]?|[①-⑳])\s*(?=[\u3400-\u9fff])", "", name)


def _split_glued(folded: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Split A和B, A及B where both sides are names."""
    out: list[tuple[int, int]] = []
    for start, end in pieces:
        cut = None
        for match in re.finditer(r"[和与及]", folded[start:end]):
            left, right = folded[start : start + match.start()], folded[start + match.end() : end]
            if is_school_name(left) and is_school_name(right):
                cut = match
                break
        if cut:
            out += [(start, start + cut.start()), (start + cut.end(), end)]
        else:
            out.append((start, end))
    return out
