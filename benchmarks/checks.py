"""Checking, reading left out: plans a second, growth with the plans and with the requirements, a thousand stored plans again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.inputs import samples
from checks.engine import check
from checks.pack import load
from extractors.parse import parse
from flows.beside import Shelf
from flows.check import BATCH_PLANS, check_plans
from flows.choose import packs_for
from schemas.document import Document
from schemas.outcome import Outcome, SourceFile
from schemas.requirement import Pack

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """``per_plan`` is seconds for one plan and 20 requirements; the growths are cost per unit at n times the size.

    ``stored_first`` is the first check of the stored plans, ``stored_again`` the next after one requirement of the pack was edited:
    seconds of processor time, each with loading and recording.
    """

    plans: int
    per_plan: float
    four_times_the_plans: float
    four_times_the_requirements: float
    stored: int
    stored_first: float
    stored_again: float


def measure(stored: int = 1000) -> Figures:
    """Take the figures; ``stored`` plans are put into a corpus and checked there after the pack was edited."""
    pack = load("henan-2025")
    outcomes = [parse(SourceFile(str(path), path.read_bytes())) for path in samples()]
    plans = [document for outcome in outcomes for document in outcome.documents if document.role == "plan"]
    once = _seconds(lambda: _check_all(plans, pack))
    more_plans = _seconds(lambda: _check_all(plans * 4, pack))
    more_requirements = _seconds(lambda: _check_all(plans, _longer(pack, 4)))
    first, again = _stored(outcomes, stored, pack)
    return Figures(
        plans=len(plans),
        per_plan=once / len(plans),
        four_times_the_plans=more_plans / once / 4,
        four_times_the_requirements=more_requirements / once / 4,
        stored=stored,
        stored_first=first,
        stored_again=again,
    )


def _check_all(plans: list[Document], pack: Pack) -> None:
    for plan in plans:
        check(plan, pack, ignore_scope=True)


def _longer(pack: Pack, times: int) -> Pack:
    """The pack with every requirement several times, each with an id of its own."""
    requirements = [
        requirement.model_copy(update={"id": f"X{n}{requirement.id[-2:]}"})
        for n in range(times)
        for requirement in pack.requirements
    ]
    return pack.model_copy(update={"requirements": requirements})


def _stored(outcomes: list[Outcome], count: int, pack: Pack) -> tuple[float, float]:
    """Seconds to load ``count`` stored plans, check each and record the findings: first, and after an edit of the pack."""
    from corpus.corpus import Corpus

    readable = [o for o in outcomes if any(packs_for(d, [pack]) for d in o.documents)]
    with (
        tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder,
        Corpus.open(Path(folder), create=True, write=True) as corpus,
    ):
        corpus.record([_copy(readable[n % len(readable)], n) for n in range(count)])

        def run(with_pack: Pack) -> float:
            began = time.process_time()
            shelf = Shelf(corpus, [with_pack])
            plans = corpus.documents(role="plan")
            while batch := list(islice(plans, BATCH_PLANS)):
                corpus.record_checks(check_plans(batch, [with_pack], shelf, None))
            return time.process_time() - began

        return run(pack), run(_edited(pack))


def _edited(pack: Pack) -> Pack:
    """The pack with one of its requirements worded otherwise."""
    first, *others = pack.requirements
    made = pack.model_copy(
        update={
            "version": "9.9.9",
            "requirements": [first.model_copy(update={"advice": f"{first.advice}（改）"}), *others],
        }
    )
    made._file_sha256 = "9" * 64
    return made


def _copy(outcome: Outcome, n: int) -> Outcome:
    digest = f"{n:064x}"
    documents = [
        d.model_copy(update={"id": f"{n:020x}{i:04x}", "source": d.source.model_copy(update={"sha256": digest})})
        for i, d in enumerate(outcome.documents)
    ]
    return outcome.model_copy(update={"sha256": digest, "uri": f"{n}/{outcome.uri}", "documents": documents})


def _seconds(run: Callable[[], None]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        run()
        taken.append(time.process_time() - began)
    return min(taken)
