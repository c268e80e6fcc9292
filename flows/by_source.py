"""What a document itself does not say, and its source does: whose it is, of which place, of what level.

A school's submission in an upload folder often names neither county nor issuer; the definition of its source does
(``publisher``, ``jurisdiction``, ``level``). Such a field carries no span, for no wording says it, and a note of kind
``stated_by_source`` names it and the source. What the document says goes first, always, and nothing of the source's is
put beside it that would contradict: a notice of the ministry on a county's site stays the ministry's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from extractors.gazetteer import Place, named
from schemas.document import LEVEL_NAMES, Document, Jurisdiction, Level, Quality
from schemas.logs import Log
from schemas.outcome import Outcome
from schemas.source import SourceDefinition
from sources import definitions
from sources.sameness import text_key

if TYPE_CHECKING:
    from corpus.corpus import Corpus

_log = Log(__name__)

KIND = "stated_by_source"
_PARTS = ("province", "city", "county")
_LOWEST: Mapping[Level, int] = {"national": 0, "province": 1, "city": 2}
"""How many parts the place of a document of that level has at most; a county's, a township's and a school's have all."""


class Brought:
    """What is known of originals that sources brought, for reading them outside of a run of their source."""

    def __init__(self, corpus: Corpus, sha256s: Collection[str]) -> None:
        self._corpus = corpus
        self._sources = corpus.sources.bringing(sha256s)
        self._fetched_at = corpus.sources.fetched_at(sha256s)
        self._definitions: dict[str, SourceDefinition] = {}
        if not self._sources:
            return
        found, errors = definitions.load_valid(corpus.home / definitions.FOLDER)
        self._definitions = {one.definition.id: one.definition for one in found}
        for error in errors:
            _log.warning("source.invalid", f"{error}; 此来源所述未采用 what it states is not used")

    def by(self, sha256: str) -> SourceDefinition | None:
        """The first of its sources that is still defined: what it says of its documents stands in for them."""
        named = self._sources.get(sha256, ())
        return next((self._definitions[source] for source in named if source in self._definitions), None)

    def fetched_at(self, sha256: str) -> datetime | None:
        """When a server last sent it; None where none did."""
        return self._fetched_at.get(sha256)

    def recorded(self, outcome: Outcome) -> None:
        """Says that it was read and recorded: the items of its sources stand for it, and are no failures any more."""
        if outcome.failure is None and outcome.sha256 in self._sources:
            self._corpus.sources.mended(outcome.sha256, text_key(one.text for one in outcome.documents))


def completed(outcome: Outcome, definition: SourceDefinition) -> Outcome:
    """The outcome with what its documents leave open taken from the definition of the source that they came from."""
    if definition.publisher is None and definition.level is None and definition.jurisdiction == Jurisdiction():
        return outcome
    return outcome.model_copy(update={"documents": [_completed(one, definition) for one in outcome.documents]})


def _completed(document: Document, definition: SourceDefinition) -> Document:
    place = _place(document, definition.jurisdiction)
    if place is None:
        return document
    update: dict[str, Any] = {}
    taken: list[tuple[str, str]] = []
    if place != document.jurisdiction:
        update["jurisdiction"] = place
        taken.append(("地区", "".join(getattr(place, part) or "" for part in _PARTS)))
    whose = not document.issuers or definition.publisher in document.issuers
    if document.level is None and definition.level is not None and whose:
        update["level"] = definition.level
        taken.append(("层级", LEVEL_NAMES[definition.level]))
    if not document.issuers and definition.publisher is not None and document.level in (None, definition.level):
        update["issuers"] = [definition.publisher]
        taken.append(("机关", definition.publisher))
    notes = [
        Quality(kind=KIND, message=f"{name}“{value}”：文件未写明，取自来源 {definition.id} / stated by the source only")
        for name, value in taken
    ]
    return document.model_copy(update=update | {"quality": [*document.quality, *notes]}) if notes else document


def _place(document: Document, stated: Jurisdiction) -> Jurisdiction | None:
    """The document's place, what it leaves open filled in; None where it is of another place than its source, or above it."""
    own, most = document.jurisdiction, _LOWEST.get(document.level, 3) if document.level else 3
    if any(_differ(getattr(own, part), getattr(stated, part)) for part in _PARTS):
        return None
    if most == 0:
        return None
    parts = {part: getattr(own, part) or getattr(stated, part) for part in _PARTS[:most]}
    if all(parts[part] == getattr(own, part) for part in _PARTS[:most]):
        return own
    known = _known(parts)
    if known is None:  # an invented name, a zone, or a name that stands for several: as it is stated, without a code
        return own.model_copy(update=parts)
    city = known.city
    return Jurisdiction(
        province=known.province.name,
        city=city.name if city else None,
        county=known.name if known.rank == "county" else None,
        adcode=known.code,
    )


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other) and one != other


def _known(parts: Mapping[str, str | None]) -> Place | None:
    """The one place of the official list that is called so and lies where it is said to lie."""
    names = [name for part in _PARTS if (name := parts.get(part))]
    if not names:
        return None
    above = [place for name in names[:-1] for place in named(name)]
    found = [
        place
        for place in named(names[-1])
        if place.name == names[-1] and all(any(place.within(a) for a in above if a.name == n) for n in names[:-1])
    ]
    return found[0] if len(found) == 1 else None
