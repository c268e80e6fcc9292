"""The place a document speaks for: province, city and county, from whoever issued it downwards.

The sources are asked in the order of their weight: the issuers, the title (cited documents left out), the site's own
name and the division code in its 网站标识码, then the names in the text. The first that names a place decides how deep
the answer goes; later ones only complete it (a county's province) or choose among namesakes (鼓楼区) and never
overrule it. A county that no table knows is kept as written under the city or province that the document names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.fold import fold
from extractors.gazetteer import Place, PlaceMention, by_code, find, named
from extractors.lexicon import load
from schemas.document import Jurisdiction, Level

__all__ = ["Place", "PlaceMention", "find", "named", "resolve"]


@dataclass(frozen=True, slots=True)
class _Clue:
    """What one source says: namesakes of one rank, and the county's name where the table does not know it.

    ``written`` is the name in the source, for the case that it stays ambiguous.
    """

    places: tuple[Place, ...] = ()
    written: str = ""
    unknown_county: str | None = None

    def __bool__(self) -> bool:
        return bool(self.places or self.unknown_county)


_NOTHING = _Clue()

_OWN_COUNTY = re.compile("[我全本]县|[我全本]区(?![域块])|县教[育体科]|区教[育体科]局|县委|县人民政府|县政府|县域内各")
_OWN_CITY = re.compile(r"各县\(?[市区、]|各区县|各[市区]县")
_AFTER_OWN_NAME = re.compile(
    r"教[育体科]|人民政府|委|第?[一二三四五六七八九十]+[中小]|[\u4e00-\u9fff]{0,8}?(?:中学|小学|学校|幼儿园|教共体|校共体)"
)
_PARTY = re.compile("^(?:中共|中国共产党|共青团|国家税务总局)")
_FORWARDED = re.compile("转发|关于同意|批复")
_CITED = re.compile("《[^《》]*》")
# 浙教基[2020]70号: who may write a document number begins it with the one-character name of the province.
_NUMBER_HEAD = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])(?:教|政|财|人社|委)[\u4e00-\u9fff]{0,6}\[(?:\d|x|X){4}\]"
)


def resolve(
    *,
    issuers: Sequence[str],
    title: str | None,
    text: str,
    site: str | None = None,
    adcode: str | None = None,
    level_hint: Level | None = None,
    folded: str | None = None,
) -> Jurisdiction:
    """The jurisdiction of a document.

    Args:
        issuers: the organisations that issued it, as written (either script).
        title: its title.
        text: its whole text.
        site: the name of the site or bureau that publishes it, from the page's own metadata.
        adcode: six digits of an administrative division, e.g. the first six of the site's 网站标识码.
        level_hint: the level of the document where it is known from elsewhere; keeps a city's notice from being given
            to a county that its text happens to name.
        folded: the text folded, where the caller has it.

    Returns:
        official names in simplified characters. What the document leaves open is None; ``candidates`` lists the full
        names of the places an ambiguous name may mean, ``county`` is then as written. Nothing is guessed.
    """
    folded = fold(text) if folded is None else folded
    mentions = find(folded)
    level_hint = level_hint or _own_level(issuers)
    by_title = _of_title(fold(title)) if title else _NOTHING
    by_issuers = _common([_of_name(fold(issuer)) for issuer in issuers])
    by_site = _of_name(fold(site)) if site else _NOTHING
    by_code_of_site = _of_code(adcode)
    by_text = _of_text(folded, mentions, level_hint)
    clues = [by_issuers, by_title, by_site, by_code_of_site, by_text]
    first = next((clue for clue in clues if clue), _NOTHING)
    # A site may carry the documents of a county below it; issuers and titles are never taken deeper.
    from_site = first is by_site or first is by_code_of_site
    if from_site and level_hint not in ("province", "city") and _completes(by_text, first):
        first = by_text
    return _settle(first, clues, folded, mentions)


def _settle(clue: _Clue, clues: Sequence[_Clue], folded: str, mentions: Sequence[PlaceMention]) -> Jurisdiction:
    """The answer for the clue that decides, completed by the others."""
    context = _context(clue, clues, folded, mentions)
    places = _narrow(clue.places, context)
    if clue.unknown_county is not None:
        if not places:
            places = _only_one(context)
        if len(places) == 1 and places[0].rank != "county":
            return _jurisdiction(places[0], clue.unknown_county)
        return Jurisdiction(county=clue.unknown_county)
    if not places:
        return Jurisdiction()
    if len(places) == 1:
        return _jurisdiction(places[0])
    shared = _shared(places)
    answer = _jurisdiction(shared) if shared else Jurisdiction()
    return answer.model_copy(
        update={"county": _as_written(clue), "adcode": None, "candidates": [place.full_name for place in places]}
    )


def _as_written(clue: _Clue) -> str:
    """The name in the source, in its official spelling where all namesakes share it."""
    official = {place.name for place in clue.places}
    return official.pop() if len(official) == 1 else clue.written


def _jurisdiction(place: Place, unknown_county: str | None = None) -> Jurisdiction:
    city = place.city
    return Jurisdiction(
        province=place.province.name,
        city=city.name if city else None,
        county=unknown_county or (place.name if place.rank == "county" else None),
        adcode=None if unknown_county else place.code,
    )


def _context(
    clue: _Clue, clues: Sequence[_Clue], folded: str, mentions: Sequence[PlaceMention]
) -> list[tuple[Place, ...]]:
    """Groups of places that may tell namesakes apart, the most telling first."""
    groups: list[tuple[Place, ...]] = [other.places for other in clues if other is not clue and len(other.places) == 1]
    for rank in ("city", "province"):
        full = dict.fromkeys(
            c for m in mentions if not m.short and len(m.candidates) == 1 for c in m.candidates if c.rank == rank
        )
        groups.append(tuple(full))
    abbreviations = load("places")["province_abbreviations"]
    heads = dict.fromkeys(m.group(1) for m in _NUMBER_HEAD.finditer(folded))
    groups.append(tuple(place for head in heads if head in abbreviations for place in named(abbreviations[head])))
    return [group for group in groups if group]


def _narrow(places: tuple[Place, ...], context: Iterable[tuple[Place, ...]]) -> tuple[Place, ...]:
    """Those of ``places`` that lie in what the context names, as long as some do."""
    for group in context:
        if len(places) <= 1:
            break
        places = tuple(p for p in places if any(p.within(c) for c in group)) or places
    return places


def _only_one(context: Iterable[tuple[Place, ...]]) -> tuple[Place, ...]:
    """The deepest place that the context names alone; empty where it names several of a kind."""
    found: tuple[Place, ...] = ()
    for group in context:
        upper = {place.city or place.province for place in group}
        if len(upper) != 1:
            continue
        place = upper.pop()
        if not found or place.within(found[0]):
            found = (place,)
        elif not found[0].within(place):
            return ()
    return found


def _shared(places: Sequence[Place]) -> Place | None:
    """The city, or else the province, that all the places lie in."""
    cities = {place.city for place in places}
    if len(cities) == 1 and None not in cities:
        return cities.pop()
    provinces = {place.province for place in places}
    return provinces.pop() if len(provinces) == 1 else None


def _common(clues: Sequence[_Clue]) -> _Clue:
    """One clue for joint issuers: the place they share, or where they share none that of the first, who leads (主办).

    The leading organ stands first in a joint document (GB/T 9704-2012, 7.2.4).
    """
    clues = [clue for clue in clues if clue]
    if not clues:
        return _NOTHING
    first = clues[0]
    for clue in clues[1:]:
        if first.unknown_county and clue.unknown_county == first.unknown_county and not first.places:
            first = clue
        elif clue.unknown_county == first.unknown_county and set(clue.places) & set(first.places):
            first = _Clue(tuple(p for p in first.places if p in clue.places), first.written, first.unknown_county)
        elif clue.places and first.places and not (clue.unknown_county or first.unknown_county):
            inside = tuple(p for p in clue.places if any(p.within(q) for q in first.places))
            around = tuple(p for p in first.places if any(p.within(q) for q in clue.places))
            if inside and first.places[0].rank != "county":
                # A province's or city's department beside one of its parts: the joint document is the upper one's.
                first = _Clue(tuple(p for p in first.places if any(q.within(p) for q in inside)), first.written)
            elif around:
                first = _Clue(tuple(q for q in clue.places if any(p.within(q) for p in around)), clue.written)
            else:
                shared = _shared([*first.places, *clue.places])
                first = _Clue((shared,), shared.name) if shared else first
    return first


def _of_name(name: str) -> _Clue:
    """What the name of an organisation says: 新昌县教育体育局, 中共嵊州市委…, 洛阳市青岚县教育局."""
    name = _PARTY.sub("", name)
    mentions = find(name)
    chain = _chain(mentions)
    for mention in mentions[len(chain) :]:  # 新疆生产建设兵团第一师阿拉尔市
        if any(p.within(q) and p != q for p in mention.candidates for q in chain[-1].candidates):
            chain.append(mention)
    end = chain[-1].end if chain else 0
    if not chain or chain[-1].candidates[0].rank != "county":
        unknown = _unknown_county(name[end:])
        if unknown:
            return _Clue(chain[-1].candidates if chain else (), unknown, unknown)
    return _Clue(chain[-1].candidates, chain[-1].name) if chain else _NOTHING


def _of_title(title: str) -> _Clue:
    """What a title says; documents cited in it belong to others, unless the title is nothing but one."""
    outside = _CITED.sub("", title)
    for part in (outside, title.replace("《", "").replace("》", "")):
        part = _FORWARDED.split(part)[0]  # what is forwarded or approved belongs to another place
        chain = _chain(find(part))
        if chain and chain[-1].candidates[0].rank == "county":
            return _Clue(chain[-1].candidates, chain[-1].name)
        unknown = _unknown_county(part[chain[-1].end :]) if chain else _unknown_county(_TITLE_HEAD.sub("", part))
        if unknown:
            return _Clue(chain[-1].candidates if chain else (), unknown, unknown)
        if chain:
            return _Clue(chain[-1].candidates, chain[-1].name)
    return _NOTHING


_TITLE_HEAD = re.compile(
    r"^(?:关于)?(?:印发|组建|推进|深化|加强|做好|公布|实施|建立|开展|下发)?(?:\d{4}(?:-+\d{4})?(?:学?年度?)?)?"
)


def _of_code(adcode: str | None) -> _Clue:
    """The place of a division code; a code that is not listed stands for its city, if that is."""
    if not adcode or not re.fullmatch(r"\d{6}", adcode):
        return _NOTHING
    place = by_code().get(adcode) or by_code().get(adcode[:4] + "00") or by_code().get(adcode[:2] + "0000")
    return _Clue((place,), place.name) if place else _NOTHING


def _of_text(folded: str, mentions: Sequence[PlaceMention], level_hint: Level | None) -> _Clue:
    """What the names in a text say together: one county, one city or one province that stands out."""
    if level_hint == "national":
        return _NOTHING
    full = dict.fromkeys(c for m in mentions if not m.short and len(m.candidates) == 1 for c in m.candidates)
    upper = tuple(p for p in full if p.rank != "county")
    scores: Counter[tuple[Place, ...]] = Counter()
    owned: set[tuple[Place, ...]] = set()
    written: dict[tuple[Place, ...], str] = {}
    for mention in mentions:
        key = _narrow(mention.candidates, [upper] if upper else [])
        if mention.short and len(key) > 1:
            continue
        scores[key] += 1 if mention.short else 3
        if not mention.short:
            written.setdefault(key, mention.name)
            if _AFTER_OWN_NAME.match(folded, mention.end):
                owned.add(key)
    ranks = {"province": ("province",), "city": ("city", "province")}.get(
        level_hint or "", ("county", "city", "province")
    )
    speaks_of_parts = level_hint is None and bool(_OWN_CITY.search(folded)) and not _OWN_COUNTY.search(folded)
    for rank in ranks:
        if rank == "county":
            unknown = _unknown_in_text(folded)
            if unknown and not any(key[0].rank == "county" and scores[key] > 3 for key in scores):
                return _Clue((), unknown, unknown)
            if speaks_of_parts:
                continue
        ranked = Counter({key: score for key, score in scores.items() if key[0].rank == rank})
        if not ranked:
            continue
        best, score = ranked.most_common(1)[0]
        if best not in written or score < 0.6 * ranked.total():
            continue
        if rank == "county" and score < 6 and best not in owned and not _OWN_COUNTY.search(folded):
            continue
        return _Clue(best, written[best])
    return _NOTHING


def _completes(deeper: _Clue, clue: _Clue) -> bool:
    """Whether a county lies in the city or province that ``clue`` names."""
    return (
        bool(deeper.places and clue.places)
        and clue.unknown_county is None
        and clue.places[0].rank != "county"
        and deeper.places[0].rank == "county"
        and any(p.within(q) for p in deeper.places for q in clue.places)
    )


def _own_level(issuers: Iterable[str]) -> Level | None:
    """The level that issuers without a place's name still show: 省教育厅, 县教育局."""
    first_characters = {fold(issuer)[:1] for issuer in issuers}
    if "省" in first_characters:
        return "province"
    return "county" if first_characters & {"县", "区"} else None


