"""The pairing audit of one county of a corpus."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from checks.pairing import audit
from schemas.document import Jurisdiction
from schemas.pairing import PairingAudit

if TYPE_CHECKING:
    from corpus.corpus import Corpus

MOST = 12
"""Documents that are held against each other, the newest."""


def pairing(corpus: Corpus, province: str | None, city: str | None, county: str) -> PairingAudit:
    """What the lists of communities of one county say that does not go together (``checks.pairing``).

    Args:
        corpus: an opened corpus.
        province, city: of the county; None for whichever there is.
        county: its name as the documents have it.
    """
    place = Jurisdiction(province=province, city=city, county=county)
    equal = {name: value for name, value in place.model_dump(include={"province", "city", "county"}).items() if value}
    found = [one for one in corpus.documents(**equal) if one.communities]
    found.sort(key=lambda one: (one.signed_on or one.published_on or date.min, one.id), reverse=True)
    return audit(found[:MOST], place, max(0, len(found) - MOST))
