"""``python -m benchmarks [--documents N] [--only extraction|fold]``: every measurement once, on this machine; a line each."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks import extraction, flow, fold, startup


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--documents", type=int, default=300, metavar="N", help="how many files go through the flow")
    parser.add_argument("--only", choices=["extraction", "fold"], help="this measurement alone")
    arguments = parser.parse_args()
    count = arguments.documents
    load = os.getloadavg()[0]
    print(f"{len(os.sched_getaffinity(0))} processors, load {load:.1f} at the start; {count} files\n", flush=True)
    if arguments.only != "fold":
        measure_extraction()
    if arguments.only:
        if arguments.only == "fold":
            measure_fold()
        return
    measure_fold()
    with tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder:
        times = flow.measure(Path(folder), count)
        rate, overhead = times.files / times.flow, times.flow - times.bare
        line("files through the whole flow", f"{rate:.1f} /s", f"{times.flow:.1f} s, {times.documents} documents")
        line("  the same by the bare pool", f"{times.files / times.bare:.1f} /s", f"{times.bare:.1f} s")
        line("  share of the flow that is Prefect", f"{overhead / times.flow:.1%}", f"{overhead:.1f} s")
        detail = f"{times.engine:.1f} s with its database made; {times.later_engine:.1f} s at later ingests"
        line("    of it starting and stopping", f"{times.engine / times.flow:.1%}", detail)
        excess = times.flow - times.engine - times.bare
        line("    of it while running", f"{excess / times.flow:.1%}", f"{excess:.1f} s")
        line("second ingest against the first", f"{times.second / times.flow:.2%}", f"{times.second:.2f} s")
        starts = startup.measure(Path(folder) / "flow")
    for name, seconds in starts.items():
        line(f"start-up, {name}", f"{seconds:.2f} s", f"{seconds / starts['python']:.1f} times a bare interpreter")


def measure_fold() -> None:
    """The fold beside bare OpenCC."""
    for script, (ratio, ours, bare) in fold.measure().items():
        line(f"fold against bare OpenCC, {script}", f"{ratio:.2f} times", f"{ours * 1e3:.1f} / {bare * 1e3:.1f} ms")


def measure_extraction() -> None:
    """Blocks to documents, reading left out."""
    speed = extraction.speed()
    what = f"{speed.documents} {speed.source}, {speed.characters} characters, {speed.size} bytes of UTF-8"
    line("extraction alone, a core", f"{speed.size / speed.extraction / 1e6:.2f} MB/s", what)
    line("  reading the same files", f"{speed.size / speed.reading / 1e6:.2f} MB/s", f"{speed.reading * 1e3:.1f} ms")
    first: extraction.Length | None = None
    for length in extraction.lengths():
        first = first or length
        ratio = length.per_character / first.per_character
        detail = f"{length.characters} characters, {length.seconds:.2f} s, {length.per_character * 1e6:.2f} µs each"
        line(f"  as one document, {length.times} times", f"{ratio:.2f} times a character", detail)


def line(what: str, value: str, detail: str) -> None:
    """One measurement."""
    print(f"{what:38} {value:>20}   {detail}", flush=True)


if __name__ == "__main__":
    main()
