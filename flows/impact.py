"""What a changed pack does to the plans in the corpus: which verdicts flip.

Both packs judge each plan as the check flow does: beside the notices it cites and the other plans of its place.
Nothing is read again and nothing is recorded. A plan is judged by each pack that speaks about it (``flows.choose``); one
that only one of the two speaks about is counted as entering or leaving, and its verdicts are no flips.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from checks.engine import check
from checks.pack_diff import pairs
from flows.beside import Beside, Shelf
from flows.choose import packs_for
from schemas.document import Document, Model
from schemas.finding import Finding, Verdict
from schemas.requirement import Pack

if TYPE_CHECKING:
    from corpus.corpus import Corpus

_BATCH_PLANS = 200
"""Plans whose citations are looked up at once."""


class Flip(Model):
    """One requirement of one plan that is judged otherwise by the new pack."""

    plan: str
    title: str | None
    county: str | None
    uri: str
    requirement: str
    before: Verdict
    after: Verdict
    why: str
    """How the new verdict came about, for people (怎样判定)."""


class FlipCount(Model):
    """How many plans went from one verdict to another at one requirement."""

    requirement: str
    before: Verdict
    after: Verdict
    plans: int


class FirstCount(Model):
    """How many plans get a verdict at a requirement that the old pack does not have; at any, where there is no old pack."""

    requirement: str
    verdict: Verdict
    plans: int


class Impact(Model):
    """What the new pack changes. ``entering`` and ``leaving`` are ids of plans that only one of the packs speaks about."""

    old: str | None
    new: str
    plans: int
    plans_changed: int
    entering: list[str]
    leaving: list[str]
    new_requirements: list[str]
    dropped_requirements: list[str]
    firsts: list[FirstCount]
    counts: list[FlipCount]
    flips: list[Flip]


def impact(
    corpus: Corpus, old: Pack | None, new: Pack, *, today: date | None = None, most: int | None = None
) -> Impact:
    """Which verdicts flip on the stored plans when ``new`` takes the place of ``old``.

    Args:
        corpus: the corpus, open; nothing is written.
        old, new: the packs; requirements are paired as ``checks.pack_diff`` does. Where there is no old one, no verdict
            flips: all plans that the new one speaks about are entering, and what it says of them is counted.
        today: the day that both are judged on; the day of the call where it is not given.
        most: how many flips are told one by one; the counts are of all.

    Raises:
        CorpusError: the store cannot be read.
    """
    before_of = pairs(old, new) if old else {}
    flips: list[Flip] = []
    counts: Counter[tuple[str, Verdict, Verdict]] = Counter()
    firsts: Counter[tuple[str, Verdict]] = Counter()
    changed = 0
    entering: list[str] = []
    leaving: list[str] = []
    judged = 0
    for plan, beside in _plans(corpus, (old, new) if old else (new,)):
        in_old, in_new = bool(old and packs_for(plan, [old])), bool(packs_for(plan, [new]))
        if not (in_old and in_new):
            entering += [plan.id] if in_new else []
            leaving += [plan.id] if in_old else []
        if not in_new or (old and not in_old):
            continue
        judged += 1
        earlier, later = (
            check(plan, pack, today=today, notices=beside.notices, others=beside.others).findings if pack else []
            for pack in (old, new)
        )
        firsts.update(
            (finding.requirement, finding.verdict) for finding in later if finding.requirement not in before_of
        )
        found = _flips(plan, earlier, later, before_of)
        counts.update((flip.requirement, flip.before, flip.after) for flip in found)
        changed += bool(found)
        flips += found if most is None else found[: max(most - len(flips), 0)]
    return Impact(
        old=f"{old.id} {old.version}" if old else None,
        new=f"{new.id} {new.version}",
        plans=judged,
        plans_changed=changed,
        entering=entering,
        leaving=leaving,
        new_requirements=[r.id for r in new.requirements if r.id not in before_of],
        dropped_requirements=[r.id for r in (old.requirements if old else ()) if r.id not in before_of.values()],
        firsts=[
            FirstCount(requirement=requirement, verdict=verdict, plans=number)
            for (requirement, verdict), number in firsts.items()
        ],
        counts=[
            FlipCount(requirement=requirement, before=before, after=after, plans=number)
            for (requirement, before, after), number in counts.items()
        ],
        flips=flips,
    )


def _plans(corpus: Corpus, packs: Sequence[Pack]) -> Iterator[tuple[Document, Beside]]:
    shelf = Shelf(corpus, packs)
    documents = corpus.documents(role="plan")
    while batch := list(islice(documents, _BATCH_PLANS)):
        yield from zip(batch, shelf.of(batch), strict=True)


def _flips(
    plan: Document, earlier: Sequence[Finding], later: Sequence[Finding], before_of: dict[str, str]
) -> list[Flip]:
    verdicts = {finding.requirement: finding.verdict for finding in earlier}
    found = []
    for finding in later:
        before = verdicts.get(before_of.get(finding.requirement, ""))
        if before is not None and before != finding.verdict:
            found.append(
                Flip(
                    plan=plan.id,
                    title=plan.title,
                    county=plan.jurisdiction.county,
                    uri=plan.source.uri,
                    requirement=finding.requirement,
                    before=before,
                    after=finding.verdict,
                    why=finding.explanation[3],
                )
            )
    return found
