"""Where two lists of communities contradict each other.

1. Schools are the same when their names are, written with the county's name or without (青禾县第一小学, 县第一小学, 第一小学), or
   when one name is short for the other (一小, 第一小学; 实小, 实验小学), its numbers kept. In doubt two names are taken for one school, so that
   nobody is reproached with an abbreviation.
2. A member that has other lead schools in the other list: ``other_lead``. Stages that both lists state and that differ
   are not compared: a nine-year school may belong to two communities.
3. A pair turned round, the member leading its lead: ``reversed``.
4. A community of the same name with another lead: ``other_lead``. A name with a number in it (新增3对教共体) is none.
5. A member of a lead that the other list has without that member, and without it anywhere: ``absent``. It depends on
   whether that list is whole; the caller decides.
6. Neither the order of the lists nor that of the communities in them matters; a list never contradicts itself written
   again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from extractors.fold import fold
from schemas.document import Community, Jurisdiction

Kind = Literal["other_lead", "reversed", "absent"]
_NUMERALS = re.compile(r"[\d一二三四五六七八九十]")
_ALIKE = 30
"""Names that begin alike, above which only whole names are compared."""
_NUMBERED = re.compile(r"[\d一二三四五六七八九十百两][对个组家]")


@dataclass(frozen=True, slots=True)
class Difference:
    """What contradicts: the community of the first list and that of the second, and how, in a few words of Chinese.

    ``here`` and ``there`` say what each list has. For ``absent``, ``lacking`` tells which of the two lists (0 or 1) lacks
    the member, and ``lead`` is the school that leads in both.
    """

    kind: Kind
    subject: str
    here: str
    there: str
    first: Community
    second: Community
    lead: str = ""
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class _Tie:
    """A member and its lead, both bare; ``named`` is the member as written."""

    lead: str
    member: str
    named: str
    community: Community


class _Index:
    """Ties by the name of their member or lead, found also by a name that may be the same school's."""

    def __init__(self, named: Iterable[tuple[str, _Tie]]) -> None:
        self._ties: dict[str, list[_Tie]] = {}
        self._alike: dict[tuple[str, str], list[str]] = {}
        self._found: dict[str, list[_Tie]] = {}
        for name, tie in named:
            if name not in self._ties:
                self._ties[name] = []
                self._alike.setdefault(name_key(name), []).append(name)
            self._ties[name].append(tie)

    def of(self, name: str) -> list[_Tie]:
        found = self._found.get(name)
        if found is None:
            alike = self._alike.get(name_key(name), [])
            # A list of hundreds of names that begin alike is compared by whole names: the cost must not grow with its square.
            names = [other for other in alike if _same(name, other)] if len(alike) <= _ALIKE else [name]
            found = self._found[name] = [tie for other in names for tie in self._ties.get(other, ())]
        return found


class _Ties:
    """The ties of one list."""

    def __init__(self, communities: Sequence[Community], place: Jurisdiction) -> None:
        bare = {
            name: bare_name(name, place)
            for community in communities
            for name in (community.lead or "", *community.members)
        }
        self.all = [
            _Tie(bare[community.lead], bare[member], member, community)
            for community in communities
            if community.lead
            for member in community.members
        ]
        self.of_member = _Index((tie.member, tie) for tie in self.all).of
        self.of_lead = _Index((tie.lead, tie) for tie in self.all).of

    def has(self, lead: str, member: str) -> bool:
        return any(_same(tie.lead, lead) for tie in self.of_member(member))


def differences(
    first: Sequence[Community], second: Sequence[Community], place: Jurisdiction | None = None
) -> list[Difference]:
    """Every contradiction between two lists, in the order of the first.

    Args:
        first, second: the communities of two documents, or of two parts of one.
        place: whose county, city and province may stand before the schools' names.
    """
    place = place or Jurisdiction()
    ours, theirs = _Ties(first, place), _Ties(second, place)
    found = [*_other_leads(ours, theirs)]
    told: dict[tuple[str, str], list[str]] = {}
    for member, _ in found:
        told.setdefault(name_key(member), []).append(member)
    # Names that are only alike may match in one direction alone.
    found += [
        (member, _turned(one))
        for member, one in _other_leads(theirs, ours)
        if not any(_same(member, other) for other in told.get(name_key(member), ())[:_ALIKE])
    ]
    return [
        *(one for _, one in found),
        *_reversed(ours, theirs),
        *_named_alike(first, second, place),
        *_absent(ours, theirs),
        *(_turned(one) for one in _absent(theirs, ours)),
    ]


