"""How long the quick commands take from start to end, a process each."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.inputs import samples

_ROUNDS = 7


def measure(home: Path) -> dict[str, float]:
    """Median seconds of each command; ``python`` is an interpreter that does nothing, for comparison.

    Args:
        home: a corpus to search.
    """
    text = next(path for path in samples() if path.suffix == ".txt")
    duzheng = [sys.executable, "-m", "duzheng"]
    commands = {
        "python": [sys.executable, "-c", ""],
        "--help": [*duzheng, "--help"],
        "search": [*duzheng, "search", "共同体", "--home", str(home), "--format", "json"],
        "parse": [*duzheng, "parse", str(text), "--format", "json"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(_ROUNDS):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}
