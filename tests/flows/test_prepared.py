"""What the corpus needs of a document is made by the worker that reads it; the corpus is the same as without it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import sqlalchemy as sa

from corpus import tables as t
from corpus.corpus import Corpus
from corpus.database import Database
from corpus.entry import Entry
from corpus.index import SearchIndex
from corpus.prepared import NOTHING, Prepared, key_of, packed, prepare, unpacked
from corpus.store import Store
from flows import pool as pools
from flows.pool import Limits, Pool, Work
from schemas.document import Document, Source
from schemas.outcome import Outcome, SourceFile

_TEXTS = {
    "通知.txt": "甲县教育局关于印发城乡学校共同体建设实施方案的通知\n甲教〔2025〕3号\n各学校：\n"
    "根据《乙省教育厅关于推进城乡教育共同体的意见》（乙教〔2024〕1号），现将方案印发给你们。\n"
    "本通知自2025年9月1日起施行，有效期3年。原《甲县教育局关于结对帮扶的通知》同时废止。\n甲县教育局\n2025年8月20日\n",
    "轉發.txt": "關於轉發《乙省教育廳關於推進城鄉教育共同體的意見》的通知\n各學校：\n請認真貫徹落實，專案推進。\n",
    "空.txt": "一",
}


_SOURCE = Source(uri="a", sha256="0" * 64, media_type="text/plain", bytes=1)

Read = list[tuple[Outcome, dict[str, Prepared]]]


def _read(prepares: bool) -> Read:
    works = [Work(SourceFile(name, text.encode())) for name, text in _TEXTS.items()]
    with Pool(Limits(workers=1)) as pool:
        if prepares:
            return [(outcome, dict(made)) for outcome, made in pool.prepared(works)]
        return [(outcome, {}) for outcome in pool.read(works)]


@pytest.fixture(scope="module")
def both() -> tuple[Read, Read]:
    return _read(True), _read(False)


def test_workers_prepare_every_document_and_only_for_those_who_ask(both: tuple[Read, Read]) -> None:
    with_it, without = both
    assert [outcome for outcome, _ in with_it] == [outcome for outcome, _ in without]
    for outcome, made in with_it:
        assert set(made) == {key_of(one.model_dump_json()) for one in outcome.documents} != set()


def test_a_corpus_is_the_same_with_it_and_without(
    both: tuple[Read, Read], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [outcome for outcome, _ in both[0]]
    prepared = {key: one for _, made in both[0] for key, one in made.items()}
    entries: dict[str, list[Entry]] = {"with": [], "without": []}
    put = SearchIndex.put
    for name, given in (("with", prepared), ("without", None)):

        def noted(index: SearchIndex, one: Entry, to: list[Entry] = entries[name]) -> None:
            to.append(one)
            put(index, one)

        monkeypatch.setattr(SearchIndex, "put", noted)
        with Corpus.open(tmp_path / name, create=True) as opened:
            if given is not None:  # nothing is made a second time
                monkeypatch.setattr("corpus.entry.cut", _never)
                monkeypatch.setattr("corpus.relations.upkeep.alone", _never)
            opened.record(outcomes, prepared=given)
            monkeypatch.undo()
    assert entries["with"] == entries["without"] != []
    assert _derived(tmp_path / "with") == _derived(tmp_path / "without")


def test_what_was_prepared_of_another_state_of_a_document_is_not_used(tmp_path: Path) -> None:
    document = Document(id="1", title="旧题", text="旧题\n正文", script="Hans", variant="mainland", source=_SOURCE)
    made = {one.key: one for one in prepare([document])}
    changed = document.model_copy(update={"title": "新题"})
    outcome = Outcome(uri="a", sha256="0" * 64, bytes=1, media_type="text/plain", documents=[changed])
    with Corpus.open(tmp_path / "home", create=True) as opened:
        opened.record([outcome], prepared=made)
        assert [hit.title for hit in opened.search("title:新题").hits] == ["新题"]


def test_what_a_worker_says_is_looked_at_and_made_anew_where_it_does_not_hold() -> None:
    document = Document(id="1", text="正文", script="Hans", variant="mainland", source=_SOURCE)
    (one,) = prepare([document])
    assert unpacked(packed([one])) == {one.key: one}
    too_great = dataclasses.replace(one, alone=dataclasses.replace(one.alone, sketch=[1 << 70]))
    for line in (b"[1]", b"", b"{", packed([too_great]), packed([one]).replace(b'"words":', b'"word":')):
        assert pools.unprepared(line) == NOTHING


def test_a_document_that_json_cannot_say_is_prepared_by_whoever_records_it() -> None:
    document = Document(id="1", text="坏\ud800字", script="Hans", variant="mainland", source=_SOURCE)
    outcome = Outcome(uri="a", sha256="0" * 64, bytes=1, media_type="text/plain", documents=[document])
    assert pools.prepared(outcome) == b""


def _never(*_: object) -> object:
    raise AssertionError("made a second time")


def _derived(home: Path) -> dict[str, list[tuple[object, ...]]]:
    store = Store.open(Database.of(home))
    try:
        with store.snapshot() as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
                for table in t.DERIVED
            }
    finally:
        store.close()
