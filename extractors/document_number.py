"""发文字号: the number of an official document (GB/T 9704-2012, 7.2.5), e.g. 豫教基〔2025〕12号.

The standard writes the year in hexagonal brackets; copies use round, square or lenticular ones, mask the year (〔20xx〕),
break the number over lines, or close the bracket after the serial number. Masked and broken forms are still the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN, _CLOSE = r"[\[(【〔]", r"[\])】〕]"
NUMBER = re.compile(
    rf"(?P<agency>[\u3400-\u9fff]{{2,14}}(?:\([\u3400-\u9fff]{{1,4}}\))?)\s*{_OPEN}\s*(?P<year>\d\s*\d\s*[\dxX×*〇○Oo]\s*[\dxX×*〇○Oo])"
    rf"\s*(?:年\s*)?{_CLOSE}?\s*(?:第\s*)?(?P<serial>\d{{1,5}}|[xX×*]{{1,4}}|[\u2460-\u2473])\s*{_CLOSE}?\s*号"
)
"""Matches in folded text; groups ``agency``, ``year``, ``serial``."""

# Words in front of a number that belong to the sentence, not to the agency's code.
_BEFORE = re.compile(
    r"^.*(?:根据|按照|依据|贯彻|落实|参照|转发|印发|文号|字号|编号|执行|文件|以及|以|和|及|与|见|由|在|的|了)(?=[\u3400-\u9fff]{2})"
)


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A document number, normalised, and where it stands."""

    value: str
    start: int
    end: int


def find_numbers(text: str, folded: str, start: int = 0, end: int | None = None) -> Iterator[FoundNumber]:
    """Every document number in a stretch of text.

    Args:
        text: the original text; the agency's code is given in its script.
        folded: the same text folded.
        start, end: the stretch, offsets in both.

    Returns:
        Numbers in the standard's form ``浙教基〔2020〕70号`` with their offsets.
    """
    for match in NUMBER.finditer(folded, start, len(folded) if end is None else end):
        agency_start, agency_end = match.span("agency")
        lead = _BEFORE.match(match["agency"])
        if lead:
            agency_start += lead.end()
        agency = text[agency_start:agency_end]
        year = re.sub(r"\s", "", match["year"]).replace("X", "x").replace("O", "0")
        last = text[match.end() - 1]  # 号 or 號
        yield FoundNumber(f"{agency}〔{year}〕{match['serial']}{last}", agency_start, match.end())


def parse_number(text: str, folded: str) -> str | None:
    """The first document number of a short text such as a metadata value, or None."""
    for found in find_numbers(text, folded):
        return found.value
    return None
