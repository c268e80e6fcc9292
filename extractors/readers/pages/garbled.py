"""Text layers that say other characters than the page shows, whatever format the page comes in."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

_LEAST = 20
_SENSE = 0.82
_ASCII = bytes(range(0x80))
_SIGNS = bytes(range(0xA1, 0xB0))
_LEVEL_2 = bytes(range(0xD8, 0xFF))
"""First bytes of GB 2312 (EUC): its rows of signs and letters, and those of its rarer characters."""


def is_garbled(text: str, of_scan: bool) -> bool:
    """Whether a text layer says other characters than the page shows.

    In any Chinese text of our time more than 97 of 100 Chinese characters are among the 3,755 and 5,401 common ones of
    GB 2312 and Big5 (level 1); wrong code tables and scrambled fonts hit them only by chance (text in UTF-8 taken for
    GBK: about half). Letters with accents stand for bytes of Chinese. A layer without Chinese on a scan was made by
    recognition for another language: reading the scan again costs nothing but time.

    Args:
        text: the characters of a page.
        of_scan: whether pictures cover the page.
    """
    if len(text) < _LEAST:
        return False
    if _is_sound(text, of_scan):
        return False
    # A page repeats its characters: each is looked at once.
    counts = Counter(text)
    strange = sum(n for c, n in counts.items() if "\x80" <= c <= "ʯ" and c not in "·×÷±°§")
    if strange > 0.3 * len(text):
        return True
    chinese = {
        c: n
        for c, n in counts.items()
        if "㐀" <= c <= "鿿" or "豈" <= c <= "\ufaff" or "\U00020000" <= c <= "\U0003ffff"
    }
    total = sum(chinese.values())
    if of_scan and total < 0.2 * len(text):
        return True
    return total >= _LEAST and sum(n for c, n in chinese.items() if _is_common(c)) < _SENSE * total


def _is_sound(text: str, of_scan: bool) -> bool:
    """Whether GB 2312 knows so much of a text that it cannot be garbled, told without a look at each character."""
    encoded = text.encode("gb2312", "ignore")
    double = encoded.translate(None, _ASCII)
    leads = double[::2]
    han = len(leads.translate(None, _SIGNS))
    common = len(leads.translate(None, _SIGNS + _LEVEL_2))
    # What GB 2312 does not know may be Chinese or letters with accents, a sign of it can be such a letter.
    unknown = len(text) - (len(encoded) - len(double)) - len(leads)
    return (
        common >= _SENSE * (han + unknown)
        and unknown + len(leads) - han <= 0.3 * len(text)
        and not (of_scan and common < 0.2 * len(text))
    )


@lru_cache(maxsize=30_000)
def _is_common(character: str) -> bool:
    """Level 1 of GB 2312 (rows 16 to 55) or of Big5 (A440 to C67E)."""
    try:
        if character.encode("gb2312")[0] < 0xD8:
            return True
    except UnicodeEncodeError:
        pass
    try:
        return character.encode("big5")[0] < 0xC7
    except UnicodeEncodeError:
        return False
