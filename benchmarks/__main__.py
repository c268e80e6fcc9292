"""``python -m benchmarks [--documents N] [--only NAME]``: every measurement once, on this machine; a line each."""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import tempfile
from pathlib import Path

from benchmarks import (
    checks,
    extraction,
    flow,
    flow_scale,
    fold,
    formats,
    isolation,
    lineage,
    pdf,
    relevance,
    rival,
    search_scale,
    startup,
    web,
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--documents",
        type=int,
        default=300,
        metavar="N",
        help="how many files go through the flow, or are made to be searched",
    )
    parser.add_argument("--readers", type=int, default=web.READERS, metavar="N", help="how many read the web at once")
    parser.add_argument("--only", choices=list(_ALONE), help="this measurement alone")
    parser.add_argument(
        "--markitdown", type=Path, default=rival.ENVIRONMENT, metavar="DIR", help="the environment it is put into"
    )
    arguments = parser.parse_args()
    count = arguments.documents
    load = os.getloadavg()[0]
    print(f"{len(os.sched_getaffinity(0))} processors, load {load:.1f} at the start; {count} files\n", flush=True)
    for name, measurement in _ALONE.items():
        if arguments.only in (None, name):
            measurement(arguments)
    if arguments.only is None:
        measure_flow(count)


def measure_flow(count: int) -> None:
    """The whole flow, and the start of the commands."""
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


def measure_checks(_: argparse.Namespace) -> None:
    """Plans against a pack, reading left out."""
    figures = checks.measure()
    line("checks, plans × 20 requirements", f"{1 / figures.per_plan:.0f} plans/s", f"{figures.plans} sample plans")
    line("  four times the plans", f"{figures.four_times_the_plans:.2f} times a plan", "")
    line("  four times the requirements", f"{figures.four_times_the_requirements:.2f} times a requirement", "")
    for what, seconds in (
        (f"  {figures.stored:,} stored plans, first check", figures.stored_first),
        ("    after one requirement was edited", figures.stored_again),
    ):
        line(
            what,
            f"{figures.stored / seconds:.0f} plans/s",
            f"{seconds:.1f} s of processor, loading and recording included",
        )


def measure_fold(_: argparse.Namespace) -> None:
    """The fold beside bare OpenCC."""
    for script, (ratio, ours, bare) in fold.measure().items():
        line(f"fold against bare OpenCC, {script}", f"{ratio:.2f} times", f"{ours * 1e3:.1f} / {bare * 1e3:.1f} ms")


def measure_extraction(_: argparse.Namespace) -> None:
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


def measure_formats(arguments: argparse.Namespace) -> None:
    """Reading every format, beside markitdown."""
    with tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder, contextlib.ExitStack() as stack:
        other = None
        try:
            other = stack.enter_context(rival.Rival(arguments.markitdown))
        except rival.NoRivalError as error:
            print(f"{error}: our figures alone")
        for times in formats.measure(Path(folder), other):
            _format(times)


def _format(times: formats.Times) -> None:
    name, ours, whole, theirs = times.made.name, times.ours, times.whole, times.theirs
    if times.made.skipped or ours.failure:
        line(name, "skipped", times.made.skipped or ours.failure)
        return
    pages = times.made.pages
    count, unit = (pages, "pages/s") if pages else (len(times.made.files), "files/s")
    detail = f"reading {count / ours.best:,.1f} {unit}: {ours.best * 1e3:.1f} ms, median {ours.median * 1e3:.1f}"
    detail += f", {ours.characters} letters"
    detail += f"; with extraction {whole.failure or f'{whole.best * 1e3:.1f} ms'}"
    if theirs is None:
        line(name, "alone", detail)
    elif theirs.failure:
        line(name, "alone", f"{detail}; markitdown: {theirs.failure}")
    else:
        ratio = f"{theirs.best / ours.best:.1f} times as fast" if times.alike else "not comparable"
        line(name, ratio, f"{detail}; markitdown {theirs.best * 1e3:.1f} ms, {theirs.characters} letters")


def measure_lineage(arguments: argparse.Namespace) -> None:
    """Where clauses come from: candidates of the index beside reading every text."""
    found = lineage.measure(arguments.documents)
    what = f"of {found.clauses} clauses that reading every text traced, by kind {dict(found.kinds)}"
    line("lineage, same source by the index", f"{found.same_clauses / found.clauses:.1%}", what)
    seconds = f"every text {statistics.median(found.full):.2f} s"
    line("  a step", f"{statistics.median(found.bounded):.2f} s", f"of processor; {seconds}")


def measure_pdf(_: argparse.Namespace) -> None:
    """The PDF reader beside pdfplumber."""
    with tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder:
        for case in pdf.measure(Path(folder)):
            rate = f"{case.pages / min(case.ours):,.0f} pages/s"
            line(
                f"pdf, {case.name}: same text",
                "no" if case.differing else "yes",
                case.differing or f"{case.pages} pages",
            )
            for what, theirs in (("extract_text", case.text), ("extract_tables", case.tables)):
                best, usual = case.ratio(theirs)
                detail = f"{rate} against {case.pages / min(theirs):,.0f}; by the medians {usual:.1f} times"
                line(f"  reading against {what}", f"{best:.1f} times as fast", detail)


