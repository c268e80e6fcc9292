"""Search over a made corpus of any size: how long building and asking take, and what SQLite FTS5 and PostgreSQL take.

Everything in one run on the same documents, so that the ratios hold whatever the machine is doing; every time is given by
the processor (of all threads) and by the clock, which on a machine that others use says less. Asking happens in a process
of its own, which opens the corpus as a user's would and whose memory is measured; each question is another word.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.made_corpus import SEED, formulas, frequent_words, made
from benchmarks.made_store import fill
from benchmarks.search_rivals import Fts5, PostgreSql, Question, Rival, RivalError, rows

_CUT_BYTES = 2_000_000
"""Pure Python jieba cuts so much of the text; its time is scaled to the whole."""
_ADDED = 100
_PATIENCE = 15.0
"""Seconds that another engine gets for the questions of one kind; what it has not answered by then is not asked."""
KINDS = ("word", "rare word", "or", "and", "phrase", "filtered", "by date", "all facets")

Line = Callable[[str, str, str], None]
"""Prints what was measured, the value, and what belongs to it."""

Took = tuple[float, float]
"""Seconds of the processor and of the clock."""


def measure(folder: Path, documents: int, line: Line, questions: int = 100, rivals: bool = True) -> None:
    """Makes the corpus in ``folder``, measures, and prints each figure with what it must be; ``questions`` of every kind."""
    home = folder / "home"
    paragraphs, size = fill(home, documents)
    line("search, made corpus", f"{documents} documents", f"{paragraphs} paragraphs, {size / 1e6:.1f} MB")
    _build(home, size, line)
    # Made here: what they are made of takes more memory than searching does.
    asked = json.dumps({kind: [asdict(one) for one in questions_of(kind, questions)] for kind in KINDS})
    command = [sys.executable, "-m", "benchmarks.search_scale", str(home)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, input=asked).stdout)
    detail = f"{answer['own']:.0f} MB its own, the rest pages of the index; bar 300"
    line("  memory of a searching process", f"{answer['memory']:.0f} MB", detail)
    line("  first search of a process", _shown([answer["first"]]), "dictionaries loaded")
    for kind, times in answer["times"].items():
        found = answer["totals"][kind] / len(times)
        line(f"  {kind}", _shown(times), f"{_tails(times)}; bars 10 and 60; {found:.0f} found")
    _added(home, documents, line)
    if rivals:
        for rival in (
            Fts5(folder / "trigram.sqlite", "trigram"),
            Fts5(folder / "words.sqlite", "words"),
            PostgreSql(folder),
        ):
            try:
                _rivalry(rival, home, size, questions, answer["times"], line)
            except RivalError as error:
                line(f"  {rival.name}", "not measured", str(error))


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


def _build(home: Path, size: int, line: Line) -> None:
    from corpus.corpus import Corpus

    # Straight after each other, so that both have the machine in the same state.
    cut = _jieba(home, size)
    with Corpus.open(home, extraction_version="made") as corpus:
        built = _time(partial(corpus.search, "教育"))
    again = _jieba(home, size)
    cut = ((cut[0] + again[0]) / 2, (cut[1] + again[1]) / 2)
    share = min(1.0, _CUT_BYTES / size)
    line("  index built", f"{built[0]:.1f} s", f"{built[1]:.1f} s by the clock; from the store, segmentation included")
    detail = f"{cut[1]:.1f} s by the clock; scaled from {share:.0%} of the text, cut before and after"
    line("  jieba.cut alone", f"{cut[0]:.1f} s", detail)
    detail = f"{built[1] / cut[1]:.2f} by the clock; bar 0.33"
    line("  build against jieba alone", f"{built[0] / cut[0]:.2f} times", detail)
    index = sum(path.stat().st_size for path in (home / "index").iterdir())
    line("  index against text", f"{index / size:.2f} times", f"{index / 1e6:.1f} MB; bar 1")


def _jieba(home: Path, size: int) -> Took:
    """How long ``jieba.cut`` takes for the whole text, reckoned from the first of it."""
    import jieba

    jieba.setLogLevel("ERROR")
    jieba.initialize()
    done, processor, clock = 0, 0.0, 0.0
    for row in rows(home):
        text = str(row[-1])
        taken = _time(partial(list, jieba.cut(text)))
        done, processor, clock = done + len(text.encode()), processor + taken[0], clock + taken[1]
        if done > _CUT_BYTES:
            break
    return processor * size / done, clock * size / done


def _added(home: Path, documents: int, line: Line) -> None:
    from corpus.corpus import Corpus
    from corpus.database import Database
    from corpus.store import Store

    new = [one.outcome() for one in made(_ADDED, first=documents)]
    title = new[-1].documents[0].title or ""
    with Corpus.open(home, extraction_version="made") as corpus, closing(Store.open(Database.of(home))) as store:
        corpus.search("教育")

        def add() -> None:
            # As ``Corpus.record`` does, without the relations, which follow when the documents can be found.
            store.files.record(new, "made")
            if not any(hit.title == title for hit in corpus.search(f'title:"{title}"').hits):
                raise RuntimeError("a document that was recorded is not found")

        processor, clock = _time(add)
    line(f"  {_ADDED} documents added, found after", f"{processor:.2f} s", f"{clock:.2f} s by the clock; bar 1")


def _rivalry(rival: Rival, home: Path, size: int, questions: int, ours: dict[str, list[Took]], line: Line) -> None:
    with rival:
        _, clock = _time(lambda: rival.build(rows(home)))
        line(f"  {rival.name}: build", f"{clock:.1f} s", f"by the clock; index {rival.size() / size:.2f} of the text")
        for kind in KINDS:
            asked = [one for one in questions_of(kind, questions) if rival.can(one)]
            times: list[Took] = []
            begin = time.monotonic()
            for one in asked:
                times.append(_time(partial(rival.ask, one)))
                if time.monotonic() - begin > _PATIENCE:
                    break
            if not times:
                line(f"    {kind}", "cannot", "")
                continue
            ratio = _median(times, 1) / _median(ours[kind], 1)
            detail = f"{_median(times, 1):.1f} ms, 99th percentile {_tail(times, 1):.1f} ms of {len(times)} questions"
            line(f"    {kind}", f"{ratio:.1f} times ours", f"{detail}, by the clock")


def _processor() -> float:
    """Seconds of the processor, those of processes that have ended with them: a build has one that makes entries."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _time(call: Callable[[], object]) -> Took:
    processor, clock = _processor(), time.perf_counter()
    call()
    return _processor() - processor, time.perf_counter() - clock


