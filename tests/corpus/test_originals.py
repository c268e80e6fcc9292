"""What is promised about originals: kept byte for byte, once, and never taken for something else."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.originals import Originals
from schemas.errors import CorpusError


@given(data=st.binary(max_size=2000))
def test_what_was_kept_comes_back_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    originals = Originals(tmp_path_factory.mktemp("originals"))
    name = originals.keep(data)
    assert name == sha256(data).hexdigest()
    assert originals.read(name) == data
    assert originals.path(name).relative_to(originals.folder).parts == (name[:2], name[2:4], name)


def test_the_same_bytes_are_kept_once_and_leave_nothing_beside_them(tmp_path: Path) -> None:
    originals = Originals(tmp_path)
    name = originals.keep(b"plan")
    before = originals.path(name).stat()
    assert originals.keep(b"plan") == name
    after = originals.path(name).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [originals.path(name)]


def test_a_changed_original_is_noticed(tmp_path: Path) -> None:
    originals = Originals(tmp_path)
    name = originals.keep(b"a promise of 70 %")
    originals.path(name).write_bytes(b"a promise of 40 %")
    with pytest.raises(CorpusError, match="changed or is damaged"):
        originals.read(name)


def test_a_file_cut_short_is_written_again(tmp_path: Path) -> None:
    originals = Originals(tmp_path)
    name = originals.keep(b"whole")
    originals.path(name).write_bytes(b"wh")
    assert originals.keep(b"whole") == name
    assert originals.read(name) == b"whole"


def test_a_missing_original_says_so(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="missing"):
        Originals(tmp_path).read("0" * 64)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "a" * 63, "A" * 64, "g" * 64, "/" + "a" * 63, "a" * 64 + "\n"]
)
def test_a_name_that_is_no_sha256_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    originals = Originals(tmp_path)
    for use in (originals.read, originals.has, originals.path):
        with pytest.raises(CorpusError, match="not a SHA-256"):
            use(name)


def test_what_a_killed_writer_left_is_not_an_original(tmp_path: Path) -> None:
    originals = Originals(tmp_path)
    name = originals.keep(b"plan")
    originals.path(name).with_name(f".{name}.123.abcd").write_bytes(b"pl")
    assert list(originals.names()) == [name]


def test_a_folder_that_cannot_be_written_is_an_expected_error(tmp_path: Path) -> None:
    (tmp_path / "originals").write_bytes(b"a file where the folder should be")
    with pytest.raises(CorpusError, match="original"):
        Originals(tmp_path / "originals").keep(b"plan")