def measure_isolation(_: argparse.Namespace) -> None:
    """What worker processes cost."""
    times = isolation.measure()
    what = f"{times.works} works; bare {min(times.bare) * 1e3:.0f} ms, in a worker {min(times.pool) * 1e3:.0f} ms"
    best, usual = times.cost
    line("isolation: cost of one worker", f"{best:.1%}", f"{what}; median of the rounds {usual:.1%}")
    best, usual = times.processor_cost
    line("  the same of processor time", f"{best:.1%}", f"both processes together; median of the rounds {usual:.1%}")
    line(
        "  starting the first worker",
        f"{times.start * 1e3:.0f} ms",
        "the server process with the extractors loaded included",
    )
    each = min(times.bare) / times.works
    line(
        "  packing a work and its outcome",
        f"{times.packing / each:.1%}",
        f"{times.packing * 1e3:.2f} ms of {each * 1e3:.1f}",
    )
    ratio = times.command / times.in_process
    line(
        "  duzheng parse of one file",
        f"{ratio:.2f} times",
        f"{times.command:.2f} s against {times.in_process:.2f} s without a worker",
    )


def measure_relevance(_: argparse.Namespace) -> None:
    """How well searches rank, by judged queries."""
    collections = {"samples": relevance.samples(), "paragraphs": relevance.passages()}
    if folder := relevance.gold_folder():
        collections["real documents"] = relevance.gold(folder)
    for name, collection in collections.items():
        with tempfile.TemporaryDirectory(prefix="duzheng-bench-") as made:
            with relevance.ours(Path(made) / "home", collection) as corpus:
                scored = {"ours": relevance.scores(relevance.our_engine(corpus, collection), collection.judged)}
            for rival_name, ways in relevance.rivals(collection).items():
                way, values = relevance.best(ways, collection.judged)
                scored[f"{rival_name}, {way}"] = values
        what = f"{len(collection.judged)} queries, {len(collection.documents)} documents"
        line(f"nDCG@{relevance.DEEP}, {name}", f"{scored['ours']['whole']:.3f}", what)
        for kind in scored["ours"]:
            others = ", ".join(f"{values[kind]:.3f} {who}" for who, values in scored.items() if who != "ours")
            line(f"  {kind}", f"{scored['ours'][kind]:.3f}", others)


def measure_search(arguments: argparse.Namespace) -> None:
    """Search over a made corpus of ``--documents``, beside SQLite FTS5 and PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder:
        search_scale.measure(Path(folder), arguments.documents, line)


def measure_flow_scale(arguments: argparse.Namespace) -> None:
    """``--documents`` made files through the flow, on one and on two worker processes."""
    with tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder:
        flow_scale.measure(Path(folder), arguments.documents, line)


def measure_web(arguments: argparse.Namespace) -> None:
    """Fifty readers of the web face at once, on a made corpus of ``--documents``; with pauses and without."""
    with tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder:
        measured = web.measure(Path(folder), arguments.documents, arguments.readers)
    what = f"{arguments.documents} documents, {measured.plans} plans checked, {measured.findings} findings"
    line("web, the corpus made", f"{measured.made:.0f} s", what)
    line("  until it can be searched", f"{measured.warm:.0f} s", "index and rows of findings made by the server")
    for figures, how in (
        (measured.paused, f"a page every {web.PAUSE:.0f} s each; bar: p99 500 ms, no errors"),
        (measured.at_once, "each asks for the next page at once; the same bar"),
    ):
        every = figures.every
        detail = f"{how}; load {os.getloadavg()[0]:.1f}"
        line(f"web, {arguments.readers} readers, p99", f"{web.quantile(every, 0.99) * 1e3:.0f} ms", detail)
        line("  p50", f"{web.quantile(every, 0.5) * 1e3:.0f} ms", "")
        line("  pages", f"{len(every) / figures.took:.1f} /s", f"{len(every)} in {figures.took:.0f} s")
        wrong = ", ".join(f"{count} {name}" for name, count in figures.wrong.items())
        line("  errors", str(figures.wrong.total()), wrong)
        for name, seconds in sorted(figures.seconds.items()):
            some = sorted(seconds)
            values = f"{web.quantile(some, 0.5) * 1e3:.0f} / {web.quantile(some, 0.99) * 1e3:.0f} ms"
            line(f"  {name}, p50 / p99", values, f"{len(some)} pages")


def line(what: str, value: str, detail: str) -> None:
    """One measurement."""
    print(f"{what:38} {value:>20}   {detail}", flush=True)


_ALONE = {
    "extraction": measure_extraction,
    "fold": measure_fold,
    "formats": measure_formats,
    "pdf": measure_pdf,
    "isolation": measure_isolation,
    "lineage": measure_lineage,
    "checks": measure_checks,
    "relevance": measure_relevance,
    "search": measure_search,
    "flow-scale": measure_flow_scale,
    "web": measure_web,
}
"""What ``--only`` names; the flow is measured only with all the others."""


if __name__ == "__main__":
    main()
