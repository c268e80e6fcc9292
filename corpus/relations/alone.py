"""What one document alone says to the relations: its keys, its sketch, whom it cites, what it says of its own force.

Knows no database, so that it can be made where the document is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from corpus.relations.keys import TitleKey, issuer_keys, number_key, place_key, remoteness, title_key, title_keys
from extractors.citing import Cited, find_cited
from extractors.plain_words import PlainWords
from extractors.validity import Statement, find_statements
from schemas.document import Document

_LEAST_WORDS = 20
"""A text with fewer words says too little to be a copy of anything."""


@dataclass(frozen=True, slots=True)
class CitedKeys:
    """A citation with the keys under which what it names is found."""

    cited: Cited
    title: TitleKey
    number: str | None


@dataclass(frozen=True, slots=True)
class Alone:
    """``words_sha`` is of the plain words, ``words`` their number; ``titles`` begins with the document's own key."""

    words_sha: str
    words: int
    sketch: list[Annotated[int, Field(ge=-(2**63), lt=2**63)]]
    place: str
    titles: list[str]
    number: str | None
    issuers: list[str]
    remove: int
    cited: list[CitedKeys]
    statements: list[Statement]
    attachments: list[str]


def alone(document: Document, words: PlainWords | None = None) -> Alone:
    """What ``document`` says; ``words``: its plain words, where they are there. Linear in its length."""
    words = words or PlainWords.of(document.text)
    return Alone(
        words_sha=sha256(words.text.encode()).hexdigest()[:16],
        words=len(words.text),
        sketch=words.sketch() if len(words.text) >= _LEAST_WORDS else [],
        place=place_key(document),
        titles=title_keys(document.title),
        number=number_key(document.document_number),
        issuers=issuer_keys(document),
        remove=remoteness(document),
        cited=[CitedKeys(one, title_key(one.title), number_key(one.document_number)) for one in find_cited(document)],
        statements=find_statements(document),
        attachments=[title_key(attachment.title).key for attachment in document.attachments],
    )
