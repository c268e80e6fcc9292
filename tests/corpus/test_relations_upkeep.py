"""When the relations of a corpus are made anew, and what is said when they cannot be."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.corpus import Corpus
from corpus.relations import upkeep
from schemas.errors import CorpusBusy, CorpusError
from schemas.outcome import Outcome

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
        assert upkeep.Upkeep(reader._open_store()).behind() == 0


def test_the_rules_themselves_are_the_version(tmp_path: Path) -> None:
    for name in ("schemas", "extractors", "corpus"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))

    def version() -> str:
        code = "from corpus.version import relations_version; print(relations_version())"
        ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
        return ran.stdout.strip()

    seen = [version()]
    for name in ("corpus/relations/keys.py", "corpus/relations/upkeep.py", "extractors/lexicons/citing.yaml"):
        path = tmp_path / name
        path.write_text(path.read_text("utf-8") + "\n# another rule\n", "utf-8")
        seen.append(version())
    assert len(set(seen)) == 4
    path = tmp_path / "corpus/relations/reading.py"  # what only asks makes no rows
    path.write_text(path.read_text("utf-8") + "\n# another question\n", "utf-8")
    assert version() == seen[-1]
