"""The check flow: every stored plan against the packs that speak about it, findings recorded.

Checking reads nothing again: documents come from the store. A plan is checked beside the notices it cites and the other plans of its
place (``flows.beside``), so that it gets the verdicts that ``duzheng check`` gives to the same files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.beside import Shelf
from flows.judge import judged
from flows.news import News
from flows.progress import tell
from flows.touched import Inputs, inputs, outdated
from schemas.document import Document
from schemas.finding import PlanCheck

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from schemas.requirement import Pack

BATCH_PLANS = 200
PATIENCE_SECONDS = 600.0
"""How long a check waits for another process that is writing the corpus."""
RUNNER = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=1))


class Plans:
    """Some plans on their way. A plain class: Prefect walks through lists and models looking for futures."""

    def __init__(self, documents: Sequence[Document], packs: Sequence[Pack], inputs: Inputs) -> None:
        self.documents = documents
        self.packs = packs
        self.inputs = inputs


@task(name="check", cache_policy=NO_CACHE, persist_result=False)
def check_batch(plans: Plans, corpus: Corpus, shelf: Shelf, today: date | None, news: News | None = None) -> int:
    """Check some plans and record what was found; returns how many plan-and-pack pairs that were."""
    made = judged(plans.documents, plans.packs, shelf, today)
    checks, beside = [check for check, _ in made], [read for _, read in made]
    if news is None:
        corpus.record_checks(checks, beside=beside)
    else:
        news.before(corpus, checks)
        corpus.record_checks(checks, beside=beside)
        news.after(corpus, checks)
    keys = [(check.plan.id, check.pack.id) for check in checks]
    corpus.checked_with().record({key: plans.inputs[key] for key in keys if key in plans.inputs})
    return len(checks)


def check_plans(
    documents: Sequence[Document], packs: Sequence[Pack], shelf: Shelf, today: date | None
) -> list[PlanCheck]:
    """Check stored plans, each against the packs that speak about it.

    Every requirement is judged anew: loading what an earlier check found costs as much as judging it again.
    """
    return [check for check, _ in judged(documents, packs, shelf, today)]


@flow(name="check", task_runner=RUNNER, validate_parameters=False, persist_result=False)
def check(
    home: str,
    *,
    requirements: list[str] | None = None,
    today: date | None = None,
    touched: bool = False,
) -> int:
    """Check the county plans in the corpus at ``home``; returns the number of recorded checks.

    Args:
        home: the corpus folder.
        requirements: pack ids or files; those that the corpus applies where it is not given.
        today: the day that due dates are compared with; the current day where it is not given.
        touched: only the plans whose last check was made with something else: a new plan, or one whose pack, notices or,
            where the pack compares plans, neighbours have changed since (``flows.touched``).

    Raises:
        schemas.errors.DuzhengError: the corpus cannot be opened, or a pack is invalid.
    """
    from checks.pack_shelf import applied, load
    from corpus.corpus import Corpus

    packs = [load(name, Path(home)) for name in requirements] if requirements else applied(Path(home))
    news = News() if touched else None
    done = 0
    with Corpus.open(Path(home), patience=PATIENCE_SECONDS) as corpus:
        now = inputs(corpus, packs)
        plans = list(dict.fromkeys(document for document, _ in (outdated(corpus, now) if touched else now)))
        shelf = Shelf(corpus, packs)
        for ids in batched(plans, BATCH_PLANS):
            documents = [document for id in ids if (document := corpus.document(id)) is not None]
            done += check_batch(Plans(documents, packs, now), corpus, shelf, today, news)
            tell("check", done)
    return done


def batched(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The identifiers in groups of at most ``size``."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
