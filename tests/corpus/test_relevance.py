"""How well searches rank, held against judgements that were made by reading: ours ahead of SQLite's full text search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import relevance
from benchmarks.relevance import (
    Collection,
    best,
    gold,
    gold_folder,
    ndcg,
    our_engine,
    ours,
    passages,
    rivals,
    samples,
    scores,
)

_ENOUGH = 0.9


def _compared(collection: Collection, folder: Path) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    with ours(folder, collection) as corpus:
        mine = scores(our_engine(corpus, collection), collection.judged)
    return mine, {name: best(ways, collection.judged)[1] for name, ways in rivals(collection).items()}


def test_there_are_judged_queries_of_every_kind() -> None:
    kinds = {one.kind for one in samples().judged}
    assert kinds == {
        "number", "title", "concept", "synonym", "script", "two_characters", "one_character", "sentence", "misspelt",
    }  # fmt: skip
    assert len(samples().judged) >= 90
    assert len(passages().judged) >= 30
    assert all(set(one.relevance.values()) <= {1, 2} for one in (*samples().judged, *passages().judged))


@pytest.mark.slow
@pytest.mark.parametrize("collection", [samples, passages], ids=["documents", "paragraphs"])
def test_the_judged_queries_are_answered_well_and_better_than_by_sqlite(
    collection: Callable[[], Collection], tmp_path: Path
) -> None:
    mine, others = _compared(collection(), tmp_path / "home")
    assert mine["whole"] >= _ENOUGH
    assert all(value >= _ENOUGH for value in mine.values()), mine
    for name, theirs in others.items():
        assert mine["whole"] > theirs["whole"], name


@pytest.mark.slow
@pytest.mark.skipif(gold_folder() is None, reason="the real documents are not beside the checkout")
def test_real_documents_are_found_as_well(tmp_path: Path) -> None:
    folder = gold_folder()
    assert folder is not None
    mine, others = _compared(gold(folder), tmp_path / "home")
    assert mine["whole"] >= _ENOUGH
    for name, theirs in others.items():
        assert mine["whole"] > theirs["whole"], name


def test_the_measure_is_the_usual_one() -> None:
    assert ndcg(["a", "b"], {"a": 2, "b": 1}) == 1
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 3 / 1.5849625) / (3 + 1 / 1.5849625))
    assert ndcg(["c"], {"a": 2}) == 0
    assert ndcg(["x"] * relevance.DEEP + ["a"], {"a": 2}) == 0
