"""A run that is killed, at whatever moment: the next one goes on, and the corpus is what the site publishes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from schemas.source import SourceDefinition
from tests.sources.site import Site, notice, wordfile

RUN = """
import sys
from datetime import date
from pathlib import Path
import flows.collect
from flows.pool import parse

flows.collect.BATCH_SECONDS = 0.3

def directly(batches, pool, finished):
    for batch in batches:
        batch.outcomes = [parse(work.file, work.attachments) for work in batch.works]
        yield batch

if __name__ == "__main__":
    run = flows.collect.collect(Path(sys.argv[1]), "site", reading=directly, today=date(2025, 10, 10))
    print(run.status, sum(run.changes.values()))
"""
COUNT = 30


def _put(home: Path, definition: SourceDefinition) -> None:
    folder = home / "sources"
    folder.mkdir(parents=True)
    (folder / "site.yaml").write_text(definition.model_dump_json(exclude_unset=True), encoding="utf-8")


def _process(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", RUN, str(home)], stdout=subprocess.PIPE, text=True)


def _kill_after(process: subprocess.Popen[str], site: Site, requests: int) -> None:
    began = len(site.asked())
    deadline = time.monotonic() + 60
    while len(site.asked()) < began + requests:
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    process.wait()


@pytest.mark.slow
def test_runs_killed_three_times_lose_nothing_and_do_nothing_twice(
    tmp_path: Path, site: Site, each_engine: str
) -> None:
    home = tmp_path / "home"
    for n in range(1, COUNT + 1):
        files = (wordfile("附件1 名单.docx", "名单", f"云汀县第{n}小学——云汀县上畈小学"),) if n % 5 == 0 else ()
        site.publish(notice(n, files=files))
    _put(home, site.definition("list", id="site", seconds_between=0.05))
    for requests in (12, 22, 30):
        _kill_after(_process(home), site, requests)
    last = _process(home)
    assert last.communicate(timeout=120)[0].split() == ["ok", str(COUNT)]
    with Corpus.open(home) as corpus:
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
def test_two_runs_of_a_source_at_once_are_one(tmp_path: Path, site: Site, each_engine: str) -> None:
    home = tmp_path / "home"
    for n in range(1, COUNT + 1):
        site.publish(notice(n))
    _put(home, site.definition("list", id="site", seconds_between=0.3))
    first = _process(home)
    while len(site.asked()) < 3:
        time.sleep(0.01)
    second = subprocess.run([sys.executable, "-c", RUN, str(home)], capture_output=True, text=True, timeout=60)
    assert second.returncode != 0
    assert "SourceBusy" in second.stderr
    assert "being collected" in second.stderr
    assert first.communicate(timeout=120)[0].split() == ["ok", str(COUNT)]
    with Corpus.open(home) as corpus:
        assert [run.status for run in corpus.sources.runs("site")] == ["ok"]
    assert len([request for request in site.asked() if "/art/" in request.path]) == COUNT