def same_school(one: str, other: str, place: Jurisdiction | None = None) -> bool:
    """Whether two names may be one school's (point 1 of the module)."""
    place = place or Jurisdiction()
    return _same(bare_name(one, place), bare_name(other, place))


def bare_name(name: str, place: Jurisdiction) -> str:
    """A name without white space, its place and the 第 of its number, folded."""
    bare = "".join(fold(name).split())
    for part in (place.province, place.city, place.county):
        for prefix in (fold(part), fold(part).rstrip("省市县区")) if part else ():
            if len(prefix) > 1 and bare.startswith(prefix) and len(bare) - len(prefix) >= 2:
                bare = bare[len(prefix) :]
                break
    if bare[:1] in ("县", "市", "区") and len(bare) > 2:
        bare = bare[1:]
    return bare.removeprefix("第")


def name_key(name: str) -> tuple[str, str]:
    """What two names of one school have in common however short one is: how they begin, and their numbers."""
    return name[:1], "".join(_NUMERALS.findall(name))


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 2 or name_key(short) != name_key(long):
        return False
    rest = iter(long)
    return all(character in rest for character in short)


def _turned(one: Difference) -> Difference:
    """The same, told from the other list."""
    return replace(one, here=one.there, there=one.here, first=one.second, second=one.first, lacking=1 - one.lacking)


def _compatible(one: Community, other: Community) -> bool:
    return one.stage is None or other.stage is None or one.stage == other.stage


def _other_leads(ours: _Ties, theirs: _Ties) -> Iterator[tuple[str, Difference]]:
    """The member, bare, and the difference."""
    told: set[str] = set()
    for tie in ours.all:
        there = [t for t in theirs.of_member(tie.member) if _compatible(tie.community, t.community)]
        if not there or tie.member in told:
            continue
        here = [t for t in ours.of_member(tie.member) if any(_compatible(t.community, o.community) for o in there)]
        if any(_same(h.lead, t.lead) for h in here for t in there):
            continue
        told.add(tie.member)
        other = there[0].community
        yield (
            tie.member,
            Difference("other_lead", tie.named, f"属“{tie.community.lead}”", f"属“{other.lead}”", tie.community, other),
        )


def _reversed(ours: _Ties, theirs: _Ties) -> Iterator[Difference]:
    for tie in ours.all:
        for turned in theirs.of_lead(tie.member):
            if (
                _same(tie.lead, turned.member)
                and _compatible(tie.community, turned.community)
                and not theirs.has(tie.lead, tie.member)
                and not ours.has(turned.lead, turned.member)
            ):
                lead, other = tie.community.lead, turned.community.lead
                subject = f"{lead}与{tie.named}"
                yield Difference(
                    "reversed", subject, f"“{lead}”牵头", f"“{other}”牵头", tie.community, turned.community
                )


def _named_alike(first: Sequence[Community], second: Sequence[Community], place: Jurisdiction) -> Iterator[Difference]:
    ours, theirs = _by_name(first), _by_name(second)
    for name, community in ours.items():
        other = theirs.get(name)
        if other and not same_school(community.lead or "", other.lead or "", place) and _compatible(community, other):
            yield Difference(
                "other_lead",
                community.name or name,
                f"“{community.lead}”牵头",
                f"“{other.lead}”牵头",
                community,
                other,
            )


def _by_name(communities: Sequence[Community]) -> dict[str, Community]:
    """The communities with a lead by their name, where only one has it."""
    found: dict[str, list[Community]] = {}
    for community in communities:
        name = "".join(fold(community.name).split()) if community.name else ""
        if name and community.lead and not _NUMBERED.search(name):
            found.setdefault(name, []).append(community)
    return {name: alike[0] for name, alike in found.items() if len(alike) == 1}


def _absent(having: _Ties, lacking: _Ties) -> Iterator[Difference]:
    """Told from the list that has the member."""
    for tie in having.all:
        led = [t for t in lacking.of_lead(tie.lead) if _compatible(t.community, tie.community)]
        if led and not lacking.of_member(tie.member) and not lacking.of_lead(tie.member):
            lead, other = tie.community.lead or "", led[0].community
            here, there = f"列入“{lead}”", f"“{other.lead}”未列此校"
            yield Difference("absent", tie.named, here, there, tie.community, other, lead=lead, lacking=1)
