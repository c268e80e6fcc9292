"""What is promised about accidents: a writer killed anywhere leaves a corpus that opens, and an index that follows."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from schemas.outcome import Outcome
from tests.forked_python import ForkedPython

Make = Callable[..., Outcome]
on_each_engine = pytest.mark.usefixtures("each_engine")

WRITER = """
import os, signal, sys
from pathlib import Path
import corpus.corpus, corpus.index, corpus.kept_index, corpus.originals, corpus.store, corpus.units
from corpus.corpus import Corpus
from schemas.outcome import Outcome

home, place, when, batches = Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])
with Corpus.open(home, write=True, extraction_version="1") as corpus:
    for number, line in enumerate(batches.read_text().splitlines()):
        if number == 1:
            module, owner, name = place.split(":")
            target = getattr(sys.modules[module], owner)
            original = getattr(target, name)
            def deadly(*args, **kwargs):
                if when == "before":
                    os.kill(os.getpid(), signal.SIGKILL)
                original(*args, **kwargs)
                os.kill(os.getpid(), signal.SIGKILL)
            setattr(target, name, deadly)
        outcome = Outcome.model_validate_json(line)
        corpus.keep(outcome.documents[0].text.encode())
        corpus.record([outcome])
print("survived")
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "place",
    [
        "corpus.files:Files:record",
        "corpus.index:SearchIndex:commit",
        *(
            pytest.param(place, marks=pytest.mark.slow)
            for place in (
                "corpus.originals:Originals:keep",
                "corpus.batch:Batch:put_sources",
                "corpus.batch:Batch:put_documents",
                "corpus.batch:Batch:refresh",
                "corpus.index:SearchIndex:put",
                "corpus.kept_index:KeptIndex:follow",
            )
        ),
    ],
)
@on_each_engine
def test_a_killed_writer_loses_nothing_it_had_recorded(
    forked_python: ForkedPython, tmp_path: Path, outcome: Make, place: str, when: str
) -> None:
    home = tmp_path / "home"
    made = [outcome(f"方案{number}的教共体", uri=f"{number}.txt") for number in "甲乙丙"]
    with Corpus.open(home, create=True):
        pass
    ran = _run(forked_python, home, place, when, made, tmp_path)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    with Corpus.open(home, extraction_version="1") as corpus:
        texts = {document.text for document in corpus.documents()}
        assert made[0].documents[0].text in texts
        assert made[2].documents[0].text not in texts
        assert {_text(corpus, hit.document) for hit in corpus.search("教共体").hits} == texts
        assert corpus.verify_index() == []
        assert corpus.known(one.sha256 for one in made) == {one.sha256 for one in made if _one(one) in texts}
        corpus.record(made)
        assert corpus.search("教共体").total == 3
        assert corpus.verify_index() == []


