"""How well searches rank: judged queries against ours and against SQLite's full text search, on the same documents.

The judgements (``judged/*.yaml``) were made by reading the documents. SQLite gets our folded text and folded queries, so
that it meets no script it does not know, the title as a column of its own with the weight that ours has, and of every way
to ask it the one that comes out best on the whole.
"""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Any

import yaml

from corpus.corpus import Corpus
from extractors.bundles import group
from extractors.fold import fold
from extractors.parse import parse
from schemas.document import Document, Source
from schemas.outcome import Outcome, SourceFile

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
JUDGED = Path(__file__).parent / "judged"
DEEP = 10
"""How many hits are looked at: nDCG@10."""
_TITLE = 3.0

Engine = Callable[[str], Sequence[str]]
"""The names of the documents found for a query, best first."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A query with what it should find: 2 or 1 by the name of a document; all others are 0."""

    kind: str
    query: str
    relevance: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by name, and the queries judged over them."""

    documents: Mapping[str, Document]
    judged: Sequence[Judged]


def ndcg(found: Sequence[str], relevance: Mapping[str, int], deep: int = DEEP) -> float:
    """Normalised discounted cumulative gain of the first ``deep`` of ``found``: 1 is the best order possible.

    The gain of a document is 2^relevance - 1, its discount log2(1 + rank) (Järvelin and Kekäläinen 2002, in the form that
    trec_eval and most reading sets use).
    """
    gained = sum(_gain(relevance.get(name, 0), rank) for rank, name in enumerate(found[:deep]))
    best = sum(_gain(grade, rank) for rank, grade in enumerate(sorted(relevance.values(), reverse=True)[:deep]))
    return gained / best if best else 0.0


def _gain(grade: int, rank: int) -> float:
    return (2**grade - 1) / math.log2(rank + 2)


def scores(engine: Engine, judged: Sequence[Judged]) -> dict[str, float]:
    """The mean nDCG@10 by kind, and over all queries as ``whole``."""
    each = [(one.kind, ndcg(engine(one.query), one.relevance)) for one in judged]
    kinds = {kind: fmean(value for k, value in each if k == kind) for kind in dict.fromkeys(k for k, _ in each)}
    return kinds | {"whole": fmean(value for _, value in each)}


# Collections


@cache
def samples() -> Collection:
    """The demonstration corpus and its queries."""
    given = _load("samples")
    return Collection({name: _sample(place) for name, place in given["documents"].items()}, list(_queries(given)))


@cache
def passages() -> Collection:
    """Every paragraph of the demonstration corpus as a document with the title of its document, and questions to them."""
    documents: dict[str, Document] = {}
    for name, document in samples().documents.items():
        for number, line in enumerate(document.text.split("\n")):
            if len(text := line.strip()) >= 10:
                documents[f"{name}/{number}"] = _passage(document, text)
    judged = []
    for question, (name, answer) in _load("passages").items():
        right = {key: 2 for key, one in documents.items() if key.startswith(f"{name}/") and answer in one.text}
        assert right, f"no paragraph of {name} holds {answer}"
        judged.append(Judged("question", question, right))
    return Collection(documents, judged)


def gold_folder() -> Path | None:
    """The folder of real documents that queries were judged over, where there is one."""
    folder = Path(os.environ.get("DUZHENG_GOLD", ROOT.parent / "shared" / "gold")) / "documents"
    return folder if folder.is_dir() else None


@cache
def gold(folder: Path) -> Collection:
    """The real documents in ``folder`` together with the demonstration corpus, and the queries to them."""
    given = _load("gold")
    read = {
        file: parse(SourceFile(uri=file, data=(folder / file).read_bytes()), []).documents
        for file in {file for file, _ in given["documents"].values()}
    }
    real = {name: read[file][place] for name, (file, place) in given["documents"].items()}
    return Collection(real | dict(samples().documents), list(_queries(given)))


@cache
def _load(name: str) -> Any:
    return yaml.safe_load((JUDGED / f"{name}.yaml").read_text(encoding="utf-8"))


def _queries(given: Mapping[str, Any]) -> Iterator[Judged]:
    for kind, queries in given["queries"].items():
        for query, relevance in queries.items():
            unknown = set(relevance) - set(given["documents"]) - set(_load("samples")["documents"])
            assert relevance, f"{query}: nothing is relevant"
            assert not unknown, f"{query}: there is no {unknown}"
            yield Judged(kind, query, relevance)


def _sample(place: str) -> Document:
    path = SAMPLES / place
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.is_file())
    (one,) = group(files)
    main, *beside = (SourceFile(uri=str(p), data=p.read_bytes()) for p in (one.main, *one.attachments))
    return parse(main, beside).documents[0]


def _passage(document: Document, text: str) -> Document:
    data = text.encode()
    name = sha256(data + document.id.encode()).hexdigest()
    source = Source(uri=document.source.uri, media_type="text/plain", sha256=name, bytes=len(data), index=0)
    return Document(
        id=name[:16], source=source, text=text, title=document.title, script=document.script, variant=document.variant
    )


# Engines


def ours(folder: Path, collection: Collection) -> Corpus:
    """A corpus in ``folder`` that holds the collection; close it when done."""
    corpus = Corpus.open(folder, create=True)
    corpus.record(
        [
            Outcome(
                uri=one.source.uri, sha256=sha256(one.id.encode()).hexdigest(), bytes=one.source.bytes,
                media_type=one.source.media_type, documents=[_alone(one)],
            )
            for one in collection.documents.values()
        ]
    )  # fmt: skip
    return corpus


def our_engine(corpus: Corpus, collection: Collection) -> Engine:
    """Our search, by the names of the collection."""
    names = {document.id: name for name, document in collection.documents.items()}
    return lambda query: [names[hit.document] for hit in corpus.search(query, limit=DEEP).hits]


def _alone(document: Document) -> Document:
    """The document as if it were the only one of its file: several of one file are recorded one by one here."""
    name = sha256(document.id.encode()).hexdigest()
    return document.model_copy(update={"source": document.source.model_copy(update={"sha256": name, "index": 0})})


def rivals(collection: Collection) -> dict[str, dict[str, Engine]]:
    """SQLite's engines by tokenizer, each with the ways to ask it."""
    trigram = _Fts(collection, "trigram", lambda text: text)
    words = _Fts(collection, "unicode61", lambda text: " ".join(_cut(text)))
    return {
        "FTS5 trigram": {
            "wordings": lambda q: trigram(" AND ".join(_quoted(fold(q).split()))),
            "any three characters": lambda q: trigram(" OR ".join(_quoted(_threes(fold(q))))),
        },
        "FTS5 jieba": {
            "all words": lambda q: words(" AND ".join(_quoted(_cut(fold(q))))),
            "any word": lambda q: words(" OR ".join(_quoted(_cut(fold(q))))),
        },
    }


