"""文种: what kind of paper a document is, from the last word of its title, else from how it names itself."""

from __future__ import annotations

import re
from functools import cache

from extractors.layout import squeeze
from extractors.lexicon import load
from schemas.document import Genre


@cache
def _endings() -> list[tuple[str, Genre]]:
    pairs = [(word, genre) for genre, words in load("genres")["endings"].items() for word in words]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


_MAX_TAIL = 120


@cache
def _tail() -> re.Pattern[str]:
    words = "|".join(map(re.escape, load("genres")["tails"]))
    return re.compile(rf"(?:[(\[](?:[^()\[\]]*)[)\]]|{words}|\d{{1,2}}|[一二三四五六七八九十]{{1,2}})+$")


def without_tail(folded_title: str) -> str:
    """A folded title without (试行), a year in brackets or a serial number behind its genre word."""
    bare = squeeze(folded_title).strip('"。:')
    stripped = bare[:-_MAX_TAIL] + _tail().sub("", bare[-_MAX_TAIL:])
    return stripped or bare


def genre_of_title(folded_title: str) -> Genre | None:
    """The genre that a folded title's last word names, or None."""
    bare = without_tail(folded_title)
    for word, genre in _endings():
        if bare.endswith(word):
            return genre
    return None


def genre_of_text(folded: str) -> Genre | None:
    """The genre a text without a title gives itself (现就…通知如下), the first such phrase counting."""
    found: list[tuple[int, Genre]] = []
    for genre, phrases in load("genres")["phrases"].items():
        for phrase in phrases:
            at = folded.find(phrase)
            if at >= 0:
                found.append((at, genre))
    if found:
        return min(found)[1]
    # 现就推进…建设事宜通知如下: the words in between are free.
    match = re.search(r"[现就将][^。\n]{2,80}?(通知|意见|方案|办法|报告|公告)如下", folded)
    return genre_of_title(match[1]) if match else None
