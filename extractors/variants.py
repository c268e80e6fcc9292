"""Other wordings of a term: Taiwan words for mainland words and the other way round.

Converting characters does not convert words: 資訊 folds to 资讯, not to 信息. Converting words in the text itself does
harm (of the phrase edits that OpenCC's ``tw2sp`` makes on a page in traditional script more than half are wrong:
核心→内核, 建立→创建), so the text stays and the *term looked for* is widened. ``lexicons/variants.yaml`` has two
classes: *safe* pairs mean the same everywhere; *ambiguous* pairs only in some contexts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice, product

from extractors.fold import fold
from extractors.lexicon import load
from extractors.words import segment

LIMIT = 48
"""Never more wordings of one term than this; those with the fewest replaced pieces are kept."""


@lru_cache(maxsize=4096)
def alternatives(term: str) -> tuple[str, ...]:
    """The folded term, then every folded wording to be treated as the same when matching or searching.

    Both classes of the lexicon apply, to the whole term and to the pieces in it (硬件支持 → 硬体支援), each piece alone
    and together. At most ``LIMIT`` wordings.
    """
    return _widen(fold(term), _wordings(ambiguous=True))


@lru_cache(maxsize=4096)
def safe_alternatives(term: str) -> tuple[str, ...]:
    """As ``alternatives``, with the pairs only that mean the same everywhere."""
    return _widen(fold(term), _wordings(ambiguous=False))


def pattern(term: str) -> str:
    """A regular expression for folded text that matches the term in any of its wordings, in a group of its own."""
    longest_first = sorted(alternatives(term), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, longest_first))})"


def _widen(folded: str, wordings: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    pieces = list(_pieces(folded, wordings))
    # The term itself comes first in each choice. Beyond some pieces the combinations are cut off, not computed.
    choices = [(folded[start:end], *wordings.get(folded[start:end], ())) for start, end in pieces]
    combinations = sorted(
        islice(product(*(range(len(choice)) for choice in choices)), LIMIT * LIMIT),
        key=lambda picks: sum(pick > 0 for pick in picks),
    )
    wide = dict.fromkeys("".join(c[p] for c, p in zip(choices, picks, strict=True)) for picks in combinations)
    return tuple(islice(wide, LIMIT)) or (folded,)


def _pieces(folded: str, wordings: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """``folded`` cut at the listed words: the longest at each place, none that cuts a word (国小 in 全国小学)."""
    protected = frozenset(load("variants")["protected"])
    longest = max(map(len, (*wordings, *protected)))
    position = done = 0
    while position < len(folded):
        for end in range(min(len(folded), position + longest), position, -1):
            piece = folded[position:end]
            if piece in protected or (piece in wordings and not _cuts(position, end, folded)):
                if done < position:
                    yield done, position
                if piece in protected:  # one piece, which has no other wordings even if it is listed
                    yield from ((i, i + 1) for i in range(position, end))
                else:
                    yield position, end
                position = done = end
                break
        else:
            position += 1
    if done < len(folded):
        yield done, len(folded)


def _cuts(start: int, end: int, folded: str) -> bool:
    """Whether a word reaches over one edge of the piece only.

    The segmenter is asked only where that can be: it takes a third of the time in which a search has to answer.
    """
    if start == 0 and end == len(folded):
        return False
    return any(a < start < b < end or start < a < end < b for a, b in _words(folded))


@lru_cache(maxsize=64)
def _words(folded: str) -> list[tuple[int, int]]:
    return [(start, end) for _, start, end in segment(folded)]


@cache
def _wordings(ambiguous: bool) -> Mapping[str, tuple[str, ...]]:
    """Each listed word with its other wordings, in both directions."""
    lexicon = load("variants")
    wordings: dict[str, dict[str, None]] = {}
    for taiwan, mainland in _pairs(lexicon["safe"]):
        wordings.setdefault(taiwan, {})[mainland] = None
        wordings.setdefault(mainland, {})[taiwan] = None
    for word in list(wordings):  # two Taiwan words of one mainland word are the same word, too
        for other in list(wordings[word]):
            wordings[word].update(dict.fromkeys(w for w in wordings[other] if w != word))
    if ambiguous:
        for taiwan, mainland in _pairs(lexicon["ambiguous"]):
            wordings.setdefault(taiwan, {})[mainland] = None
            wordings.setdefault(mainland, {})[taiwan] = None
    return {word: tuple(others) for word, others in wordings.items()}


def _pairs(entries: Mapping[str, str | list[str]]) -> Iterator[tuple[str, str]]:
    for taiwan, mainland in entries.items():
        for word in [mainland] if isinstance(mainland, str) else mainland:
            yield taiwan, word
