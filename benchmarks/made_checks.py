"""Checks plans of a made corpus, so that its matrix, findings and first page show something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from checks.engine import check
from checks.pack import builtin
from corpus.batch import Batch
from corpus.corpus import Corpus
from corpus.database import Database
from corpus.store import Store
from corpus.version import relations_version
from schemas.document import Document

PACK = "henan-2025"
_PORTION = 100


def check_some(home: Path, count: int) -> tuple[int, int]:
    """Checks ``count`` plans, those of the pack's province first, and records it; returns how many plans and findings.

    Made plans say little of what the pack asks: most findings are faults, of which a page shows most.
    """
    pack = next(one for one in builtin() if one.id == PACK)
    plans_checked = findings = 0
    with Corpus.open(home, write=True, extraction_version="made") as corpus:
        (province,) = pack.applies.provinces
        plans = islice(_plans(corpus, province), count)
        while portion := list(islice(plans, _PORTION)):
            made = [check(plan, pack, ignore_scope=True) for plan in portion]
            corpus.record_checks(made)
            plans_checked += len(made)
            findings += sum(len(one.findings) for one in made)
    return plans_checked, findings


def _plans(corpus: Corpus, province: str) -> Iterator[Document]:
    yield from corpus.documents(role="plan", province=province)
    yield from (one for one in corpus.documents(role="plan") if one.jurisdiction.province != province)


def without_relations(home: Path) -> None:
    """Says of a made corpus that its relations are derived: made documents cite nothing and answer nothing.

    Deriving them would find that in a quarter of an hour, and what is measured here is reading.
    """
    with closing(Store.open(Database.of(home))) as store:
        seq = store.changes.seq()
        with store.transaction() as connection:
            Batch(connection).put_meta(relations_seq=seq, relations_version=relations_version())
