"""Checking, reading left out: plans a second, growth with the plans and with the requirements, a thousand stored plans again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.inputs import samples
from checks.engine import check
from checks.pack import load
from extractors.parse import parse
from schemas.document import Document
from schemas.outcome import Outcome, SourceFile
from schemas.requirement import Pack

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """``per_plan`` is seconds for one plan and 20 requirements; the growths are cost per unit at n times the size."""

    plans: int
    per_plan: float
    four_times_the_plans: float
    four_times_the_requirements: float
    stored: int
    stored_again: float


def measure(stored: int = 1000) -> Figures:
    """Take the figures; ``stored`` plans are put into a corpus and checked there after the pack was edited."""
    pack = load("henan-2025")
    outcomes = [parse(SourceFile(str(path), path.read_bytes())) for path in samples()]
    plans = [document for outcome in outcomes for document in outcome.documents if document.role == "plan"]
    once = _seconds(lambda: _check_all(plans, pack))
    more_plans = _seconds(lambda: _check_all(plans * 4, pack))
    more_requirements = _seconds(lambda: _check_all(plans, _longer(pack, 4)))
    return Figures(
        plans=len(plans),
        per_plan=once / len(plans),
        four_times_the_plans=more_plans / once / 4,
        four_times_the_requirements=more_requirements / once / 4,
        stored=stored,
        stored_again=_stored_again(outcomes, stored, pack),
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


def _stored_again(outcomes: list[Outcome], count: int, pack: Pack) -> float:
    """Seconds to load ``count`` stored plans, check each and store the findings."""
    from corpus.corpus import Corpus

    readable = [o for o in outcomes if any(d.role == "plan" for d in o.documents)]
    with (
        tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder,
        Corpus.open(Path(folder), create=True, write=True) as corpus,
    ):
        copies = [_copy(readable[n % len(readable)], n) for n in range(count)]
        corpus.record(copies)
        edited = pack.model_copy(update={"version": "9.9.9"})
        began = time.perf_counter()
        plans = [document for document in corpus.documents() if document.role == "plan"]
        corpus.record_checks([check(plan, edited, ignore_scope=True) for plan in plans])
        return time.perf_counter() - began


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
