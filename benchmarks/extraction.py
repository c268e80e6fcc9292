"""Extraction alone, from blocks to a document: how fast, and whether a text ten or a hundred times as long takes more.

The texts are the real documents (gold/) where they stand beside the checkout or ``DUZHENG_GOLD`` names them, else the
samples. Reading is measured apart. Times are processor time, so that a busy machine counts as little as possible.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.inputs import ROOT, samples
from extractors.parse import extract
from extractors.readers import read
from extractors.splitting import Part, split
from schemas.document import Source
from schemas.reading import Block, Reading

TIMES = (1, 10, 100)
"""How often all texts are put one behind the other, as one document."""

_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Speed:
    """``characters`` and ``size`` (bytes in UTF-8) of all documents' texts, and the seconds they took."""

    source: str
    documents: int
    characters: int
    size: int
    reading: float
    extraction: float


@dataclass(frozen=True, slots=True)
class Length:
    """One document of the texts repeated ``times`` times."""

    times: int
    characters: int
    seconds: float

    @property
    def per_character(self) -> float:
        """Seconds for a character."""
        return self.seconds / self.characters


def texts() -> tuple[str, list[Path]]:
    """What the files are called in the output, and the files."""
    gold = Path(os.environ.get("DUZHENG_GOLD", ROOT.parent / "shared" / "gold")) / "documents"
    found = sorted(path for path in gold.glob("*") if path.is_file())
    return ("real documents", found) if found else ("samples", samples())


def speed() -> Speed:
    """Every document of every file by itself."""
    source, paths = texts()
    files = [(path, path.read_bytes()) for path in paths]
    parts = [(part, reading, _source(path)) for path, reading in _readings(files) for part in split(reading.blocks)]
    documents = [extract(*part) for part in parts]  # and the lexicons are loaded
    reading_seconds = _best(lambda: [read(data, str(path)) for path, data in files], _ROUNDS)
    seconds = _best(lambda: [extract(*part) for part in parts], _ROUNDS)
    characters = sum(len(document.text) for document in documents)
    size = sum(len(document.text.encode()) for document in documents)
    return Speed(source, len(documents), characters, size, reading_seconds, seconds)


def lengths() -> Iterator[Length]:
    """All texts as one document, once, ten and a hundred times."""
    _, paths = texts()
    readings = _readings([(path, path.read_bytes()) for path in paths])
    blocks: list[Block] = [block for _, reading in readings for block in reading.blocks]
    reading = Reading(media_type="text/plain", blocks=[])
    for times in TIMES:
        part, source = Part(blocks * times), _source(paths[0])
        characters = len(extract(part, reading, source).text)
        # The short ones oftener: their time is the measure for the long one, and noise is a larger part of it.
        rounds = {1: 2 * _ROUNDS, 10: 3}.get(times, 1)
        yield Length(times, characters, _best(partial(extract, part, reading, source), rounds))


def _readings(files: list[tuple[Path, bytes]]) -> list[tuple[Path, Reading]]:
    return [(path, read(data, str(path))) for path, data in files]


def _source(path: Path) -> Source:
    return Source(uri=str(path), media_type="text/plain", sha256="0" * 64, bytes=0)


def _best(work: Callable[[], object], rounds: int) -> float:
    """The least processor time of some rounds: what else ran can only add to it."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)
