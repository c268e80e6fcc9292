"""A program that is started on hostile bytes cannot outlive, outgrow or outwrite what it is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from extractors.containers import program
from extractors.containers.program import INPUT, Late, TooMuchOutput, run


def output(command: list[str], data: bytes = b"", most: int = 2**20, seconds: float = 20) -> bytes:
    out = bytearray()
    finished = run(command, data, out.extend, most, seconds)
    assert finished.status == 0, finished.errors
    return bytes(out)


def test_it_reads_its_input_and_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    data = os.urandom(300_000)
    assert output(["/bin/cat", INPUT], data) == data
    assert list(tmp_path.iterdir()) == []


def test_it_hears_no_environment_and_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    assert b"SECRET" not in output(["/usr/bin/env"])
    assert output(["/bin/cat"]) == b""


def test_a_late_program_is_killed_with_its_children() -> None:
    script = "import os, time; os.fork(); os.write(1, b'%d\\n' % os.getpid()); time.sleep(60)"
    seen = bytearray()
    with pytest.raises(Late):
        run([sys.executable, "-c", script], b"", seen.extend, 1000, seconds=2)
    pids = [int(pid) for pid in bytes(seen).split()]
    assert len(pids) == 2
    for _ in range(50):
        if not any(_runs(pid) for pid in pids):
            break
        time.sleep(0.05)
    assert not any(_runs(pid) for pid in pids)


def _runs(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False).stdout.strip()
    return bool(state) and not state.startswith(b"Z")


def test_it_writes_no_more_than_it_may() -> None:
    with pytest.raises(TooMuchOutput):
        output(["/bin/cat", "/dev/zero"], most=2**20)


def test_it_can_write_no_file(tmp_path: Path) -> None:
    finished = run(["/bin/sh", "-c", f"echo x > {tmp_path}/a"], b"", bytes, 100)
    assert finished.status != 0
    assert (tmp_path / "a").read_bytes() == b"" if (tmp_path / "a").exists() else True


def test_its_memory_is_bounded() -> None:
    finished = run([sys.executable, "-c", "bytearray(3 * 2**30)"], b"", bytes, 100)
    assert finished.status != 0
    assert "MemoryError" in finished.errors


def test_many_words_of_complaint_are_cut() -> None:
    finished = run(["/bin/sh", "-c", "head -c 1000000 /dev/zero >&2"], b"", bytes, 100)
    assert finished.status == 0
    assert len(finished.errors) <= program._MAX_ERRORS
