"""Broken files of every format, some thousand of them: none crashes a reader, hangs it, or meets an unforeseen error.

``DUZHENG_FUZZ_SECONDS`` is the time for one format (4 by default); the files come in a fixed order, so a longer time tries
the same ones and more. ``DUZHENG_FUZZ_FROM`` begins at a later number.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

import pytest
from mutations import mutate
from seeds import MAKERS, seed

from extractors.parse import parse
from flows.pool import Limits, Pool, Work
from schemas.outcome import SourceFile

SECONDS = float(os.environ.get("DUZHENG_FUZZ_SECONDS", "4"))
FIRST = int(os.environ.get("DUZHENG_FUZZ_FROM", "0"))


def broken_files(name: str, seconds: float) -> Iterator[Work]:
    """Broken files of a format for some seconds, their number in the name."""
    file_name, good = seed(name)
    began, number = time.monotonic(), FIRST
    while time.monotonic() - began < seconds:
        yield Work(SourceFile(f"{number}/{file_name}", mutate(good, random.Random(f"{name} {number}"))))
        number += 1


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_no_broken_file_crashes_or_hangs_its_reader_or_meets_an_unforeseen_error(name: str) -> None:
    parse(SourceFile(*seed(name)))
    bad, tried = [], 0
    with Pool(Limits(seconds=30.0)) as pool:
        for outcome in pool.read(broken_files(name, SECONDS)):
            tried += 1
            failures = [*([outcome.failure] if outcome.failure else []), *outcome.attachment_failures]
            bad += [
                f"{failure.uri}: {failure.message}"
                for failure in failures
                if failure.cause == "reader_failed" or "seconds" in failure.message
            ]
            assert outcome.documents or outcome.failure
    assert not bad, f"{len(bad)} of {tried}: " + "\n".join(bad[:10])
    assert tried >= 10


@pytest.mark.parametrize("name", MAKERS)
def test_the_good_file_that_they_are_made_from_is_read(name: str) -> None:
    file_name, data = seed(name)
    outcome = parse(SourceFile(file_name, data))
    assert outcome.failure is None, str(outcome.failure)
    assert outcome.documents
