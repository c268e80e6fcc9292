"""Broken files of every format, a thousand of them: none crashes a reader, hangs it, or meets an unforeseen error.

The files come in a fixed order and the first ``FILES`` of a format are tried. ``DUZHENG_FUZZ_SECONDS`` is a time for one format,
in which the same ones and more are tried; ``DUZHENG_FUZZ_FROM`` begins at a later number.
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

FILES = 50
SECONDS = float(os.environ.get("DUZHENG_FUZZ_SECONDS", "0"))
FIRST = int(os.environ.get("DUZHENG_FUZZ_FROM", "0"))


def broken_files(name: str) -> Iterator[Work]:
    """Broken files of a format, their number in the name."""
    file_name, good = seed(name)
    began, number = time.monotonic(), FIRST
    while number < FIRST + FILES or time.monotonic() - began < SECONDS:
        yield Work(SourceFile(f"{number}/{file_name}", mutate(good, random.Random(f"{name} {number}"))))
        number += 1


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """Workers for all formats: each has its lexicons to load."""
    with Pool(Limits(workers=2, seconds=120.0)) as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_no_broken_file_crashes_or_hangs_its_reader_or_meets_an_unforeseen_error(name: str, pool: Pool) -> None:
    bad, tried = [], 0
    for outcome in pool.read(broken_files(name)):
        tried += 1
        failures = [*([outcome.failure] if outcome.failure else []), *outcome.attachment_failures]
        bad += [
            f"{failure.uri}: {failure.message}"
            for failure in failures
            if failure.cause == "reader_failed" or "seconds" in failure.message
        ]
        assert outcome.documents or outcome.failure
    assert not bad, f"{len(bad)} of {tried}: " + "\n".join(bad[:10])
    assert tried >= FILES


@pytest.mark.parametrize("name", MAKERS)
def test_the_good_file_that_they_are_made_from_is_read(name: str) -> None:
    file_name, data = seed(name)
    outcome = parse(SourceFile(file_name, data))
    assert outcome.failure is None, str(outcome.failure)
    assert outcome.documents
