"""What is promised when several processes meet, or one is killed at any moment: real ones, not stand-ins."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from schemas.outcome import Outcome
from tests.forked_python import ForkedPython

Make = Callable[..., Outcome]
on_each_engine = pytest.mark.usefixtures("each_engine")

REBUILD = """
import shutil, sys, time
from pathlib import Path
import corpus.corpus
from corpus.corpus import Corpus
remove = shutil.rmtree
def slowly(path, **how):
    remove(path, **how)
    time.sleep(0.3)  # a search between the old index and the new one must not fail
shutil.rmtree = slowly
home = Path(sys.argv[1])
for round in range(2):
    with Corpus.open(home, write=True) as corpus:
        corpus._held.index._checked = True  # as if the words of the index had changed: the old one stays until the end
        corpus._held.index.follow()
print("rebuilt")
"""


@on_each_engine
def test_a_search_during_a_rebuild_of_the_index_finds_everything(
    tmp_path: Path, outcome: Make, forked_python: ForkedPython
) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome(f"第{n}个教共体", uri=f"{n}.txt") for n in range(20)])
    found = []
    builder = forked_python.start(REBUILD, str(tmp_path))
    with Corpus.open(tmp_path) as lasting:
        while builder.ended() is None:
            with Corpus.open(tmp_path) as fresh:
                found += [fresh.search("教共体").total, lasting.search("教共体").total]
            time.sleep(0.01)
    assert builder.out() == "rebuilt\n", builder.err()
    assert len(found) > 10
    assert set(found) == {20}


WRITE = """
import sys, time
from pathlib import Path
from corpus.corpus import Corpus
from schemas.errors import CorpusError
from schemas.outcome import Outcome

home, made = Path(sys.argv[1]), [Outcome.model_validate_json(line) for line in Path(sys.argv[2]).read_text().splitlines()]
done = refused = 0
for one in made:
    while True:
        try:
            with Corpus.open(home, create=True, extraction_version="1") as corpus:
                corpus.record([one])
                done += 1
                break
        except CorpusError as error:
            assert "is being written by" in str(error), error
            refused += 1
            time.sleep(0.01)
print(done, refused)
"""


@on_each_engine
def test_writers_at_the_same_time_take_turns_and_lose_nothing(
    tmp_path: Path, outcome: Make, forked_python: ForkedPython
) -> None:
    home = tmp_path / "home"
    writers = []
    for name in "甲乙":
        batches = tmp_path / f"{name}.jsonl"
        made = [outcome(f"{name}{n}的教共体", uri=f"{name}{n}.txt") for n in range(3)]
        batches.write_text("\n".join(one.model_dump_json() for one in made))
        writers.append(forked_python.start(WRITE, str(home), str(batches)))
    assert [writer.wait() for writer in writers] == [0, 0], [writer.err() for writer in writers]
    assert [writer.out().split()[0] for writer in writers] == ["3", "3"]
    with Corpus.open(home) as corpus:
        texts = {document.text for document in corpus.documents()}
        assert len(texts) == 6
        assert corpus.search("教共体").total == 6
        assert corpus.verify_index() == []


FOLLOW = """
import sys
from pathlib import Path
from corpus.corpus import Corpus
from schemas.outcome import Outcome

home, made = Path(sys.argv[1]), [Outcome.model_validate_json(line) for line in Path(sys.argv[2]).read_text().splitlines()]
with Corpus.open(home, create=True, write=True, extraction_version="1") as corpus:
    print("ready", flush=True)
    for number, one in enumerate(made):
        corpus.keep(one.documents[0].text.encode())
        corpus.record([one])
        print(number, flush=True)
"""


@pytest.mark.slow
@on_each_engine
def test_whatever_moment_a_writer_is_killed_at_what_it_reported_is_there(
    tmp_path: Path, outcome: Make, forked_python: ForkedPython
) -> None:
    made = [outcome(f"第{n}个教共体", uri=f"{n}.txt") for n in range(300)]
    batches = tmp_path / "batches.jsonl"
    batches.write_text("\n".join(one.model_dump_json() for one in made))
    home = tmp_path / "home"
    for attempt in range(5):
        writer = forked_python.start(FOLLOW, str(home), str(batches))
        while "ready\n" not in writer.out():
            assert writer.ended() is None, writer.err()
            time.sleep(0.01)
        time.sleep(0.1 + 0.13 * attempt)
        writer.kill()
        assert writer.wait() == -signal.SIGKILL
        reported = [int(line) for line in writer.out().splitlines()[1:]]
        with Corpus.open(home, extraction_version="1") as corpus:
            known = corpus.known(one.sha256 for one in made)
            # Sources and documents of a batch are there together or not at all, and found at once.
            assert known >= {made[number].sha256 for number in reported}
            assert {document.source.sha256 for document in corpus.documents()} == known
            assert corpus.search("教共体").total == len(known)
            assert corpus.verify() == []


PLAN = """甲子县教育局关于印发城乡学校共同体建设工作方案的通知
甲教〔2025〕{number}号
各中小学：
现将《甲子县城乡学校共同体建设工作方案》印发给你们，请认真贯彻执行。
一、工作目标
到2025年底，河南省甲子县65%以上的乡村学校纳入城乡学校共同体。
甲子县教育局
2025年10月20日
"""


INGEST = """
import os
import sys
os.setsid()  # the program and all that it starts are killed at once, like by a power cut
import flows.batches
flows.batches.BATCH_DOCUMENTS = 15  # of 200: what happens between batches needs no hundreds of files
from duzheng.cli import main
main(["ingest", *sys.argv[1:]])
"""


# A server for all three, which takes longer to start than they take; one that is killed is the promise of the schedule.
@pytest.mark.slow
@pytest.mark.usefixtures("shared_prefect")
def test_an_ingest_killed_at_any_moment_goes_on_where_it_stopped(tmp_path: Path) -> None:
    folder, home = tmp_path / "来文", tmp_path / "home"
    folder.mkdir()
    for number in range(45):
        (folder / f"{number:03}.txt").write_text(PLAN.format(number=number), encoding="utf-8")
    moments: list[Callable[[], bool]] = [
        lambda: (home / "originals").exists() and any((home / "originals").glob("??/??/*")),  # the first batch is read
        lambda: _recorded(home) > 0,  # it is recorded, the next is read
    ]
    kept: set[str] = set()
    with ForkedPython("duzheng.cli", "flows.ingest", "flows.run") as forking:
        for reached in moments:
            running = forking.start(INGEST, str(folder), "--home", str(home))
            while running.ended() is None and not reached():
                time.sleep(0.02)
            assert running.ended() is None, "it has ended before it could be killed"
            os.killpg(running.number, signal.SIGKILL)
            running.wait()
            with Corpus.open(home) as corpus:
                before, kept = kept, {document.source.sha256 for document in corpus.documents()}
                assert before <= kept <= set(corpus.originals.names())
                assert corpus.search("学校").total == len(kept)
                assert corpus.verify_index() == []
        assert kept
        last = forking.run(INGEST, str(folder), "--home", str(home))
        assert last.returncode == 0, last.stderr
    with Corpus.open(home) as corpus:
        assert len(list(corpus.documents())) == 45
        assert corpus.verify() == []


def _recorded(home: Path) -> int:
    with closing(sqlite3.connect(f"{(home / 'corpus.sqlite').as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