def _chain(mentions: Sequence[PlaceMention]) -> list[PlaceMention]:
    """The first mention and those that follow it directly (河南省 洛阳市 …)."""
    chain: list[PlaceMention] = []
    for mention in mentions:
        if chain and mention.start != chain[-1].end:
            break
        chain.append(mention)
    return chain


# 县 at the end of such a name is hardly ever anything else; 区 and 市 need something after them that a county can have.
_UNKNOWN_COUNTY = re.compile(
    "([\u4e00-\u9fff]{2,4}?(?:自治县|自治旗|县(?!域|级|直|内|外|际)))"
    "|([\u4e00-\u9fff]{2,5}?[区市旗])"
    "(?=教[育体科共]|人民|政府|委|财政|人社|人力|文[化教]|社会|发展|机构|城乡|义务|第|实验|中学|小学|职|新时代|集团|结对"
    "|学校|初级|高级|中心|幼儿|[0-9]|推进|深化|关于|校|$|[\u4e00-\u9fff]{1,4}(?:镇|乡|街道))"
)
_NO_STEM = re.compile(
    "[学校城镇乡社灾地辖各全我本市县跨片农村区州省局厅委办园街组织的和与及在对据照由为以将把报等从向经过该某此其这那两几多所]"
    "|教育|中心|开展|建设|结合|东部|西部|促进|推动|统筹|实现|完善|优化|打造|建成|支持|带动|覆盖|落实|加快|全面|率先|贫困|试点"
)


def _unknown_county(name: str) -> str | None:
    """A county-like name at the beginning of ``name``; the caller has found no known place there."""
    match = _UNKNOWN_COUNTY.match(name)
    if match and not _NO_STEM.search(match.group()[:-1].removesuffix("自治")):
        return match.group()
    return None


_UNKNOWN_IN_TEXT = re.compile(
    "(?:^|[^\u4e00-\u9fff]|[市州省由在])([\u4e00-\u9fff]{2,3}县)"
    "(?=教[育体科]\\w{0,4}局|人民政府|第[一二三四五六七八九十]|实验|城乡|新时代)",
    re.MULTILINE,
)


def _unknown_in_text(folded: str) -> str | None:
    """The one county that a text names as its own and no table knows; None if there are several."""
    names = {match.group(1) for match in _UNKNOWN_IN_TEXT.finditer(folded)}
    names = {name for name in names if not named(name) and not _NO_STEM.search(name[:-1])}
    return names.pop() if len(names) == 1 else None
