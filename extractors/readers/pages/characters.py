"""Characters that page formats hand out for something else: radicals for whole characters, marks that show nothing."""

from __future__ import annotations

import unicodedata

INVISIBLE = frozenset(
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\u2061\u2062\u2063\u2064\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Marks that guide line breaking and direction; a word with one inside is found by nobody."""

# Some fonts hand out the radical (⼀, ⻓) where the character (一, 长) is meant. Kangxi radicals have a compatibility
# mapping in Unicode; for the CJK radicals supplement these are the ones that are whole characters
# (EquivalentUnifiedIdeograph.txt).
RADICALS: dict[str, str] = {chr(c): unicodedata.normalize("NFKC", chr(c)) for c in range(0x2F00, 0x2FD6)} | dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)
