"""A run that is killed, at whatever moment: the next one goes on, and the corpus is what the site publishes."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from schemas.source import SourceDefinition
from tests.flows.forked_runs import Runs
from tests.sources.site import Site, notice, wordfile

COUNT = 16


def _put(home: Path, definition: SourceDefinition) -> None:
    folder = home / "sources"
    folder.mkdir(parents=True)
    (folder / "site.yaml").write_text(definition.model_dump_json(exclude_unset=True), encoding="utf-8")


@pytest.mark.slow
def test_runs_killed_three_times_lose_nothing_and_do_nothing_twice(
    tmp_path: Path, site: Site, each_engine: str, forking: subprocess.Popen[str]
) -> None:
    home = tmp_path / "home"
    for n in range(1, COUNT + 1):
        files = (wordfile("附件1 名单.docx", "名单", f"云汀县第{n}小学——云汀县上畈小学"),) if n % 5 == 0 else ()
        site.publish(notice(n, files=files))
    _put(home, site.definition("list", id="site", seconds_between=0.05))
    runs = Runs(home, forking)
    for requests in (7, 12, 16):
        until = len(site.asked()) + requests
        runs.kill_when(runs.start("site"), lambda until=until: len(site.asked()) >= until)  # type: ignore[misc]
    assert runs.wait(runs.start("site")) == 0
    with Corpus.open(home) as corpus:
        assert sum(corpus.sources.runs("site")[0].changes.values()) == COUNT
        assert [run.status for run in corpus.sources.runs("site")] == ["ok", *["interrupted"] * 3]
        documents = list(corpus.documents(superseded=True))
        assert Counter(d.source.uri for d in documents) == dict.fromkeys(site.expected(), 1)
        assert all(n.title in d.text for d in documents for url, n in site.expected().items() if url == d.source.uri)
        items = corpus.sources.items("site")
        assert all(item.sha256 and item.cause is None and item.gone_since is None for item in items.values())
        assert {file.sha256 for item in items.values() for file in item.files} == set(corpus.originals.names())
        assert corpus.verify() == []
        assert corpus.search("教研").total == COUNT
    whole = Counter(request.path for request in site.asked() if request.status == 200 and "/art/" in request.path)
    assert sum(whole.values()) < 2 * COUNT, "what was stored before a kill is asked for anew"


@pytest.mark.slow
def test_two_runs_of_a_source_at_once_are_one(
    tmp_path: Path, site: Site, each_engine: str, forking: subprocess.Popen[str]
) -> None:
    home = tmp_path / "home"
    for n in range(1, COUNT + 1):
        site.publish(notice(n))
    _put(home, site.definition("list", id="site", seconds_between=0.1))
    runs = Runs(home, forking)
    first = runs.start("site")
    while len(site.asked()) < 3:
        time.sleep(0.01)
    assert runs.wait(runs.start("site")) == 2
    assert [(line["error"], "being collected" in str(line["message"])) for line in runs.log() if "error" in line] == [
        ("SourceBusy", True)
    ]
    assert runs.wait(first) == 0
    with Corpus.open(home) as corpus:
        (run,) = corpus.sources.runs("site")
        assert (run.status, sum(run.changes.values())) == ("ok", COUNT)
    assert len([request for request in site.asked() if "/art/" in request.path]) == COUNT
