"""Answers that one process of a server made and another shows."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from corpus.handed import FOLDER, LONGEST, MOST, hand_over, handed
from schemas.document import Model


class Answer(Model):
    said: str


def test_an_answer_is_found_by_its_key_and_by_no_other(tmp_path: Path) -> None:
    key = hand_over(tmp_path, Answer(said="一"))
    assert handed(tmp_path, key, Answer) == Answer(said="一")
    for other in ("", "0" * 24, "../" + key, key + "\n", key.upper() if key.upper() != key else "x"):
        assert handed(tmp_path, other, Answer) is None


def test_a_damaged_answer_is_none(tmp_path: Path) -> None:
    key = hand_over(tmp_path, Answer(said="一"))
    (tmp_path / FOLDER / f"{key}.json").write_text('{"said"')
    assert handed(tmp_path, key, Answer) is None


def test_the_oldest_answers_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus import handed as module

    monkeypatch.setattr(module, "MOST", 3)
    keys = []
    for number in range(5):
        keys.append(hand_over(tmp_path, Answer(said=str(number))))
        os.utime(tmp_path / FOLDER / f"{keys[-1]}.json", (time.time() - 100 + number,) * 2)
    hand_over(tmp_path, Answer(said="last"))
    assert [handed(tmp_path, key, Answer) is not None for key in keys] == [False, False, False, True, True]
    assert MOST > 3


def test_an_answer_of_yesterday_is_forgotten(tmp_path: Path) -> None:
    key = hand_over(tmp_path, Answer(said="old"))
    os.utime(tmp_path / FOLDER / f"{key}.json", (time.time() - LONGEST - 1,) * 2)
    hand_over(tmp_path, Answer(said="new"))
    assert handed(tmp_path, key, Answer) is None
