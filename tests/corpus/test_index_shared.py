"""A corpus in a shared folder is searched by others than the one who made it, as far as the umask lets them."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from schemas.outcome import Outcome

_NOBODY = 65534


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are the tester's alone."""
    with tempfile.TemporaryDirectory(prefix="duzheng-shared-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600), (0o002, 0o664)])
def test_every_file_of_the_index_has_the_mode_that_the_umask_gives(
    tmp_path: Path, outcome: Callable[..., Outcome], umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        with Corpus.open(tmp_path / "home", create=True) as corpus:
            corpus.record([outcome("推进教共体建设")])
            corpus.record([outcome("推进校共体建设", uri="b")])
            while_open = modes(tmp_path / "home" / "index")
    finally:
        os.umask(before)
    after = modes(tmp_path / "home" / "index")
    assert {"meta.json", ".managed.json"} <= after.keys()
    assert set(while_open.values()) | set(after.values()) == {mode}


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_another_user_finds_what_was_taken_in(shared: Path, outcome: Callable[..., Outcome]) -> None:
    before = os.umask(0o022)
    try:
        with Corpus.open(shared / "home", create=True) as corpus:
            corpus.record([outcome("推进教共体建设")])
            assert corpus.search("教共体").total == 1  # all modules are loaded before the other user is made
    finally:
        os.umask(before)
    context = multiprocessing.get_context("fork")
    found = context.SimpleQueue()
    other = context.Process(target=_as_nobody, args=(shared / "home", found))
    other.start()
    other.join(60)
    assert other.exitcode == 0
    assert found.get() == 1


def _as_nobody(home: Path, found: multiprocessing.SimpleQueue[int]) -> None:
    os.setgroups([])
    os.setgid(_NOBODY)
    os.setuid(_NOBODY)
    with Corpus.open(home) as corpus:
        found.put(corpus.search("教共体").total)
