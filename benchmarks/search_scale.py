"""Search over a made corpus of any size: how long building and asking take, and what SQLite FTS5 and PostgreSQL take.

Everything in one run on the same documents, so that the ratios hold whatever the machine is doing. Asking happens in a
process of its own, which opens the corpus as a user's would and whose memory is measured; each question is another word.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.made_corpus import SEED, MadeDocument, formulas, frequent_words, made
from benchmarks.search_rivals import Fts5, PostgreSql, Question, Rival, RivalError

_BATCH = 500
_CUT_BYTES = 2_000_000
"""Pure Python jieba cuts so much of the text; its time is scaled to the whole."""
_ADDED = 100
KINDS = ("word", "rare word", "or", "and", "phrase", "filtered", "by date", "all facets")


@dataclass(slots=True)
class Figures:
    """What was measured. Times in seconds, by kind of question in the order in which they were asked."""

    documents: int = 0
    paragraphs: int = 0
    text_bytes: int = 0
    jieba: float = 0.0
    jieba_share: float = 0.0
    build: float = 0.0
    index_bytes: int = 0
    added: float = 0.0
    first: float = 0.0
    memory_mb: float = 0.0
    memory_own_mb: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    rivals: dict[str, Rivalry | str] = field(default_factory=dict)


@dataclass(slots=True)
class Rivalry:
    """What another engine took; kinds that it cannot answer are not among its times."""

    build: float
    size: int
    times: dict[str, list[float]]


def measure(folder: Path, documents: int, questions: int = 100, rivals: bool = True) -> Figures:
    """Makes the corpus in ``folder`` and measures; ``questions`` of every kind."""
    from corpus.corpus import Corpus
    from corpus.database import Database
    from corpus.store import Store

    figures = Figures(documents=documents)
    home = folder / "home"
    with Corpus.open(home, create=True, extraction_version="made"):
        pass
    # Straight into the store: what is measured is the index, built anew from what is stored.
    with closing(Store.open(Database.of(home))) as store:
        for batch in _batches(made(documents)):
            store.record([one.outcome() for one in batch], "made")
            figures.paragraphs += sum(len(one.paragraphs) for one in batch)
            figures.text_bytes += sum(len(one.text.encode()) for one in batch)
    with Corpus.open(home, extraction_version="made") as corpus:
        begin = time.perf_counter()
        corpus.search("教育")
        figures.build = time.perf_counter() - begin
    figures.jieba, figures.jieba_share = _jieba(figures.text_bytes, documents)
    figures.index_bytes = sum(path.stat().st_size for path in (home / "index").iterdir())
    asked = [sys.executable, "-m", "benchmarks.search_scale", str(home), str(questions)]
    answer = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    for name in ("first", "memory_mb", "memory_own_mb", "times", "totals"):
        setattr(figures, name, answer[name])
    if rivals:
        for rival in (
            Fts5(folder / "trigram.sqlite", "trigram"),
            Fts5(folder / "words.sqlite", "words"),
            PostgreSql(folder),
        ):
            try:
                figures.rivals[rival.name] = _rivalry(rival, documents, questions)
            except RivalError as error:
                figures.rivals[rival.name] = str(error)
    with Corpus.open(home, extraction_version="made") as corpus:
        corpus.search("教育")
        new = [one.outcome() for one in made(_ADDED, first=documents)]
        begin = time.perf_counter()
        with closing(Store.open(Database.of(home))) as store:
            store.record(new, "made")
        title = new[-1].documents[0].title or ""
        found = corpus.search(f'title:"{title}"').hits
        figures.added = time.perf_counter() - begin
        if not any(hit.title == title for hit in found):
            raise RuntimeError("a document that was recorded is not found")
    return figures


def questions_of(kind: str, count: int) -> Iterator[Question]:
    """``count`` different questions of a kind, always the same ones, from frequent to less frequent words."""
    chance = random.Random(SEED + KINDS.index(kind))
    frequent = [word for word in frequent_words(count * 3 + 200) if len(word) == 2]
    rare = frequent_words(count, skip=20_000)
    for number in range(count):
        word = frequent[number]
        three = (word, *chance.sample(frequent, 2))
        match kind:
            case "rare word":
                yield Question((rare[number],))
            case "or":
                yield Question(three, any=True)
            case "and":
                yield Question(three)
            case "phrase":
                wording = formulas()[number]
                yield Question((wording[: chance.randint(4, 8)],), phrase=True)
            case "filtered":
                yield Question((word,), filters={"province": "河南省", "genre": "plan", "year": "2018..2022"})
            case "by date":
                yield Question((word,), by_date=True)
            case "all facets":
                yield Question((word,), facets=True)
            case _:
                yield Question((word,))


def _batches(documents: Iterator[MadeDocument]) -> Iterator[list[MadeDocument]]:
    while batch := list(islice(documents, _BATCH)):
        yield batch


def _jieba(text_bytes: int, documents: int) -> tuple[float, float]:
    """How long ``jieba.cut`` takes for the whole text, and the share of it that was cut."""
    import jieba

    jieba.setLogLevel("ERROR")
    jieba.initialize()
    size, taken = 0, 0.0
    for one in made(documents):
        begin = time.perf_counter()
        for _ in jieba.cut(one.text):
            pass
        taken += time.perf_counter() - begin
        size += len(one.text.encode())
        if size > _CUT_BYTES:
            break
    return taken * text_bytes / size, size / text_bytes


def _rivalry(rival: Rival, documents: int, questions: int) -> Rivalry:
    with rival:
        begin = time.perf_counter()
        waiting = 0.0

        def timed() -> Iterator[MadeDocument]:
            nonlocal waiting
            source = made(documents)
            while True:
                start = time.perf_counter()
                one = next(source, None)
                waiting += time.perf_counter() - start
                if one is None:
                    return
                yield one

        rival.build(timed())
        built = time.perf_counter() - begin - waiting
        times: dict[str, list[float]] = {}
        for kind in KINDS:
            found = [one for one in questions_of(kind, questions) if rival.can(one)]
            if found:
                times[kind] = [_time(partial(rival.ask, one)) for one in found]
        return Rivalry(built, rival.size(), times)


def _time(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _ask(home: Path, count: int) -> dict[str, Any]:
    """In the searching process: every question once, hits with their snippets and all."""
    from corpus.corpus import Corpus

    times: dict[str, list[float]] = {}
    totals: dict[str, int] = {}
    with Corpus.open(home, extraction_version="made") as corpus:
        first = _time(lambda: corpus.search("学校"))
        for kind in KINDS:
            times[kind] = []
            for one in questions_of(kind, count):
                begin = time.perf_counter()
                how: dict[str, Any] = {"facets": None if one.facets else (), **one.filters}
                result = corpus.search(one.typed(), strict=True, sort="date" if one.by_date else "relevance", **how)
                times[kind].append(time.perf_counter() - begin)
                totals[kind] = totals.get(kind, 0) + result.total
    with Path("/proc/self/status").open(encoding="ascii") as status:
        memory = {
            row.split(":")[0]: int(row.split()[1]) / 1024 for row in status if row.startswith(("VmHWM", "RssAnon"))
        }
    return {
        "times": times, "totals": totals, "first": first,
        "memory_mb": memory.get("VmHWM", 0.0), "memory_own_mb": memory.get("RssAnon", 0.0),
    }  # fmt: skip


def median(times: list[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(times) * 1e3


def tail(times: list[float]) -> float:
    """The 99th percentile in milliseconds: of a hundred times the second longest."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1e3


