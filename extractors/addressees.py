"""主送机关: whom a document is addressed to (GB/T 9704-2012, 7.3.2): the list before the first colon of the body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.layout import Layout, squeeze
from extractors.lexicon import load
from extractors.organisations import is_organisation, share_head, split_list

_MAX_LENGTH = 260
_LINES_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Addressees:
    """The bodies addressed, one entry each, and the stretch they stand in (the colon not included)."""

    names: tuple[str, ...]
    start: int
    end: int


def find_addressees(layout: Layout, before: int) -> Addressees | None:
    """The addressees in the head of a document, or None.

    Args:
        layout: the text.
        before: where the outline begins; addressees stand above it.
    """
    seen = 0
    for line in layout.body:
        if line.start >= before or seen >= _LINES_LOOKED_AT:
            return None
        seen += 1
        stop = min(line.end, line.start + _MAX_LENGTH, max(before, line.start))
        colon = layout.folded.find(":", line.start, stop)
        if colon < 0:
            continue
        found = _read(layout, line.start, colon)
        if found:
            return found
    return None


def _read(layout: Layout, start: int, end: int) -> Addressees | None:
    folded = layout.folded[start:end]
    if re.search(r"[。;!?《》]|如下|根据|通知|以下|附件", folded):
        return None
    names: list[str] = []
    for group_start, group_end in split_list(folded, separators=",;"):
        entries = split_list(folded[group_start:group_end], separators="、")
        plain = [squeeze(folded[group_start + a : group_start + b]) for a, b in entries]
        if not all(_is_addressee(name, i) for i, name in enumerate(plain)):
            # 各省辖市、示范区教育、财政主管部门: the parts share a tail and are no names of their own.
            whole = squeeze(folded[group_start:group_end])
            if not _is_addressee(whole, 0, longest=120) or not whole.startswith(
                tuple(load("organisations")["addressee_starts"])
            ):
                return None
            names.append(squeeze(layout.text[start + group_start : start + group_end]))
            continue
        originals = [squeeze(layout.text[start + group_start + a : start + group_start + b]) for a, b in entries]
        names += share_head(originals, plain)
    return Addressees(tuple(names), start, end) if names else None


def _is_addressee(name: str, place: int, longest: int = 45) -> bool:
    words = load("organisations")
    if len(name) > longest or not re.search(r"[\u3400-\u9fff]{2,}", name):
        return False
    if name.startswith(tuple(words["addressee_starts"])):
        return True
    return (is_organisation(name) or name.endswith(tuple(words["addressee_ends"]))) and len(name) >= (
        4 if place == 0 else 2
    )
