"""How many of the sources that reading every text finds are found by the candidates of the index, and what both cost.

Among the made documents stand some that took paragraphs over: word for word, with some clauses written anew, with half of
them and single characters besides, and one paragraph that everybody of these has. Every one of them is traced in both ways.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from benchmarks.made_corpus import SEED, frequent_words, made
from benchmarks.made_store import fill
from corpus.corpus import Corpus
from flows.lineage import lineage
from schemas.document import Document
from schemas.outcome import Outcome

TRACED = 60
_TAKEN = 8
_CHANGES = ((0.0, 0.0), (0.25, 0.0), (0.4, 0.04))
"""How many clauses are written anew, and how many of the other characters are changed."""


@dataclass(slots=True)
class Measured:
    """``clauses`` and ``sources``: how many the full reading found, and how many of them the index did; seconds of processor
    time a step."""

    clauses: int = 0
    same_clauses: int = 0
    sources: int = 0
    same_sources: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    full: list[float] = field(default_factory=list)
    bounded: list[float] = field(default_factory=list)


def measure(count: int, traced: int = TRACED, full: bool = True) -> Measured:
    """Traces ``traced`` documents in a corpus of ``count`` made ones; without ``full`` by the index alone."""
    result = Measured()
    with tempfile.TemporaryDirectory(prefix="duzheng-bench-") as folder:
        home = Path(folder) / "home"
        fill(home, count)
        takers = [_taker(number, count) for number in range(traced)]
        with Corpus.open(home) as corpus:
            corpus.record(takers)
            for one in takers:
                (document,) = one.documents
                start = time.process_time()
                near = lineage(corpus, document, depth=1)
                result.bounded.append(time.process_time() - start)
                if not full:
                    continue
                start = time.process_time()
                whole = lineage(corpus, document, depth=1, looked_at=count + traced)
                result.full.append(time.process_time() - start)
                found = {one.document for one in near.sources}
                result.sources += len(whole.sources)
                result.same_sources += sum(one.document in found for one in whole.sources)
                for ours, theirs in zip(near.clauses, whole.clauses, strict=True):
                    if theirs.source:
                        result.clauses += 1
                        result.same_clauses += ours.source == theirs.source
                        result.kinds[theirs.kind] += 1
    return result


def _taker(number: int, count: int) -> Outcome:
    """A document that took paragraphs over from made ones, and one from a document that all of these took it from."""
    chance = random.Random(SEED + number)
    lines = [next(made(1, first=0)).paragraphs[0]]
    for _ in range(_TAKEN):
        paragraphs = next(made(1, first=chance.randrange(count))).paragraphs
        lines.append(_changed(chance, chance.choice(paragraphs), *chance.choice(_CHANGES)))
    lines += next(made(1, first=count + number)).paragraphs[:10]
    chance.shuffle(lines)
    base = next(made(1, first=count + number)).outcome()
    name = sha256(f"{SEED}/taker/{number}".encode()).hexdigest()
    text = "\n".join(lines)
    (document,) = base.documents
    changed: dict[str, object] = {
        "id": name[:16],
        "text": text,
        "signed_on": date(2026, 1, 1) + timedelta(days=number),
        "source": document.source.model_copy(update={"sha256": name, "uri": f"taker/{number}.txt"}),
    }
    documents: list[Document] = [document.model_copy(update=changed)]
    return base.model_copy(update={"uri": f"taker/{number}.txt", "sha256": name, "documents": documents})


@cache
def _frequent() -> list[str]:
    return frequent_words(2000)


def _changed(chance: random.Random, paragraph: str, anew: float, characters: float) -> str:
    words = _frequent()
    clauses = []
    for clause in paragraph.rstrip("。").split("，"):
        if chance.random() < anew:
            clauses.append("".join(chance.choices(words, k=6)))
        else:
            clauses.append("".join(chance.choice(words)[0] if chance.random() < characters else c for c in clause))
    return "，".join(clauses) + "。"
