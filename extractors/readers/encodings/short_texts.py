"""Texts of a few characters without a word on their encoding: names of files, headers of mail.

``encodings.decode`` weighs whole files; here nothing is refused, and a wrong guess costs a name, not a document.
"""

from __future__ import annotations

import unicodedata

from extractors.readers.encodings import plausibility

_GUESSES = ("gb18030", "big5hkscs", "cp950")
_PLAUSIBLE = 0.5
_BETTER = 0.05
_FEW = 2


def decode(raw: bytes) -> str:
    """A short text from its bytes: UTF-8 where it is valid, else the more plausible of GBK and Big5.

    What is neither keeps its ASCII characters; the others become U+FFFD.
    """
    best, score = raw.decode("ascii", "replace"), -1.0
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        pass
    else:
        # Two bytes of GBK can be one letter of Greek, Cyrillic or Arabic in UTF-8: 联通 and 通 are such names.
        if text.isascii() or max(text) > "\u07ff" or plausibility(text) > _PLAUSIBLE:
            return text
        # Marks that stand on a letter (汀汀汀 gives three of them) make no name of their own.
        letters = sum(not c.isascii() and not unicodedata.combining(c) for c in text)
        best, score = text, _PLAUSIBLE if letters > _FEW else score
    for encoding in _GUESSES:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GBK first: most short Big5 names are valid GBK too, and make rare characters there.
        if plausibility(text) > score + _BETTER:
            best, score = text, plausibility(text)
    return best
