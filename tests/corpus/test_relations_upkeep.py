"""When the relations of a corpus are made anew, and what is said when they cannot be."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import tables as t
from corpus.corpus import Corpus
from corpus.database import Database
from corpus.relations import candidates, upkeep
from corpus.relations.families import families
from corpus.relations.likeness import Comparison
from corpus.store import Store
from extractors.parse import parse
from schemas.errors import CorpusBusy, CorpusError
from schemas.outcome import Outcome, SourceFile

ROOT = Path(__file__).parents[2]


@pytest.fixture
def behind(tmp_path: Path, outcome: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus whose relations were made by other rules."""
    with Corpus.open(tmp_path / "home", create=True) as corpus:
        corpus.record([outcome("推进教共体建设")])
    monkeypatch.setattr(upkeep, "relations_version", lambda: "of today")
    return tmp_path / "home"


def test_relations_that_cannot_be_brought_up_to_date_are_not_shown_as_if_they_were(behind: Path) -> None:
    (behind / "writer.lock").unlink()
    (behind / "writer.lock").mkdir()  # the right to write cannot be had, and nobody else has it
    with Corpus.open(behind) as corpus, pytest.raises(CorpusError, match="cannot be written") as raised:
        corpus.relations()
    assert not isinstance(raised.value, CorpusBusy)


def test_while_another_process_writes_they_are_shown_as_they_are(behind: Path) -> None:
    with Corpus.open(behind, write=True), Corpus.open(behind) as reader:
        assert reader.relations().duplicates() == []
    with Corpus.open(behind) as reader:
        reader.relations()
        assert upkeep.Upkeep(reader._held.store()).behind() == 0


def test_the_rules_themselves_are_the_version(tmp_path: Path) -> None:
    for name in ("schemas", "extractors", "corpus"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))

    def version() -> str:
        code = "from corpus.version import relations_version; print(relations_version())"
        ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
        return ran.stdout.strip()

    seen = [version()]
    for name in ("corpus/relations/candidates.py", "corpus/relations/upkeep.py", "extractors/lexicons/citing.yaml"):
        path = tmp_path / name
        path.write_text(path.read_text("utf-8") + "\n# another rule\n", "utf-8")
        seen.append(version())
    assert len(set(seen)) == 4
    path = tmp_path / "corpus/relations/reading.py"  # what only asks makes no rows
    path.write_text(path.read_text("utf-8") + "\n# another question\n", "utf-8")
    assert version() == seen[-1]


# Many alike


def _form(number: int) -> Outcome:
    """A form that a school of one county handed in: all alike except for a figure in the middle."""
    body = "".join(
        f"{place}、围绕{about}开展工作，形成台账，做到过程有记录、结果有反馈，每学期末由学校汇总后报县教育局审核备案。\n"
        for place, about in zip("一二三四五六", ("教学", "教研", "交流", "经费", "督导", "宣传"), strict=True)
    )
    half = len(body) // 2
    text = f"青岚县教育局关于报送材料的通知\n{body[:half]}本校参加教师{number}人次。{body[half:]}"
    return parse(SourceFile(f"材料/{number}.txt", text.encode()))


def _recorded(batches: Sequence[Sequence[Outcome]]) -> tuple[object, int]:
    """Every pair that is stored, and how many of the documents hang together as one family."""
    with TemporaryDirectory() as home:
        store = Store.open(Database.of(Path(home)), create=True)
        try:
            for batch in batches:
                store.files.record(batch, "1")
                upkeep.Upkeep(store).catch_up()
            with store.snapshot() as connection:
                pairs = connection.execute(sa.select(t.relation_pairs)).all()
                ids = [one.documents[0].id for batch in batches for one in batch]
                return sorted(map(tuple, pairs)), len(families(connection, ids)[ids[0]])
        finally:
            store.close()


FORMS = [_form(number) for number in range(100, 109)]
_forms_at_once = cache(lambda: _recorded([FORMS]))


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(len(FORMS))), st.sets(st.integers(1, len(FORMS) - 1), max_size=6))
def test_who_stands_for_a_crowd_does_not_depend_on_the_order_of_arrival(order: Sequence[int], cuts: set[int]) -> None:
    stops = [0, *sorted(cuts), len(FORMS)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "FEW", 2)
        patch.setattr(candidates, "MANY", 4)
        patch.setattr(candidates, "STANDING", 1)
        shuffled = _recorded([[FORMS[place] for place in order[first:last]] for first, last in pairwise(stops)])
        at_once = _forms_at_once()
    assert shuffled == at_once
    assert at_once[1] == len(FORMS)  # though not every pair was looked at, they are known as one family
    assert len(at_once[0]) < len(FORMS) * (len(FORMS) - 1) / 2  # type: ignore[arg-type]


def test_one_more_of_many_alike_is_compared_with_few(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[object] = []

    def counted(*texts: Any) -> Comparison:
        compared.append(texts)
        return Comparison(*texts)

    monkeypatch.setattr(upkeep, "Comparison", counted)
    monkeypatch.setattr(candidates, "FEW", 3)
    monkeypatch.setattr(candidates, "MANY", 10)
    forms = [_form(number) for number in range(100, 150)]
    _recorded([forms[:25]])
    of_25 = len(compared)
    compared.clear()
    _recorded([forms])
    assert len(compared) < 3 * of_25  # every pair of fifty is four times every pair of 25, and more


def test_forms_that_many_schools_filled_in_cost_the_same_each(
    linear: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "FEW", 2)
    monkeypatch.setattr(candidates, "MANY", 8)
    forms = [_form(number) for number in range(1000, 1080)]
    linear(lambda count: _recorded([forms[first : first + 20] for first in range(0, count, 20)]), len(forms) // 4)
