"""A check that another version stored is said to be one, with the way out."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from checks.engine import check
from checks.pack import load
from corpus.corpus import Corpus
from corpus.saving import saving
from schemas.errors import CorpusError
from schemas.outcome import Outcome


def test_a_check_that_this_version_cannot_read_names_document_pack_and_the_way_out(
    tmp_path: Path, outcome: Callable[..., Outcome]
) -> None:
    taken = outcome("到2025年底，65%以上的乡村学校纳入城乡学校共同体。")
    id, pack = taken.documents[0].id, load("henan-2025")
    made = check(taken.documents[0], pack, today=date(2025, 11, 1))
    with Corpus.open(tmp_path / "home", create=True) as corpus:
        corpus.record([taken])
        corpus.record_checks([made])
    with sqlite3.connect(tmp_path / "home/corpus.sqlite") as connection:
        kept = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'runs'"
        for (trigger,) in connection.execute(kept).fetchall():  # another version was free to write what it likes
            connection.execute(f"DROP TRIGGER {trigger}")
        for table in ("checks", "runs"):
            (body,) = connection.execute(f"SELECT body FROM {table}").fetchone()
            later = json.dumps(json.loads(body) | {"of_a_later_version": 1})
            connection.execute(f"UPDATE {table} SET body = ?", [later])
        connection.execute("UPDATE runs SET body_sha256 = ?", [sha256(later.encode()).hexdigest()])
    connection.close()
    with Corpus.open(tmp_path / "home") as corpus:
        with pytest.raises(CorpusError) as raised:
            list(corpus.checks())
        for named in (id, pack.id, "of_a_later_version", "or a later one"):
            assert named in str(raised.value)
        with pytest.raises(CorpusError, match="of_a_later_version"):
            corpus.judged(id, pack.id)


def test_a_file_that_was_saved_may_be_read_by_others_and_half_a_file_is_never_found(tmp_path: Path) -> None:
    with saving(tmp_path / "new" / "plot.SVG") as file:
        assert file.suffix == ".svg"
        file.write_text("whole")
    plain = tmp_path / "plain"
    plain.touch()
    saved = tmp_path / "new" / "plot.SVG"
    assert stat.S_IMODE(saved.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    with pytest.raises(ZeroDivisionError), saving(saved) as file:
        file.write_text(f"half{1 // 0}")
    assert saved.read_text() == "whole"
    assert list(saved.parent.iterdir()) == [saved]
    with pytest.raises(CorpusError, match="cannot be written"), saving(plain / "below.csv"):
        pass
