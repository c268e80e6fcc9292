"""Which pairs of documents are compared, so that one document more costs the same among a hundred alike and among thousands.

Documents that share a number of their sketches (and whose places allow it) hang together at that number. Where no more than
``FEW`` do, each is compared with each. Where more do, the least identifiers stand for all of them: everybody is
compared with these, and others only where they share some other number with few. Those that stand are ``FEW`` as well, and in a
crowd of more than ``MANY`` only ``STANDING``: a filled-in form is in a score of crowds, each with others that stand for it, so that
it is these that the cost of a document comes to. Identifiers are hashes of the content, so those that stand for the others
are drawn by lot, and it is the same lot whatever the order of arrival: when a document comes that is to stand for the others,
it is compared with all of them (seldom: the n-th does with a chance of ``STANDING``/n), and pairs that were found through one
that gave way, and through nothing else, are taken back.

Three kinds of crowd belong to a number, since an unknown place may be any: documents of one place (``place``), those without
(``""``), and those of any known place (``None``), which only documents without a place look at. Documents with the same
document number are a crowd, too, whatever their sketches: of a short notice much may have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks

FEW = 6
"""Up to so many alike are compared each with each, and so many stand for a crowd that is not large."""
MANY = 16
"""More are a large crowd. Up to so many documents of one number are also read at once; of more, those that stand for them."""
STANDING = 2
"""How many documents stand for a large crowd; see ``docs/relations.md`` for what is not found then."""
NEARLY_ALIKE = 0.25
"""Of the numbers of the lesser sketch, how many two documents share at least that are compared."""

Pair = tuple[str, str]
_Crowd = tuple[int, str | None] | tuple[str]
"""A number of sketches with a place, or a document number."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """``pairs``: to be compared, with how many numbers they share; ``void``: stored ones that nothing speaks for any more.

    The lesser identifier stands first in a pair.
    """

    pairs: dict[Pair, int]
    void: set[Pair]


def candidates(connection: sa.Connection, ids: Collection[str]) -> Candidates:
    """What is to be compared when documents have come, whose rows are written already."""
    return _Crowds(connection, frozenset(ids)).candidates()


@dataclass(slots=True)
class _One:
    """What crowds are formed by, of one document."""

    place: str
    number: str | None
    sketch: set[int] = field(default_factory=set)


class _Crowds:
    def __init__(self, connection: sa.Connection, new: frozenset[str]) -> None:
        self._connection = connection
        self._new = new
        self._known: dict[str, _One] = {}
        self._standing: dict[_Crowd, frozenset[str]] = {}
        self._members: dict[_Crowd, list[str]] = {}
        self._gave_way: set[str] = set()

    def candidates(self) -> Candidates:
        self._know(self._new)
        self._look_at(self._new)
        met: set[Pair] = set()
        for id in self._new & self._known.keys():
            for crowd, standing in self._beside(self._known[id]):
                # Whoever stands for its crowd meets all of them, the others meet those that stand for them.
                others = self._all(crowd) if id in self._standing[standing] else self._standing[crowd]
                met.update(_pair(id, other) for other in others if other != id)
        self._know({id for pair in met for id in pair})
        pairs = {}
        for pair in sorted(met):
            one, other = (self._known[id] for id in pair)
            # Another place is another document, whatever it shares.
            shared = (
                len(one.sketch & other.sketch) if one.place == other.place or not (one.place and other.place) else 0
            )
            same_number = one.number is not None and one.number == other.number
            if same_number or shared >= max(NEARLY_ALIKE * min(len(one.sketch), len(other.sketch)), 1):
                pairs[pair] = shared
        return Candidates(pairs, self._void())

    def _beside(self, one: _One) -> Iterable[tuple[_Crowd, _Crowd]]:
        """The crowds that a document looks at, each with the crowd that it would stand for to be met by all of these."""
        for number in one.sketch:
            if one.place:
                yield (number, one.place), (number, one.place)
                yield (number, ""), (number, None)
            else:
                yield (number, ""), (number, "")
                yield (number, None), (number, "")
        if one.number is not None:
            yield (one.number,), (one.number,)

    def _void(self) -> set[Pair]:
        """Stored pairs of documents that stood for a crowd until now, where neither stands for any that they share."""
        stored: set[Pair] = set()
        p = t.relation_pairs.c
        for chunk in chunks(sorted(self._gave_way)):
            for column in (p.document_id, p.other_id):
                query = sa.select(p.document_id, p.other_id).where(column.in_(chunk))
                stored.update((row.document_id, row.other_id) for row in self._connection.execute(query))
        if not stored:
            return set()
        self._know({id for pair in stored for id in pair})
        self._look_at(self._gave_way & {id for pair in stored for id in pair})
        return {pair for pair in stored if not self._meet(*pair)}

    def _meet(self, id: str, other_id: str) -> bool:
        one, other = self._known[id], self._known[other_id]
        if one.number is not None and one.number == other.number and self._stands((one.number,), id, other_id):
            return True
        shared = one.sketch & other.sketch
        if one.place == other.place:
            return any(self._stands((number, one.place), id, other_id) for number in shared)
        known, unknown = (id, other_id) if one.place else (other_id, id)
        return any(self._stands((n, None), known) or self._stands((n, ""), unknown) for n in shared)

    def _stands(self, crowd: _Crowd, *ids: str) -> bool:
        return any(id in self._standing[crowd] for id in ids)

    # Reading

    def _know(self, ids: Iterable[str]) -> None:
        wanted = sorted(set(ids) - self._known.keys())
        k, s = t.relation_keys.c, t.relation_sketches.c
        for chunk in chunks(wanted):
            query = sa.select(k.document_id, k.place, k.number_key).where(k.document_id.in_(chunk))
            for row in self._connection.execute(query):
                self._known[row.document_id] = _One(row.place, row.number_key)
            for row in self._connection.execute(sa.select(s.document_id, s.hash).where(s.document_id.in_(chunk))):
                self._known[row.document_id].sketch.add(row.hash)

    def _look_at(self, ids: Collection[str]) -> None:
        """Finds who stands for the crowds of these documents now, and who did before the new ones came."""
        wanted: dict[int, set[str | None]] = defaultdict(set)
        document_numbers = set()
        for one in (self._known[id] for id in ids if id in self._known):
            for number in one.sketch:
                wanted[number] |= {one.place, "", None}
            if one.number is not None:
                document_numbers.add(one.number)
        wanted = {number: {p for p in places if (number, p) not in self._standing} for number, places in wanted.items()}
        self._by_sketch({number: places for number, places in wanted.items() if places}, ids)
        self._by_document_number({number for number in document_numbers if (number,) not in self._standing})

    def _by_sketch(self, wanted: dict[int, set[str | None]], ids: Iterable[str]) -> None:
        s = t.relation_sketches.c
        many = self._in_many(ids) & wanted.keys()
        for chunk in chunks(sorted(wanted.keys() - many)):
            crowds: dict[_Crowd, list[str]] = {(number, place): [] for number in chunk for place in wanted[number]}
            query = sa.select(s.hash, s.place, s.document_id).where(s.hash.in_(chunk)).order_by(s.document_id)
            for row in self._connection.execute(query):
                for place in {row.place, None} if row.place else {""}:
                    if (row.hash, place) in crowds:
                        crowds[row.hash, place].append(row.document_id)
            for crowd, members in crowds.items():
                self._members[crowd] = members
                self._stand(crowd, members)
        for number in sorted(many):
            # Known places are looked at by documents without a place alone: where there is none, nobody stands for them.
            for place in sorted(wanted[number], key=lambda place: place is None):
                crowd = (number, place)
                if place is None and not self._least((number, "")):
                    self._members[crowd] = []
                self._stand(crowd, self._least(crowd))

    def _in_many(self, ids: Iterable[str]) -> set[int]:
        """The numbers of these documents that more than ``MANY`` have: counted no further, or it would cost what they are."""
        s, other = t.relation_sketches.c, t.relation_sketches.alias()
        found: set[int] = set()
        for chunk in chunks(sorted(ids)):
            numbers = sa.select(s.hash).where(s.document_id.in_(chunk)).distinct().subquery()
            one_more = sa.select(other.c.document_id).where(other.c.hash == numbers.c.hash).limit(1).offset(MANY)
            found.update(
                self._connection.scalars(sa.select(numbers.c.hash).where(one_more.scalar_subquery().is_not(None)))
            )
        return found

    def _least(self, crowd: tuple[int, str | None]) -> list[str]:
        """The least members of a crowd, as many as say who stands for it now and stood for it before."""
        if crowd not in self._members:
            number, place = crowd
            query, most = _least_of(place is None), MANY + 1 + len(self._new)
            return list(self._connection.scalars(query, {"number": number, "of": place or "", "most": most}))
        return self._members[crowd]

    def _by_document_number(self, numbers: set[str]) -> None:
        k = t.relation_keys.c
        crowds: dict[str, list[str]] = {number: [] for number in numbers}
        for chunk in chunks(sorted(numbers)):
            query = sa.select(k.number_key, k.document_id).where(k.number_key.in_(chunk)).order_by(k.document_id)
            for row in self._connection.execute(query):
                crowds[row.number_key].append(row.document_id)
        for number, members in crowds.items():
            self._members[number,] = members
            self._stand((number,), members)

    def _stand(self, crowd: _Crowd, members: list[str]) -> None:
        self._standing[crowd] = now = _standing(members)
        self._gave_way.update(_standing([id for id in members if id not in self._new]) - now)

    def _all(self, crowd: _Crowd) -> list[str]:
        if crowd not in self._members:
            number, place = crowd  # type: ignore[misc]  # of document numbers all are read already
            self._members[crowd] = list(
                self._connection.scalars(_all_of(place is None), {"number": number, "of": place or ""})
            )
        return self._members[crowd]


def _standing(members: Sequence[str]) -> frozenset[str]:
    """Who stands for a crowd, of its members in their order; of a large one the first are enough."""
    return frozenset(members[: FEW if len(members) <= MANY else STANDING])


# Made once: they are asked for each number of a new document, and took longer to build than to run.


@cache
def _all_of(any_place: bool) -> sa.Select[tuple[str]]:
    """The members of a crowd: of ``number`` and the place ``of``, or of all places that are known."""
    s = t.relation_sketches.c
    place: sa.BindParameter[str] = sa.bindparam("of")
    number: sa.BindParameter[int] = sa.bindparam("number")
    return sa.select(s.document_id).where(s.hash == number, s.place > place if any_place else s.place == place)


@cache
def _least_of(any_place: bool) -> sa.Select[tuple[str]]:
    """The ``most`` least of them."""
    return _all_of(any_place).order_by(t.relation_sketches.c.document_id).limit(sa.bindparam("most"))


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