def report(figures: Figures, line: Callable[[str, str, str], None]) -> None:
    """Prints the figures, each with what it must be."""
    size, text = figures.index_bytes, figures.text_bytes
    line(
        "search, made corpus", f"{figures.documents} documents", f"{figures.paragraphs} paragraphs, {text / 1e6:.1f} MB"
    )
    detail = f"{figures.build:.1f} s against {figures.jieba:.1f} s, scaled from {figures.jieba_share:.0%} of the text"
    line("  build against jieba alone", f"{figures.build / figures.jieba:.2f} times", f"{detail}; bar 0.33")
    line("  index against text", f"{size / text:.2f} times", f"{size / 1e6:.1f} MB; bar 1")
    line(
        f"  {_ADDED} documents added, found after",
        f"{figures.added:.2f} s",
        "store and index, without relations; bar 1",
    )
    detail = f"{figures.memory_own_mb:.0f} MB its own, the rest pages of the index; bar 300"
    line("  memory of a searching process", f"{figures.memory_mb:.0f} MB", detail)
    line("  first search of a process", f"{figures.first * 1e3:.0f} ms", "dictionaries loaded")
    for kind, times in figures.times.items():
        detail = f"99th percentile {tail(times):.1f} ms; bars 10 and 60; {figures.totals[kind] / len(times):.0f} found"
        line(f"  {kind}", f"{median(times):.1f} ms", detail)
    for name, rival in figures.rivals.items():
        if isinstance(rival, str):
            line(f"  {name}", "not measured", rival)
            continue
        line(f"  {name}: build", f"{rival.build:.1f} s", f"{rival.size / text:.2f} of the text")
        for kind in figures.times:
            if taken := rival.times.get(kind):
                ratio = f"{median(taken) / median(figures.times[kind]):.1f} times ours"
                line(f"    {kind}", ratio, f"{median(taken):.1f} ms, 99th percentile {tail(taken):.1f} ms")
            else:
                line(f"    {kind}", "cannot", "")


if __name__ == "__main__":
    print(json.dumps(_ask(Path(sys.argv[1]), int(sys.argv[2]))))
