"""Which plans a check would judge otherwise than before: what it depends on, as a hash for each plan and pack.

A check depends on the plan, the pack, the rules of checking, the notices that the plan cites and, where the pack compares
plans, the other plans of its place (``flows.beside``). It does not depend on the day: what has become overdue is told
when findings are shown (``schemas.standing``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from flows.choose import speaks_about

if TYPE_CHECKING:
    from corpus.checked_with import Known
    from corpus.corpus import Corpus
    from schemas.requirement import Pack

_ASKED_AT_ONCE = 500
Inputs = dict[tuple[str, str], str]
"""The hash by document and pack."""


def inputs(corpus: Corpus, packs: Sequence[Pack]) -> Inputs:
    """What every plan would be checked with now; takes no document out of the store."""
    from checks.pack_walk import compares_plans
    from corpus.version import engine_version

    known = {one.id: one for one in corpus.checked_with().current()}
    plans = [one for one in known.values() if one.role == "plan"]
    places = _places(known.values())
    compares = {pack.id: compares_plans(pack) for pack in packs}
    rules = engine_version()
    found: Inputs = {}
    for plan, cited in _cited(corpus, plans):
        notices = [known[id] for id in cited if id in known and known[id].role == "requirement"]
        for pack in packs:
            if not speaks_about(pack, plan.role, plan.on_topic, plan.province, plan.level):
                continue
            others = _others(plan, places) if compares[pack.id] else []
            digest = sha256(f"{rules}\0{pack.sha256}\0{plan.id} {plan.seq}".encode())
            for kind, documents in (("notice", notices), ("other", others)):
                digest.update("".join(f"\0{kind} {one.id} {one.seq}" for one in documents).encode())
            found[plan.id, pack.id] = digest.hexdigest()
    return found


def outdated(corpus: Corpus, now: Inputs) -> list[tuple[str, str]]:
    """The plans and packs of ``now`` whose last check was made with something else, or that were never checked."""
    before = corpus.checked_with().recorded()
    return [key for key, value in now.items() if before.get(key) != value]


def _cited(corpus: Corpus, plans: Sequence[Known]) -> Iterator[tuple[Known, list[str]]]:
    for start in range(0, len(plans), _ASKED_AT_ONCE):
        some = plans[start : start + _ASKED_AT_ONCE]
        cited = corpus.cited([plan.id for plan in some])
        for plan in some:
            yield plan, cited[plan.id]


_Places = dict[tuple[str, str], list["Known"]]


def _places(known: Iterable[Known]) -> _Places:
    places: _Places = defaultdict(list)
    for one in known:
        if one.role in ("plan", "submission"):
            for column, name in (("county", one.county), ("city", one.city)):
                if name:
                    places[column, name].append(one)
    return places


def _others(plan: Known, places: _Places) -> list[Known]:
    found = {
        other.id: other
        for column, name in (("county", plan.county), ("city", plan.city))
        if name
        for other in places.get((column, name), ())
        if other.id != plan.id
    }
    return [found[id] for id in sorted(found)]