@pytest.mark.parametrize("place", ["sqlalchemy.MetaData.create_all", "corpus.batch.Batch.put_meta"])
def test_a_corpus_whose_making_was_killed_is_made_again(
    forked_python: ForkedPython, tmp_path: Path, outcome: Make, place: str
) -> None:
    code = f"""
import os, signal, sys
from pathlib import Path
import sqlalchemy, corpus.store
from corpus.corpus import Corpus
original = {place}
def deadly(*args, **kwargs):
    original(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
{place} = deadly
Corpus.open(Path(sys.argv[1]), create=True)
"""
    ran = forked_python.run(code, str(tmp_path))
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    assert (tmp_path / "corpus.sqlite").is_file()
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
        assert corpus.search("教共体").total == 1


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "place", ["corpus.index:SearchIndex:put", "corpus.index:SearchIndex:release", "shutil:-:rmtree"]
)
def test_a_killed_rebuild_is_done_again(
    forked_python: ForkedPython, tmp_path: Path, outcome: Make, place: str, when: str
) -> None:
    home = tmp_path / "home"
    made = [outcome(f"方案{number}的教共体", uri=f"{number}.txt") for number in "甲乙"]
    with Corpus.open(home, create=True) as corpus:
        corpus.record(made)
    shutil.rmtree(home / "index")
    module, owner, name = place.split(":")
    code = f"""
import os, signal, sys
from pathlib import Path
import {module}
from corpus.corpus import Corpus
target = {module if owner == "-" else f"{module}.{owner}"}
original = target.{name}
def deadly(*args, **kwargs):
    if {when!r} == "after":
        original(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
target.{name} = deadly
with Corpus.open(Path(sys.argv[1])) as corpus:
    corpus.search("教共体")
"""
    ran = forked_python.run(code, str(home))
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    with Corpus.open(home) as corpus:
        assert corpus.search("教共体").total == 2
        assert corpus.verify_index() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "suffix", ["meta.json", ".idx", ".term", ".store", ".fast", ".pos", ".fieldnorm", ".managed.json"]
)
@pytest.mark.parametrize("damage", ["garbage", "empty", "gone", "cut"])
def test_a_damaged_index_is_built_again(tmp_path: Path, outcome: Make, suffix: str, damage: str) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("推进教共体建设", title="方案"), outcome("教聯體", uri="b")])
    files = [path for path in (tmp_path / "index").iterdir() if path.name.endswith(suffix)]
    assert files
    for path in files:
        data = path.read_bytes()
        path.unlink()  # in place it would be cut under this process's own memory map, which no program survives
        if damage != "gone":
            path.write_bytes({"garbage": b"garbage" * 50, "empty": b"", "cut": data[: len(data) // 2]}[damage])
    with Corpus.open(tmp_path) as corpus:
        assert corpus.search("教").total == 2
        corpus.record([outcome("丙的教共体", uri="c")])
        assert corpus.search("教").total == 3
        assert corpus.verify_index() == []


@on_each_engine
def test_a_reader_follows_a_writer_in_another_process(
    forked_python: ForkedPython, tmp_path: Path, outcome: Make
) -> None:
    home = tmp_path / "home"
    made = [outcome(f"方案{number}的教共体", uri=f"{number}.txt") for number in "甲乙"]
    with Corpus.open(home, create=True) as reader:
        assert reader.search("教共体").total == 0
        assert _run(forked_python, home, "corpus.store:Store:counts", "after", made, tmp_path).stdout == "survived\n"
        assert reader.search("教共体").total == 2
        shutil.rmtree(home / "index")
        with Corpus.open(home) as other:
            assert other.search("教共体").total == 2
        assert reader.search("教共体").total == 2


@on_each_engine
def test_a_search_while_another_process_writes_uses_what_is_there(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
    with Corpus.open(tmp_path, write=True) as writer, Corpus.open(tmp_path) as reader:
        writer._held.store().files.record([outcome("教共体乙", uri="b")], "1")  # the store is ahead, the index not yet
        assert reader.search("教共体").total == 1
        writer.record([])
        assert reader.search("教共体").total == 2


@on_each_engine
def test_nothing_is_left_locked_by_a_killed_writer(forked_python: ForkedPython, tmp_path: Path, outcome: Make) -> None:
    home = tmp_path / "home"
    with Corpus.open(home, create=True):
        pass
    made = [outcome("甲", uri="a"), outcome("乙", uri="b")]
    _run(forked_python, home, "corpus.files:Files:record", "before", made, tmp_path)
    assert str(os.getpid()) not in (home / "writer.lock").read_text()
    with Corpus.open(home, write=True) as corpus:
        corpus.record(made)
        assert corpus.search("乙").total == 1


def _run(
    forked_python: ForkedPython, home: Path, place: str, when: str, made: list[Outcome], folder: Path
) -> subprocess.CompletedProcess[str]:
    batches = folder / "batches.jsonl"
    batches.write_text("\n".join(one.model_dump_json() for one in made))
    return forked_python.run(WRITER, str(home), place, when, str(batches))


def _one(outcome: Outcome) -> str:
    return outcome.documents[0].text


def _text(corpus: Corpus, id: str) -> str:
    document = corpus.document(id)
    assert document is not None
    return document.text
