"""Running a source: every kind of change on the local site, step by step, as the corpus then has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from flows.batches import Counter
from flows.collect import Units, collect
from flows.pool import Limits, Pool
from schemas.fetching import SourceRun
from schemas.source import SourceDefinition
from tests.sources.site import File, Site, notice, wordfile

TODAY = date(2025, 9, 20)
Run = Callable[..., SourceRun]


def directly(batches: Iterable[Units], pool: Pool, finished: Counter) -> Iterator[Units]:
    """Batches through the pool without Prefect, which has tests of its own."""
    for batch in batches:
        batch.outcomes = list(pool.read(batch.works))
        yield batch


def put(home: Path, definition: SourceDefinition) -> str:
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{definition.id}.yaml").write_text(definition.model_dump_json(exclude_none=True), encoding="utf-8")
    return definition.id


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, site: Site) -> Run:
    """Runs the site's HTML list, with changes to its definition where given, and returns the run."""

    def once(today: date = TODAY, **changes: object) -> SourceRun:
        source = put(home, site.definition("list", **changes))
        return collect(home, source, reading=directly, bounds=Limits(workers=1), today=today)

    return once


def texts(home: Path) -> dict[str, str]:
    """By address the text of what stands in the corpus."""
    with Corpus.open(home) as corpus:
        return {document.source.uri: document.text for document in corpus.documents()}


def test_all_that_a_site_lists_is_in_the_corpus_and_a_second_run_finds_nothing_to_do(
    home: Path, site: Site, run: Run
) -> None:
    for n in range(1, 19):
        site.publish(notice(n))
    first = run()
    assert (first.status, first.listed, first.changes, first.documents) == ("ok", 18, {"new": 18}, 18)
    found = texts(home)
    assert set(found) == set(site.expected())
    assert all(n.title in found[url] for url, n in site.expected().items())
    second = run()
    assert (second.status, second.changes, second.documents) == ("ok", {"unchanged": 18}, 0)
    assert all(len(site.asked(url)) == 2 and site.asked(url)[1].status == 304 for url in site.expected())
