"""The check flow: every stored plan against the packs that speak about it, findings recorded.

Checking reads nothing again: documents come from the store. A plan is checked beside the notices it cites and the other plans of its
place (``flows.beside``), so that it gets the verdicts that ``duzheng check`` gives to the same files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.beside import Shelf
from flows.choose import packs_for
from flows.progress import tell
from schemas.document import Document
from schemas.finding import PlanCheck

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.requirement import Pack

BATCH_PLANS = 200
RUNNER = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=1))


class Plans:
    """Some plans on their way. A plain class: Prefect walks through lists and models looking for futures."""

    def __init__(self, documents: Sequence[Document], packs: Sequence[Pack]) -> None:
        self.documents = documents
        self.packs = packs


@task(name="check", cache_policy=NO_CACHE, persist_result=False)
def check_batch(plans: Plans, corpus: Corpus, shelf: Shelf, today: date | None) -> int:
    """Check some plans and record what was found; returns how many plan-and-pack pairs that were."""
    checks = check_plans(plans.documents, plans.packs, shelf, today)
    corpus.record_checks(checks)
    return len(checks)


def check_plans(
    documents: Sequence[Document], packs: Sequence[Pack], shelf: Shelf, today: date | None
) -> list[PlanCheck]:
    """Check stored plans, each against the packs that speak about it.

    Every requirement is judged anew: loading what an earlier check found costs as much as judging it again.
    """
    from checks.engine import check as examine

    return [
        examine(plan, pack, today=today, notices=beside.notices, others=beside.others)
        for plan, beside in zip(documents, shelf.of(documents), strict=True)
        for pack in packs_for(plan, packs)
    ]


@flow(name="check", task_runner=RUNNER, validate_parameters=False, persist_result=False)
def check(home: str, *, requirements: list[str] | None = None, today: date | None = None) -> int:
    """Check every county plan in the corpus at ``home``; returns the number of recorded checks.

    Args:
        home: the corpus folder.
        requirements: pack ids or files; the built-in packs where it is not given.
        today: the day that due dates are compared with; the current day where it is not given.

    Raises:
        schemas.errors.DuzhengError: the corpus cannot be opened, or a pack is invalid.
    """
    from checks.pack import builtin, current, load
    from corpus.corpus import Corpus

    packs = [load(name) for name in requirements] if requirements else current(builtin())
    done = 0
    with Corpus.open(Path(home)) as corpus:
        shelf = Shelf(corpus, packs)
        for plans in _batches(corpus.documents(role="plan"), BATCH_PLANS):
            done += check_batch(Plans(plans, packs), corpus, shelf, today)
            tell("check", done)
    return done


def _batches(documents: Iterator[Document], size: int) -> Iterator[Sequence[Document]]:
    while batch := list(islice(documents, size)):
        yield batch
