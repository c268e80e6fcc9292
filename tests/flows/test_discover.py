"""What the user names is what is read: every file once, in order, nothing hidden, no loop."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.discover import NoSuchPath, files, hashed


def touch(path: Path, text: str = "字") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_folders_are_searched_recursively_in_sorted_order_without_hidden_entries(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".hidden", ".git/config", "b/.swp"):
        touch(tmp_path / name)
    assert [str(p.relative_to(tmp_path)) for p in files([tmp_path])] == ["a.txt", "b/1.txt", "b/2.txt"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    file = touch(tmp_path / "a.txt")
    assert files([file, tmp_path, file]) == [file]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    touch(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert len(files([tmp_path])) == 1


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSuchPath, match="missing"):
        files([tmp_path, tmp_path / "missing"])


def test_every_file_has_its_content_hash(tmp_path: Path) -> None:
    touch(tmp_path / "a.txt", "abc")
    found, failures = hashed([tmp_path])
    assert failures == []
    assert [one.sha256 for one in found] == ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"]
