"""What index and relations need of a document, made where it is read, so that whoever writes the corpus need not make it.

Everything here follows from the document alone, and is known by the hash of its JSON as the store holds it: of a document
that was changed since nothing is found, and it is made anew. So a corpus is the same with it and without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from corpus.entry import Cut, cut
from corpus.relations.alone import Alone, alone

if TYPE_CHECKING:
    from schemas.document import Document


@dataclass(frozen=True, slots=True)
class Prepared:
    """``key`` is ``key_of`` the document's JSON."""

    key: str
    cut: Cut
    alone: Alone


NOTHING: Mapping[str, Prepared] = MappingProxyType({})


def key_of(body: str) -> str:
    """What is prepared is known by: a hash of a document's JSON."""
    return sha256(body.encode()).hexdigest()


def prepare(documents: Iterable[Document]) -> list[Prepared]:
    """Makes of documents what would be made of them when they are recorded."""
    return [Prepared(key_of(one.model_dump_json()), cut(one), alone(one)) for one in documents]


def packed(prepared: list[Prepared]) -> bytes:
    """As JSON, on one line.

    Raises:
        pydantic_core.PydanticSerializationError: JSON cannot say it (a lone surrogate).
    """
    return _adapter().dump_json(prepared)


def unpacked(line: bytes) -> dict[str, Prepared]:
    """What ``packed`` made, by its keys; every type is looked at, for it comes from where hostile files are read.

    Raises:
        pydantic.ValidationError: it is not that.
    """
    return {one.key: one for one in _adapter().validate_json(line)}


@cache
def _adapter() -> TypeAdapter[list[Prepared]]:
    return TypeAdapter(list[Prepared])
