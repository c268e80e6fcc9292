"""A document that its source no longer lists stays, and whoever meets it is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from corpus.corpus import Corpus
from corpus.sources import ItemFile, Look
from duzheng.cli import app
from extractors.parse import parse
from schemas.fetching import Listed
from schemas.outcome import SourceFile

TEXT = "云汀县教育局关于开展结对帮扶的通知\n各学校：\n每学期至少开展2次教研活动。\n"
URL = "https://jyj.yunting.gov.cn/1.txt"


def test_show_relations_and_search_say_that_a_document_was_taken_off_its_site(tmp_path: Path) -> None:
    outcome = parse(SourceFile(URL, TEXT.encode()))
    id = outcome.documents[0].id

    def told() -> list[bool]:
        ran = [["show", id], ["relations", id], ["search", "结对帮扶"], ["search", "结对帮扶", "--format", "json"]]
        results = [CliRunner().invoke(app, [*words, "--home", str(tmp_path)]) for words in ran]
        assert [result.exit_code for result in results] == [0] * 4
        marks = ["来源已撤下"] * 3 + ['"gone_since":"20']
        return [mark in result.output for mark, result in zip(marks, results, strict=True)]

    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([outcome])
        file, book = ItemFile(URL, URL, outcome.sha256), corpus.sources
        for source in ("county", "city"):
            book.seen(source, [Listed(URL)])
            book.looked(source, [Look(Listed(URL), outcome.sha256, "k", (file,), "d", False)], [])
        book.gone("county", [URL])
        assert corpus.withdrawn([id]) == {}  # the city still lists it
        assert corpus.relations().of(id, date(2026, 1, 1)).gone_since is None
    assert told() == [False] * 4
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.sources.gone("city", [URL])
    assert told() == [True] * 4
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.sources.seen("county", [Listed(URL)])
    assert told() == [False] * 4
