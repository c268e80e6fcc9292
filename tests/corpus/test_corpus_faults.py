"""What is promised about faults of the machine, by making them: full disks, damaged and unwritable files, kills."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from corpus.migrations import latest
from schemas.errors import CorpusError
from schemas.outcome import Outcome

Make = Callable[..., Outcome]
Older = Callable[[Path, int], None]


def _python(code: str, *arguments: object, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Runs code in a process of its own, as Python's ``-c``; ``before`` is a command that starts it."""
    words = [*before, sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, timeout=120)


# Kills


@pytest.mark.parametrize("place", ["_copy", "migrate", "Batch.put_meta"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_upgrade_leaves_the_corpus_as_it_was_and_is_done_again(
    tmp_path: Path, outcome: Make, make_older: Older, place: str, when: str
) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("推进教共体建设")])
    make_older(tmp_path, 1)
    code = f"""
import os, signal, sys
from pathlib import Path
import corpus.opening
from corpus.corpus import Corpus
original = corpus.opening.{place}
def deadly(*args, **kwargs):
    if {when!r} == "after":
        original(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
corpus.opening.{place} = deadly
with Corpus.open(Path(sys.argv[1])) as corpus:
    list(corpus.documents())
"""
    ran = _python(code, tmp_path)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    assert _version(tmp_path / "corpus.sqlite") == 1
    with Corpus.open(tmp_path) as corpus:
        assert [document.text for document in corpus.documents()] == ["推进教共体建设"]
        assert corpus.search("教共体").total == 1
        assert corpus.status()["documents"] == 1
    assert _version(tmp_path / "corpus.sqlite") == latest()
    assert _version(tmp_path / "corpus.schema1.sqlite") == 1


# A full disk

FILL = """
import os, sys
from pathlib import Path
from corpus.corpus import Corpus
from schemas.errors import CorpusError
from schemas.outcome import Outcome

home, made = Path(sys.argv[1]), [Outcome.model_validate_json(line) for line in Path(sys.argv[2]).read_text().splitlines()]
before, big, after = made
with Corpus.open(home, create=True, extraction_version="1") as corpus:
    corpus.keep(before.documents[0].text.encode())
    corpus.record([before])
limit()
with Corpus.open(home, extraction_version="1") as corpus:
    for step in (lambda: corpus.keep(big.documents[0].text.encode()), lambda: corpus.record([big])):
        try:
            step()
            print("no error")
        except CorpusError as error:
            print("|".join(str(error).splitlines()))
print([str(path) for path in home.rglob("*") if path.name.startswith(".") and "originals" in path.parts])
free()
with Corpus.open(home, extraction_version="1") as corpus:
    print([document.text for document in corpus.documents()] == [before.documents[0].text])
    print(corpus.search("教共体").total, corpus.known([big.sha256]), corpus.verify_index())
    corpus.keep(big.documents[0].text.encode())
    corpus.record([big, after])
    print(corpus.search("教共体").total, corpus.verify())
"""
TOO_LARGE = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def limit():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
def free():
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""
FULL = """
import os, sys
def limit():
    with open(sys.argv[1] + "/filler", "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65536))
        except OSError:
            pass
def free():
    os.unlink(sys.argv[1] + "/filler")
"""


def _batches(folder: Path, outcome: Make) -> Path:
    text = "\n".join(f"第{number}条 乡村学校{number * number}与教共体" for number in range(30_000))
    made = [outcome("甲的教共体"), outcome(text, uri="大.txt"), outcome("乙的教共体", uri="乙.txt")]
    for one in made[::2]:
        assert len(one.documents[0].text.encode()) == one.bytes
    batches = folder / "batches.jsonl"
    batches.write_text("\n".join(one.model_dump_json() for one in made))
    return batches