def best(engines: Mapping[str, Engine], judged: Sequence[Judged]) -> tuple[str, dict[str, float]]:
    """The way to ask that is best on the whole, with its scores."""
    scored = {way: scores(engine, judged) for way, engine in engines.items()}
    way = max(scored, key=lambda one: scored[one]["whole"])
    return way, scored[way]


class _Fts:
    def __init__(self, collection: Collection, tokenizer: str, prepared: Callable[[str], str]) -> None:
        self.names = list(collection.documents)
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute(f"CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='{tokenizer}')")
        rows = [(prepared(fold(one.title or "")), prepared(fold(one.text))) for one in collection.documents.values()]
        self.connection.executemany("INSERT INTO t (title, body) VALUES (?, ?)", rows)

    def __call__(self, query: str) -> list[str]:
        if not query:
            return []
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(
                f"SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t, {_TITLE}, 1.0) LIMIT {DEEP}", (query,)
            )
            return [self.names[rowid - 1] for (rowid,) in cursor]


def _cut(text: str) -> list[str]:
    import jieba

    jieba.setLogLevel("ERROR")
    return [word for word in jieba.cut_for_search(text) if word.strip() and any(c.isalnum() for c in word)]


def _threes(text: str) -> list[str]:
    text = "".join(text.split())
    return list(dict.fromkeys(text[i : i + 3] for i in range(len(text) - 2)))


def _quoted(words: Sequence[str]) -> list[str]:
    return ['"{}"'.format(word.replace('"', '""')) for word in words if word.strip()]
