"""Counties found by a part of their name, among those that have documents."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from corpus import tables as t
from extractors.fold import fold

_D = t.documents.c


class CountyName(NamedTuple):
    """A county as its documents name it; province and city where they do."""

    province: str | None
    city: str | None
    county: str


def counties(connection: sa.Connection, part: str, roles: Collection[str], most: int) -> list[CountyName]:
    """Counties with current documents of these roles whose name, with its city's, has ``part`` in it; by name.

    Names are looked through in the index of places, not in the rows of the documents: there are far more of those.

    Args:
        connection: to the store.
        part: of a name, in either script; white space is left out. An empty one finds nothing.
        roles: of the documents.
        most: at most so many.
    """
    wanted = "".join(fold(part).split())
    if not wanted:
        return []
    places = (
        sa.select(_D.province, _D.city, _D.county)
        .distinct()
        .where(_D.county.is_not(None))
        .where((sa.func.coalesce(_D.city, "") + _D.county).contains(wanted, autoescape=True))
        .subquery()
    )
    own = t.documents.alias("own")
    has_some = sa.exists().where(
        own.c.province.is_not_distinct_from(places.c.province),
        own.c.city.is_not_distinct_from(places.c.city),
        own.c.county == places.c.county,
        own.c.current,
        own.c.role.in_(sorted(roles)),
    )
    query = sa.select(*places.c).where(has_some).order_by(places.c.province, places.c.city, places.c.county).limit(most)
    return [CountyName(*row) for row in connection.execute(query)]
