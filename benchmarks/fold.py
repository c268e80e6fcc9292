"""The fold against bare OpenCC on the same texts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from benchmarks.inputs import samples

_CHARACTERS = 3_000_000
_ROUNDS = 11


def texts() -> dict[str, str]:
    """Long texts of both scripts, from the samples."""
    from extractors.parse import parse
    from schemas.outcome import SourceFile

    found: dict[str, list[str]] = {"Hans": [], "Hant": []}
    for path in samples():
        for document in parse(SourceFile(str(path), path.read_bytes())).documents:
            found.setdefault(document.script, []).append(document.text)
    return {script: _long("\n".join(parts)) for script, parts in found.items() if parts}


def measure() -> dict[str, tuple[float, float, float]]:
    """By script: the ratio of the fold to bare ``t2s`` on the same text (median of the rounds' own ratios, since the
    machine's speed drifts between rounds), and the median seconds of each."""
    from opencc import OpenCC

    from extractors.fold import fold

    bare = OpenCC("t2s").convert
    result = {}
    for script, text in texts().items():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(_ROUNDS):
            times[0].append(_seconds(fold, text))
            times[1].append(_seconds(bare, text))
        ratio = statistics.median(ours / theirs for ours, theirs in zip(*times, strict=True))
        result[script] = (ratio, statistics.median(times[0]), statistics.median(times[1]))
    return result


def _long(text: str) -> str:
    return (text * (_CHARACTERS // max(1, len(text)) + 1))[:_CHARACTERS]


def _seconds(function: Callable[[str], str], text: str) -> float:
    started = time.perf_counter()
    function(text)
    return time.perf_counter() - started
