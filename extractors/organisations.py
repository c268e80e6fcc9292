"""Names of organisations: recognising them, and splitting lists of them."""

from __future__ import annotations

import re
from functools import cache

from extractors.lexicon import load

_NAME = re.compile(r"[\u3400-\u9fff\w()、·\"]{2,45}")


@cache
def _suffixes() -> tuple[str, ...]:
    return tuple(load("organisations")["suffixes"])


def is_organisation(folded: str) -> bool:
    """Whether a short folded text, white space removed, is one organisation's name."""
    return (
        2 < len(folded) <= 40
        and bool(_NAME.fullmatch(folded))
        and folded.endswith(_suffixes())
        and not re.search(r"[,。;:!?《》]|关于|的(?!办公室)", folded)
    )


def is_school(folded: str) -> bool:
    """Whether a name is a school's (一中, 实小 included)."""
    return folded.endswith(tuple(load("organisations")["school_suffixes"]))


def is_township_body(folded: str) -> bool:
    """Whether a name is a township's own body (镇政府, 教辅室, 中心学校)."""
    return folded.endswith(tuple(load("organisations")["township_suffixes"]))


def split_list(text: str, separators: str = "、,;") -> list[tuple[int, int]]:
    """The entries of a list, as offsets; separators inside brackets do not count, white space at the ends is left out."""
    entries: list[tuple[int, int]] = []
    depth, start = 0, 0
    for i, c in enumerate(text + separators[0]):
        if c in "([":
            depth += 1
        elif c in ")]":
            depth = max(depth - 1, 0)
        if c in separators and (depth == 0 or i == len(text)):
            first, last = start, i
            while first < last and text[first].isspace():
                first += 1
            while last > first and text[last - 1].isspace():
                last -= 1
            if last > first:
                entries.append((first, last))
            start = i + 1
    return entries


@cache
def _department() -> re.Pattern[str]:
    words = load("organisations")
    stems = "|".join(sorted(map(re.escape, words["departments"]), key=len, reverse=True))
    suffixes = "|".join(sorted(map(re.escape, words["department_suffixes"]), key=len, reverse=True))
    return re.compile(rf"(?P<head>.*?)(?P<department>(?:{stems})(?:和(?:{stems}))?(?:{suffixes}))")


def share_head(names: list[str], folded: list[str]) -> list[str]:
    """Repeat a shared head: 各县(市、区)教体局、财政局 → 各县(市、区)教体局, 各县(市、区)财政局.

    Args:
        names: the entries in the original script, white space removed.
        folded: the same entries folded.

    Returns:
        The entries in full; one that is not a bare department name stays as it is.
    """
    head = ""
    out: list[str] = []
    for name, plain in zip(names, folded, strict=True):
        match = _department().fullmatch(plain)
        if match and match["head"]:
            head = name[: match.end("head")]
            out.append(name)
        elif match and head:
            out.append(head + name)
        else:
            head = "" if not match else head
            out.append(name)
    return out
