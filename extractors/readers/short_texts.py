"""Texts of a few characters without a word on their encoding: names of files, headers of mail.

``encodings.decode`` weighs whole files; here nothing is refused, and a wrong guess costs a name, not a document.
"""

from __future__ import annotations

from extractors.readers.encodings import plausibility

_GUESSES = ("gb18030", "big5hkscs", "cp950")


def decode(raw: bytes) -> str:
    """A short text from its bytes: UTF-8 where it is valid, else the more plausible of GBK and Big5.

    What is neither keeps its ASCII characters; the others become U+FFFD.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    best, score = raw.decode("ascii", "replace"), -1.0
    for encoding in _GUESSES:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GBK first: most short Big5 names are valid GBK too, and make rare characters there.
        if plausibility(text) > score + 0.05:
            best, score = text, plausibility(text)
    return best
