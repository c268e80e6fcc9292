"""Which counties have not answered a pack: the official divisions held against what the corpus has of each county.

Brings ``checks`` (a pack's scope), ``corpus`` (documents, files not read) and the divisions together. A document belongs to
the county that its place was resolved to; a name without a code is looked up once more, as the tables may know it by now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from checks.scope import out_of_scope
from extractors.communities.names import find_names
from extractors.divisions import counties, county_of_path, is_zone, is_zone_name, province_named
from extractors.fold import fold
from extractors.gazetteer import Place, by_code, named
from schemas.document import Document
from schemas.errors import InvalidPack
from schemas.missing import STATE_NAMES, City, County, CountyState, Missing, Received, Unread

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.outcome import Failure
    from schemas.requirement import Pack


def missing(corpus: Corpus, pack: Pack) -> Missing:
    """What came from each county of the pack's provinces.

    Raises:
        InvalidPack: the pack asks nothing of counties, or its provinces are none.
        CorpusError: the corpus cannot be read.
    """
    provinces = _provinces(pack)
    wanted = {place.code: place for province in provinces for place in counties(province)}
    received: defaultdict[str, list[Received]] = defaultdict(list)
    zones: list[Received] = []
    unplaced: list[Received] = []
    above = 0
    for document in _documents(corpus, provinces):
        shown = _received(document, pack)
        place = _county(document, provinces)
        if place is not None and place.code in wanted:
            received[place.code].append(shown)
        elif (place is not None and is_zone(place)) or is_zone_name(document.jurisdiction.county or ""):
            zones.append(shown)
        elif document.jurisdiction.county or document.jurisdiction.province is None:
            # A document of an unknown place may be anybody's: only one that could be what is missing is worth a look.
            if document.jurisdiction.province or shown.outside is None or document.role == "submission":
                unplaced.append(shown)
        else:
            above += 1
    unread, schools_unread, unread_unplaced = _unread(corpus.failures(), provinces)
    found = [
        _of_county(place, received[place.code], unread[place.code], schools_unread[place.code])
        for place in wanted.values()
    ]
    return Missing(
        pack=pack.id,
        version=pack.version,
        title=pack.title,
        provinces=[province.name for province in provinces],
        states=_counted(found),
        cities=_cities(found),
        counties=found,
        zones=zones,
        unplaced=unplaced,
        unread_unplaced=unread_unplaced,
        above=above,
    )


def _provinces(pack: Pack) -> tuple[Place, ...]:
    if "county" not in pack.applies.levels:
        raise InvalidPack(f"{pack.id}: applies.levels 不含县级 / the pack asks nothing of counties (applies.levels)")
    found = []
    for name in pack.applies.provinces:
        province = province_named(name)
        if province is None:
            raise InvalidPack(
                f"{pack.id}: applies.provinces 中的 {name} 不是省级行政区 / {name} is no province (applies.provinces)"
            )
        found.append(province)
    return tuple(found)


def _documents(corpus: Corpus, provinces: Sequence[Place]) -> Iterator[Document]:
    for province in provinces:
        yield from corpus.documents(province=province.name)
    yield from corpus.documents(province=None)


def _county(document: Document, provinces: Sequence[Place]) -> Place | None:
    """The county that a document speaks for, a prefecture-level city without counties included; None if not known."""
    place = document.jurisdiction
    if place.adcode:
        return by_code().get(place.adcode)
    if not place.county:
        return None
    known = [one for one in named(place.county) if one.rank == "county" and any(one.within(p) for p in provinces)]
    if place.city:
        known = [one for one in known if one.city is None or one.city.name == place.city]
    return known[0] if len(known) == 1 and place.province else None


def _received(document: Document, pack: Pack) -> Received:
    place = document.jurisdiction
    day = document.signed_on or document.published_on
    return Received(
        document=document.id,
        title=document.title,
        uri=document.source.uri,
        index=document.source.index,
        date=day,
        role=document.role,
        level=document.level,
        place="".join(part for part in (place.province, place.city, place.county) if part),
        candidates=place.candidates,
        outside=_outside(document, pack),
        undated=day is None,
        unreadable_pages=any(note.kind == "unreadable_page" for note in document.quality),
    )


def _outside(document: Document, pack: Pack) -> str | None:
    if _of_school(document):
        # Its own level is below the pack's; what is asked here is whether it is of the pack's years and subject.
        return out_of_scope(document.model_copy(update={"level": None}), pack)
    return out_of_scope(document, pack) or (None if document.role == "plan" else "不是方案")


def _of_school(document: Document | Received) -> bool:
    return document.role == "submission" or document.level in ("school", "township")


def _unread(
    failures: Sequence[Failure], provinces: tuple[Place, ...]
) -> tuple[defaultdict[str, list[Unread]], defaultdict[str, list[Unread]], list[Unread]]:
    """The files not read by the county that their names tell: of the county itself, of its schools, and the others."""
    own: defaultdict[str, list[Unread]] = defaultdict(list)
    schools: defaultdict[str, list[Unread]] = defaultdict(list)
    unplaced: list[Unread] = []
    for failure in failures:
        place = county_of_path(failure.uri, provinces)
        shown = Unread(uri=failure.uri, message=failure.message)
        name = fold(failure.uri.rsplit("/", 1)[-1])
        if place is None or is_zone(place):
            unplaced.append(shown)
        elif any(True for _ in find_names(name, 0, len(name))):
            schools[place.code].append(shown)
        else:
            own[place.code].append(shown)
    return own, schools, unplaced


def _of_county(place: Place, received: list[Received], unread: list[Unread], of_schools: list[Unread]) -> County:
    inside = [one for one in received if one.outside is None]
    state: CountyState
    if any(not _of_school(one) for one in inside):
        state = "submitted"
    elif unread or any(one.unreadable_pages and not _of_school(one) for one in received):
        state = "unreadable"
    elif inside or of_schools:
        state = "schools_only"
    else:
        state = "outside" if received else "nothing"
    city = place.city
    return County(
        province=place.province.name,
        city=city.name if city else None,
        county=place.name,
        adcode=place.code,
        state=state,
        documents=received,
        unread=[*unread, *of_schools],
    )


def _counted(found: Sequence[County]) -> dict[str, int]:
    counts = Counter(county.state for county in found)
    return {state: counts[state] for state in STATE_NAMES}


def _cities(found: Sequence[County]) -> list[City]:
    groups: defaultdict[tuple[str, str | None], list[County]] = defaultdict(list)
    for county in found:
        groups[county.province, county.city].append(county)
    return [
        City(province=province, city=city, counties=len(some), states=_counted(some))
        for (province, city), some in groups.items()
    ]
