"""LibreOffice under the worker processes: their limits do not break it, and it does not outlive them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest

from extractors.readers.office import soffice
from flows.pool import Limits, Pool, Work
from flows.pool import parse as read_for_real
from schemas.outcome import Outcome, SourceFile

TEXT = "青岚县教育局关于城乡学校共同体建设的实施方案第{}号，到2025年底覆盖率达到80%以上。"


def old_file(number: int, folder: Path) -> bytes:
    document = docx.Document()
    document.add_paragraph(TEXT.format(number))
    path = folder / f"{number}.docx"
    document.save(str(path))
    return soffice.convert(path.read_bytes(), "x", ".docx", "MS Word 2007 XML", "doc:MS Word 97")


@pytest.mark.skipif(soffice.find() is None, reason="LibreOffice is not installed: no DOC file to read in the pool")
def test_several_workers_convert_at_once_within_the_limits_of_the_pool(tmp_path: Path) -> None:
    works = [Work(SourceFile(uri=f"{n}.doc", data=old_file(n, tmp_path))) for n in range(4)]
    with Pool(Limits(workers=2), parse=read_for_real) as pool:
        outcomes = list(pool.read(works))
    assert [outcome.failure for outcome in outcomes] == [None] * 4
    for number, outcome in enumerate(outcomes):
        assert TEXT.format(number) in outcome.documents[0].text
        assert outcome.media_type == "application/msword"


def convert_with_a_hanging_program(file: SourceFile, attachments: Sequence[SourceFile]) -> Outcome:
    """In a worker: LibreOffice replaced by a program that says its number and does not end."""
    program, number = file.data.decode().split("\n")
    Path(program).write_text(f"#!/bin/sh\necho $$ > {number}\nsleep 600")
    Path(program).chmod(0o755)
    os.environ[soffice.VARIABLE] = program
    soffice.convert(b"x", file.uri, ".doc", "MS Word 97", "docx")
    raise AssertionError("it ended")


def test_a_worker_that_is_killed_takes_its_conversion_along(tmp_path: Path) -> None:
    if "setpriv" not in soffice._apart():
        pytest.skip("setpriv (util-linux) is not there: the conversion ends by its own limits of time")
    program, number = tmp_path / "soffice", tmp_path / "number"
    work = Work(SourceFile(uri="a.doc", data=f"{program}\n{number}".encode()))
    with Pool(Limits(workers=1, seconds=3.0), parse=convert_with_a_hanging_program) as pool:
        (outcome,) = pool.read([work])
    assert outcome.failure is not None
    assert outcome.failure.cause == "over_limit"
    pid = int(number.read_text())
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or ") Z" in Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.05)
    raise AssertionError("the conversion goes on without its worker")