def _ask(home: Path, asked: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """In the searching process: every question once, hits with their snippets and all."""
    from corpus.corpus import Corpus

    times: dict[str, list[Took]] = {}
    totals: dict[str, int] = {}
    with Corpus.open(home, extraction_version="made") as corpus:
        first = _time(lambda: corpus.search("学校"))
        for kind, questions in asked.items():
            times[kind], totals[kind] = [], 0
            for one in (Question(**fields) for fields in questions):
                how: dict[str, Any] = {"facets": None if one.facets else (), **one.filters}
                how["sort"] = "date" if one.by_date else "relevance"
                ask = partial(corpus.search, one.typed(), strict=True, **how)
                times[kind].append(_time(ask))
                totals[kind] += ask().total
    with Path("/proc/self/status").open(encoding="ascii") as status:
        memory = {
            row.split(":")[0]: int(row.split()[1]) / 1024 for row in status if row.startswith(("VmHWM", "RssAnon"))
        }
    measured = {"memory": memory.get("VmHWM", 0.0), "own": memory.get("RssAnon", 0.0)}
    return {"times": times, "totals": totals, "first": first, **measured}


def _median(times: list[Took], which: int) -> float:
    """In milliseconds, of the processor's (0) or the clock's (1)."""
    return statistics.median(one[which] for one in times) * 1e3


def _tail(times: list[Took], which: int) -> float:
    """The 99th percentile in milliseconds: of a hundred times the second longest."""
    ordered = sorted(one[which] for one in times)
    return ordered[-1 - len(ordered) // 100] * 1e3


def _shown(times: list[Took]) -> str:
    return f"{_median(times, 0):.1f} ms"


def _tails(times: list[Took]) -> str:
    processor = f"99th percentile {_tail(times, 0):.1f} ms"
    return f"{processor}; by the clock {_median(times, 1):.1f} and {_tail(times, 1):.1f} ms"


if __name__ == "__main__":
    print(json.dumps(_ask(Path(sys.argv[1]), json.load(sys.stdin))))