def _told_and_whole(ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 0, ran.stderr
    kept, recorded, left, *after = ran.stdout.splitlines()
    assert "the original cannot be written" in kept
    assert "free space" in kept
    assert "the store failed" in recorded
    assert "check space and rights" in recorded
    assert left == "[]"
    assert after[0] == "True"
    assert after[1] == "1 set() []"
    # The small ones were recorded here without their originals.
    assert after[2].startswith("3 [")
    assert after[2].count("the original is missing") == 1


def test_a_batch_too_large_for_the_disk_is_said_and_nothing_of_it_is_kept(tmp_path: Path, outcome: Make) -> None:
    _told_and_whole(_python(TOO_LARGE + FILL, tmp_path / "home", _batches(tmp_path, outcome)))


def test_a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again(tmp_path: Path, outcome: Make) -> None:
    home = tmp_path / "home"
    home.mkdir()
    alone = _alone(f"mount -t tmpfs -o size=64m tmpfs {home}")
    _told_and_whole(_python(FULL + FILL, home, _batches(tmp_path, outcome), before=alone))


def _alone(command: str) -> tuple[str, ...]:
    """What starts a program that sees a file system changed by ``command``; skips where the kernel does not allow it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no program unshare here")
    flags = "-m" if os.geteuid() == 0 else "-rm"
    before = (unshare, flags, "sh", "-c", f'{command} && exec "$@"', "sh")
    tried = subprocess.run([*before, "true"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"no file systems of one's own here: {tried.stderr.strip()}")
    return before


# A folder that cannot be written

READ = """
import sys
from pathlib import Path
from corpus.corpus import Corpus
from schemas.errors import CorpusError

with Corpus.open(Path(sys.argv[1])) as corpus:
    print(corpus.search("教共体").total)
    print(len(list(corpus.documents())), corpus.verify())
    try:
        corpus.locate([("x", "0" * 64)])
    except CorpusError as error:
        print(error)
"""


def test_a_corpus_that_cannot_be_written_can_be_read_and_searched(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.keep("推进教共体".encode())
        corpus.record([outcome("推进教共体")])
    before = sorted(tmp_path.rglob("*"))
    ran = _python(
        READ, tmp_path, before=_alone(f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}")
    )
    assert ran.returncode == 0, ran.stderr
    searched, read, refused = ran.stdout.splitlines()
    assert (searched, read) == ("1", "1 []")
    assert "cannot be written" in refused
    assert sorted(tmp_path.rglob("*")) == before


def test_an_earlier_corpus_that_cannot_be_written_says_so(tmp_path: Path, outcome: Make, make_older: Older) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("推进教共体")])
    make_older(tmp_path, 1)
    alone = _alone(f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}")
    ran = _python(READ.replace("print(corpus.search", "(corpus.documents().__next__"), tmp_path, before=alone)
    assert "must be brought to" in ran.stderr
    assert "Read-only" in ran.stderr


# A damaged or lost database


def _ruin(path: Path, how: str) -> None:
    data = path.read_bytes()
    page = 4096
    if how == "header":
        path.write_bytes(b"garbage!" * 12 + data[96:])
    elif how == "pages":
        path.write_bytes(data[:page] + b"\xff" * (len(data) - page))
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize("how", ["header", "pages", "cut"])
def test_a_damaged_database_is_said_with_the_way_out_and_left_alone(tmp_path: Path, outcome: Make, how: str) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome(f"第{n}个教共体", uri=f"{n}.txt") for n in range(50)])
    path = tmp_path / "corpus.sqlite"
    (tmp_path / "corpus.schema1.sqlite").write_bytes(path.read_bytes())
    _ruin(path, how)
    ruined = path.read_bytes()
    with Corpus.open(tmp_path) as corpus:
        try:
            message = corpus.verify()[0]
        except CorpusError as error:
            message = str(error)
    assert "\n" not in message
    assert str(path) in message
    assert "corpus.schema1.sqlite" in message
    assert "duzheng ingest" in message
    assert path.read_bytes() == ruined
    shutil.copy(tmp_path / "corpus.schema1.sqlite", path)
    with Corpus.open(tmp_path) as corpus:
        assert corpus.search("教共体").total == 50
        assert corpus.verify_index() == []


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_lost_database_is_not_replaced_by_an_empty_one(tmp_path: Path, outcome: Make, how: str) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.keep(b"x")
        corpus.record([outcome("x", data=b"x")])
    (tmp_path / "corpus.sqlite").unlink()
    if how == "empty":
        (tmp_path / "corpus.sqlite").touch()
    with pytest.raises(CorpusError, match=r"there are originals here and no store.*from a copy"):
        Corpus.open(tmp_path, create=True)
    new = tmp_path / "new"
    with Corpus.open(new, create=True) as corpus:  # the way out: the originals are files like any other
        assert [path.read_bytes() for path in (tmp_path / "originals").rglob("*") if path.is_file()] == [b"x"]


def test_rows_that_refer_to_nothing_are_reported(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.keep("教共体".encode())
        corpus.record([outcome("教共体")])
        assert corpus.verify() == []
    with closing(sqlite3.connect(tmp_path / "corpus.sqlite")) as connection:
        connection.execute("UPDATE documents SET source_sha256 = 'lost'")
        connection.commit()
    with Corpus.open(tmp_path) as corpus:
        assert any("documents: a row refers to one of sources" in problem for problem in corpus.verify())


def test_references_are_watched_and_commits_flushed(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus, corpus._held.store().snapshot() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "journal_size_limit")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "journal_size_limit": 64_000_000}


def test_nothing_waits_in_the_log_when_the_corpus_is_closed(tmp_path: Path, outcome: Make) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome("教共体")])
    assert not list(tmp_path.glob("corpus.sqlite-*"))


def _version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()[0])
