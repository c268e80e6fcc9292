"""What is listed as newly received is new: a file that is merely sent again is not."""

from __future__ import annotations

from pathlib import Path

import pytest

import corpus.newest as newest
from corpus.corpus import Corpus
from extractors.parse import parse
from schemas.outcome import SourceFile


def _take_in(corpus: Corpus, uri: str, county: str, year: int = 2025) -> str:
    text = f"{county}教育局关于印发城乡学校共同体建设方案的通知\n各中小学：\n请认真贯彻执行。\n{year}年10月20日\n"
    data = text.encode()
    outcome = parse(SourceFile(uri, data))
    corpus.keep(data)
    corpus.record([outcome])
    return outcome.documents[0].id


def test_a_file_that_is_sent_again_is_not_listed_as_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest, "_PORTION", 2)
    with Corpus.open(tmp_path / "home", create=True) as corpus:
        first, second, third = (_take_in(corpus, f"{name}.txt", f"{name}县") for name in ("甲", "乙", "丙"))
        for uri in ("甲.txt", "重报/甲.txt"):
            assert _take_in(corpus, uri, "甲县") == first
            assert [row.id for row in corpus.newest(8)] == [third, second, first]
        revised = _take_in(corpus, "乙.txt", "乙县", 2026)
        assert [row.id for row in corpus.newest(8)] == [revised, third, first], "what replaces a file is new"
        assert [row.id for row in corpus.newest(1)] == [revised]
        _take_in(corpus, "乙.txt", "乙县")
        assert [row.id for row in corpus.newest(8)] == [third, second, first], "and the old file, put back, is not"
