"""Text layers that say other characters than the page shows, whatever format the page comes in."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

_LEAST = 20
_SENSE = 0.82


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
