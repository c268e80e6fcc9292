"""The counties that a province has by the official divisions, and what is run like one and is none.

Districts, counties, banners and county-level cities count; the four prefecture-level cities without any (东莞, 中山, 儋州,
嘉峪关) stand for themselves. Development zones have codes of their own from the National Bureau of Statistics, with 71 to 79
at the end, which GB/T 2260 gives to nothing.
"""

from __future__ import annotations

from extractors.fold import fold
from extractors.gazetteer import Place, by_code, find, named
from extractors.lexicon import load


def province_named(name: str) -> Place | None:
    """The province of that name (浙江省, 浙江); None if there is none."""
    return next((place for place in named(name) if place.rank == "province"), None)


def is_zone(place: Place) -> bool:
    """Whether a place of rank county is a development zone."""
    return place.rank == "county" and "71" <= place.code[4:] <= "79"


def is_zone_name(name: str) -> bool:
    """Whether a name that no table knows is one of a development zone."""
    return fold(name).endswith(tuple(load("divisions")["zone_endings"]))


def counties(province: Place) -> list[Place]:
    """The places of a province that answer as a county, in the order of their codes."""
    inside = [place for place in by_code().values() if place.within(province)]
    with_counties = {place.code[:4] for place in inside if place.rank == "county"}
    return sorted(
        (
            place
            for place in inside
            if (place.rank == "county" and not is_zone(place))
            or (place.rank == "city" and place.code[:4] not in with_counties)
        ),
        key=lambda place: place.code,
    )


def county_of_path(path: str, provinces: tuple[Place, ...]) -> Place | None:
    """The one county that the names of a file and its folders mean, the file's own first; None if none or several.

    Args:
        path: a path or address, ``/`` between the parts.
        provinces: where it may lie.
    """
    mentions = [find(part) for part in reversed(fold(path).replace("\\", "/").split("/"))]
    upper = {
        c for found in mentions for m in found for c in m.candidates if c.rank != "county" and len(m.candidates) == 1
    }
    for found in mentions:
        places = {c for m in found for c in m.candidates if c.rank == "county" and any(c.within(p) for p in provinces)}
        if len(places) > 1:
            places = {place for place in places if any(place.within(one) for one in upper)} or places
        if places:
            return places.pop() if len(places) == 1 else None
    return None
