"""What the index holds of a document: its terms, the values it is filtered and counted by, and what a hit shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from corpus.terms import Terms, terms
from corpus.units import plain, units

if TYPE_CHECKING:
    from schemas.document import Document

SEARCHED = ("body", "title", "issuer", "number")
"""Fields of text: ``body`` has the units with their positions, ``body_words`` the words, ``body_pairs`` the other pairs."""

PLACE = ("province", "city", "county")
KIND = ("genre", "role", "level", "script", "year")
SEVERAL = ("issuers", "mode", "pack", "verdict")
"""Fields of which a document may have several values."""

COUNTED = ("kind_of", *PLACE, *SEVERAL)
"""Fields that facets are counted by; ``kind_of`` has all of ``KIND`` in one, which costs as little as one of them."""

SEPARATOR = "\t"

Verdicts = Mapping[str, Sequence[str]]
"""By the pack's id the verdicts that the last check of a document with it found."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document for the index. ``texts``: terms by field, one blank between two; ``values``: values by field.

    ``day`` is the date as a whole number (2021-05-01 is 20210501); 0 when there is none. ``shown`` is JSON. ``characters``
    are those of the text, white space left out.
    """

    id: str
    texts: dict[str, str]
    values: dict[str, list[str]]
    day: int
    shown: str
    year: int | None = None
    on_topic: bool = False
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """What of an entry takes long to make: the texts of a document, cut into terms."""

    body: Terms
    title: Terms
    issuer: Terms
    number: str


def cut(document: Document) -> Cut:
    """Cuts the texts of ``document``."""
    return Cut(
        body=terms(plain(document.text)),
        title=terms(plain(document.title or "")),
        issuer=terms(plain(_issuer(document) or "")),
        number=" ".join(units(plain(document.document_number or ""))),
    )


def entry(document: Document, verdicts: Verdicts | None = None, made: Cut | None = None) -> Entry:
    """Makes the entry of ``document``, whose last checks found ``verdicts``; ``made``: its ``cut``, where it is there."""
    place, dated_on = document.jurisdiction, document.signed_on or document.published_on
    shown: dict[str, Any] = {
        "title": document.title,
        "issuer": _issuer(document),
        "number": document.document_number,
        "jurisdiction": place.model_dump(exclude_defaults=True),
        "date": dated_on.isoformat() if dated_on else None,
        "genre": document.genre,
        "role": document.role,
        "level": document.level,
        "script": document.script,
        "uri": document.source.uri,
    }
    single = {name: getattr(place, name) or "" for name in PLACE} | {
        name: str(shown[name] or "") for name in KIND if name != "year"
    }
    several = {
        "issuers": document.issuers,
        "mode": [community.mode for community in document.communities if community.mode],
        "pack": list(verdicts or ()),
        "verdict": [verdict for found in (verdicts or {}).values() for verdict in found],
    }
    made = made or cut(document)
    return Entry(
        id=document.id,
        texts={
            **_fields("body", made.body),
            **_fields("title", made.title),
            **_fields("issuer", made.issuer),
            "number": made.number,
        },
        values={name: [value] for name, value in single.items() if value}
        | {name: sorted(set(values)) for name, values in several.items() if values}
        | {
            "kind_of": [SEPARATOR.join([*(single[name] for name in KIND[:-1]), str(dated_on.year) if dated_on else ""])]
        },
        day=day(dated_on) if dated_on else 0,
        shown=json.dumps(shown, ensure_ascii=False),
        year=dated_on.year if dated_on else None,
        on_topic=document.on_topic,
        characters=length(document.text),
    )


def length(text: str) -> int:
    """The characters of a text, white space left out; the same before and after folding."""
    return len("".join(text.split()))


def day(when: date) -> int:
    """A date as a number that grows with it: 20210501."""
    return when.year * 10_000 + when.month * 100 + when.day


def code(value: str) -> int:
    """A number for a value that is counted: of 48 bits, which of 100,000 values gives two the same once in 50,000 times,
    and which numbers in JSON still hold."""
    return int.from_bytes(blake2b(value.encode("utf-8", "surrogatepass"), digest_size=6).digest())


def _issuer(document: Document) -> str | None:
    return "、".join(document.issuers) or None


def _fields(name: str, found: Terms) -> dict[str, str]:
    return {name: found.units, f"{name}_words": found.words, f"{name}_pairs": found.pairs}
