"""Reading, format by format, beside markitdown on the same files in the same run.

Both are warm library calls, a process each, given the bytes and the file's name; their rounds take turns, so that what
else the machine does falls on both. What is compared is the least wall-clock time of the rounds; a conversion counts
only when text came out, so the letters and digits that each produced stand beside the times.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.made import Made, make
from benchmarks.rival import NotConvertedError, Rival
from extractors.containers import is_container, members
from extractors.parse import parse
from extractors.readers import read
from schemas.document import Document
from schemas.errors import NotRead
from schemas.outcome import SourceFile
from schemas.reading import Reading, Table

_ROUNDS, _SECONDS = 15, 12.0
"""At most so many rounds of one case, and about so long for it; one after the warm-up at the least."""
_SAME = 0.5
"""Where one produced less than this share of the other's letters, they did not do the same job."""


@dataclass(slots=True)
class Side:
    """One program's rounds of one case: seconds each, and the letters and digits that came out."""

    seconds: list[float] = field(default_factory=list)
    characters: int = 0
    failure: str = ""

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass(slots=True)
class Times:
    """One case: ``ours`` is bytes to blocks, ``whole`` bytes to documents."""

    made: Made
    ours: Side = field(default_factory=Side)
    whole: Side = field(default_factory=Side)
    theirs: Side | None = None

    @property
    def alike(self) -> bool:
        """Whether both produced about the same amount of text."""
        assert self.theirs is not None
        fewer, more = sorted((self.theirs.characters, self.ours.characters))
        return fewer >= _SAME * more


def measure(folder: Path, rival: Rival | None) -> Iterator[Times]:
    """Every case of ``benchmarks.made``; ``rival`` None measures ours alone."""
    for made in make(folder):
        times = Times(made, theirs=Side() if rival else None)
        if made.files:
            _rounds(times, rival)
        yield times


def _rounds(times: Times, rival: Rival | None) -> None:
    files = [(path, path.read_bytes()) for path in times.made.files]
    started = time.perf_counter()
    for number in range(_ROUNDS + 1):
        if number > 1 and time.perf_counter() - started > _SECONDS:
            break
        _turn(times.ours, lambda: _readings(files))
        _turn(times.whole, lambda: _documents(files))
        if rival and times.theirs is not None and not times.theirs.failure:
            try:
                answers = [rival.convert(path) for path in times.made.files]
            except NotConvertedError as error:
                times.theirs.failure = str(error)
            else:
                times.theirs.seconds.append(sum(seconds for seconds, _ in answers))
                times.theirs.characters = sum(characters for _, characters in answers)
        if number == 0:
            # The first is the warm-up: lexicons, fonts and classes are loaded.
            for side in (times.ours, times.whole, times.theirs):
                if side is not None:
                    side.seconds.clear()


def _turn(side: Side, work: Callable[[], Sequence[Reading | Document]]) -> None:
    if side.failure:
        return
    started = time.perf_counter()
    try:
        made = work()
    except NotRead as error:
        side.failure = f"{error.cause}: {error.message}"
        return
    side.seconds.append(time.perf_counter() - started)
    side.characters = side.characters or sum(map(_letters, made))


def _readings(files: Sequence[tuple[Path, bytes]]) -> list[Reading]:
    """The readings of files; those of its members where one holds files."""
    found: list[Reading] = []
    for path, data in files:
        file = SourceFile(str(path), data)
        contained = members(file).files if is_container(data, file.uri) else [file]
        found += [read(one.data, one.uri) for one in contained]
    return found


def _documents(files: Sequence[tuple[Path, bytes]]) -> list[Document]:
    outcomes = [parse(SourceFile(str(path), data)) for path, data in files]
    failure = next((outcome.failure for outcome in outcomes if outcome.failure), None)
    if failure:
        raise NotRead(failure.uri, failure.cause, failure.message, failure.cure)
    return [document for outcome in outcomes for document in outcome.documents]


def _letters(made: Reading | Document) -> int:
    if isinstance(made, Document):
        return sum(map(str.isalnum, made.text))
    texts: list[str] = []
    for block in made.blocks:
        texts += [cell.text for cell in block.cells] if isinstance(block, Table) else [block.text]
    return sum(sum(map(str.isalnum, text)) for text in texts)
