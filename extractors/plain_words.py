"""The words of a text without what a copy may change: script, Taiwan wording, marks, white space, lines of the web page.

Unlike the running text (``extractors.running_text``) names and figures stay: two texts with the same plain words say the same
thing about the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from extractors.fold import fold
from extractors.lexicon import load
from extractors.running_text import occurrences, word_finder

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick
    from numpy import int64, uint64
    from numpy.typing import NDArray

_SHINGLE = 6
PARTS = 20
"""How many numbers a sketch has at most."""
_LONGEST_PAGE_LINE = 150
_LONGEST_LABEL = 6


@dataclass(frozen=True, slots=True, eq=False)
class PlainWords:
    """``text[i]`` stands in line ``lines[i]`` of the original; letters, digits and Chinese characters only."""

    text: str
    lines: NDArray[int64]

    @classmethod
    def of(cls, original: str) -> PlainWords:
        """The plain words of a text; linear in its length."""
        import numpy as np

        folded = fold(original)
        codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        counts = np.isin(codes, _letters())
        line_of = np.cumsum(codes == 10)
        start = 0
        for line in folded.split("\n"):
            if of_the_page(line):
                counts[start : start + len(line)] = False
            start += len(line) + 1
        added: list[tuple[int, str]] = []
        finder, mainland = _other_wordings()
        for first, last in occurrences(finder, folded):
            word = mainland.get(folded[first:last])
            if word and counts[first:last].all():
                counts[first:last] = False
                added += [(min(first + i, last - 1), letter) for i, letter in enumerate(word)]
        places = np.flatnonzero(counts)
        letters = codes[places]
        if added:
            extra, new = zip(*added, strict=True)
            order = np.argsort(np.concatenate((places, extra)), kind="stable")
            letters = np.concatenate((letters, np.array([ord(letter) for letter in new], dtype=letters.dtype)))[order]
            places = np.concatenate((places, extra))[order]
        text = letters.astype("<u4").tobytes().decode("utf-32-le").lower()
        return cls(text, line_of[places].astype(np.int64))

    def sketch(self) -> list[int]:
        """At most ``PARTS`` numbers (signed, 64 bits), which two texts share by as many as their words are alike.

        One permutation hashing (Li, Owen, Zhang: One Permutation Hashing, NIPS 2012): the hashes of all runs of six characters
        are divided by their value into ``PARTS`` parts, and the least of each is kept. Two texts agree in a part with the
        probability that is the Jaccard likeness of their runs.
        """
        import numpy as np

        hashes = np.unique(_hashes(self.text))
        if not len(hashes):
            return []
        part = (hashes >> np.uint64(40)) % np.uint64(PARTS)
        kept = [hashes[part == number] for number in range(PARTS)]
        return [int(one[0].astype(np.int64)) for one in kept if len(one)]


def plain(text: str) -> str:
    """The plain words of a short text such as a title, its lines joined."""
    return PlainWords.of(" ".join(text.split("\n"))).text


def _hashes(text: str) -> NDArray[uint64]:
    """A hash of every run of ``_SHINGLE`` characters; the same in every process."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    count = len(codes) - _SHINGLE + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    hashes = np.zeros(count, dtype=np.uint64)
    for number in range(_SHINGLE):
        hashes = hashes * np.uint64(0x100000001B3) + codes[number : number + count]
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):  # the finalizer of MurmurHash3
        hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(factor)
    mixed: NDArray[uint64] = hashes ^ (hashes >> np.uint64(33))
    return mixed


def of_the_page(line: str) -> bool:
    """Whether a line, folded, is the web page's, not the document's: its owner, its counters, its buttons."""
    if len(line) > _LONGEST_PAGE_LINE:
        return False
    if any(word in line for word in load("formulas")["page_lines"]):
        return True
    if sum(f"{label}:" in line for label in _labels()) > 1:
        return True
    stripped = line.strip(" \t[]【】|")
    return (
        bool(stripped) and stripped.startswith(_labels()) and (len(stripped) <= _LONGEST_LABEL or _labelled(stripped))
    )


def _labelled(line: str) -> bool:
    """A label with its value (浏览次数:12, 字号:大中小), not a sentence that begins with the word (审核工作由 …)."""
    return any(line.startswith((f"{label}:", f"{label}(", f"{label} ")) for label in _labels())


@cache
def _labels() -> tuple[str, ...]:
    return tuple(fold(label) for label in load("organisations")["page_lines"])


@cache
def _other_wordings() -> tuple[AhoCorasick, dict[str, str]]:
    """Finds Taiwan words, with the mainland word of each; the ambiguous ones too, since both texts are treated alike."""
    lexicon = load("variants")
    words: dict[str, str] = {}
    for kind in ("ambiguous", "safe"):
        for word, mainland in lexicon[kind].items():
            words[fold(word)] = fold(mainland if isinstance(mainland, str) else mainland[0])
    return word_finder((*words, *lexicon["protected"])), words


@cache
def _letters() -> NDArray[int64]:
    import numpy as np

    ranges = ((0x30, 0x3A), (0x41, 0x5B), (0x61, 0x7B), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0x3007, 0x3008))
    return np.concatenate([np.arange(first, last, dtype=np.int64) for first, last in ranges])
