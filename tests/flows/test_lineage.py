"""Clauses are traced to the earlier document that has them, in either script; quotes are the originals."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opencc import OpenCC

from corpus.corpus import Corpus
from extractors.parse import parse
from flows.lineage import lineage
from schemas.document import Document
from schemas.lineage import Lineage
from schemas.outcome import Outcome, SourceFile

MOVING = "每学期从核心校选派骨干教师到成员校蹲点任教，同时安排成员校教师到核心校跟岗学习，双向往返，逐月登记。"
ADVICE = "县教研室按学科组织专家组进校听课评课，逐校形成问题清单和改进建议，限期整改并回访。"
READING = "各校共同建立流动书箱，每月更换一次，由家长志愿者登记借还，学期末公布阅读之星。"
MONEY = "专项经费由县财政统筹，用于教研活动、设备更新和教师交通补贴，任何学校不得挪用。"
FEW = 8
OWN = "利用两个学年让山区孩子就近读上有音乐、有美术、有科学课的小学，校车接送走教教师。"


def plan(county: str, day: str, *clauses: str, name: str | None = None) -> SourceFile:
    numbers = "一二三四五六七八九"
    lines = [f"{county}教育局关于印发城乡学校共同体建设工作方案的通知", "各中小学："]
    lines += [f"{numbers[place]}、第{numbers[place]}项工作\n{clause}" for place, clause in enumerate(clauses)]
    lines += [f"{county}教育局", day]
    return SourceFile(uri=name or f"{county}.txt", data="\n".join(line for line in lines if line).encode())


def kinds(result: Lineage) -> dict[str, str]:
    return {one.clause: one.kind for one in result.clauses if one.kind != "short"}


def quotes_are_original(result: Lineage, document: Document, corpus: Corpus) -> None:
    for clause in result.clauses:
        assert document.quote(clause.span) == clause.quote
        for passage in clause.passages:
            assert document.quote(passage.span) == passage.quote
            source = corpus.document(clause.source or "")
            assert source is not None
            assert source.quote(passage.source_span) == passage.source_quote
    if result.sources:
        main = corpus.document(result.sources[0].document)
        assert main is not None
        assert all(main.quote(one.span) == one.quote for one in result.dropped)


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(tmp_path / "home", create=True) as opened:
        yield opened


@pytest.fixture
def add(corpus: Corpus) -> Callable[[SourceFile], Document]:
    def record(file: SourceFile) -> Document:
        outcome = parse(file)
        assert isinstance(outcome, Outcome)
        corpus.record([outcome])
        return outcome.documents[0]

    return record


Add = Callable[[SourceFile], Document]


def test_a_clause_has_the_earlier_document_that_has_most_of_it(corpus: Corpus, add: Add) -> None:
    first = add(plan("青岚县", "2024年3月1日", MOVING, ADVICE, READING))
    later = add(plan("禾塬县", "2026年3月1日", MOVING, ADVICE, OWN))
    traced = add(plan("白芷县", "2025年3月1日", OWN, ADVICE.replace("限期整改并回访", "整改后再回访"), MOVING))
    result = lineage(corpus, traced)
    assert kinds(result) == {"一": "own", "二": "edited", "三": "copied"}
    assert {one.source for one in result.clauses} == {None, first.id}
    assert [one.document for one in result.sources] == [first.id]
    assert later.id not in [link.document for link in result.chain]
    assert [one.clause for one in result.dropped] == ["三"]
    assert READING in result.dropped[0].quote
    quotes_are_original(result, traced, corpus)


def test_a_source_in_the_other_script_and_another_province_is_found(corpus: Corpus, add: Add) -> None:
    convert = OpenCC("s2tw").convert
    source = plan("浙江省甲溪县", "2023年5月4日", MOVING, READING)
    first = add(SourceFile(uri="t.txt", data=convert(source.data.decode()).encode()))
    traced = add(plan("河南省白芷县", "2025年3月1日", MOVING, OWN))
    result = lineage(corpus, traced)
    assert kinds(result) == {"一": "copied", "二": "own"}
    assert result.sources[0].document == first.id
    (passage,) = [one for clause in result.clauses for one in clause.passages]
    assert "蹲點任教" in passage.source_quote
    assert "蹲点任教" in passage.quote
    quotes_are_original(result, traced, corpus)


def test_among_equals_the_earliest_is_the_source_and_the_undated_comes_last(corpus: Corpus, add: Add) -> None:
    add(plan("澄泉县", "", MOVING))
    second = add(plan("禾塬县", "2024年9月1日", MOVING))
    first = add(plan("青岚县", "2024年3月1日", MOVING))
    traced = add(plan("白芷县", "2025年3月1日", MOVING, OWN))
    result = lineage(corpus, traced)
    assert [one.document for one in result.sources] == [first.id]
    assert result.undated == 1
    assert result.compared == 3
    assert second.id not in {one.source for one in result.clauses}


def test_what_only_an_undated_document_has_comes_from_it_and_is_said_to_be_unsure(corpus: Corpus, add: Add) -> None:
    undated = add(plan("澄泉县", "", READING, MONEY))
    first = add(plan("青岚县", "2024年3月1日", MOVING))
    result = lineage(corpus, add(plan("白芷县", "2025年3月1日", MOVING, READING, MONEY)))
    assert [(one.document, one.order) for one in result.sources] == [(first.id, "earlier"), (undated.id, "unknown")]


def test_the_chain_goes_from_main_source_to_main_source_as_deep_as_asked(corpus: Corpus, add: Add) -> None:
    days = ["2021年3月1日", "2022年3月1日", "2023年3月1日", "2024年3月1日"]
    clauses = [MOVING, ADVICE, READING, MONEY]
    counties = ["青岚县", "禾塬县", "澄泉县", "白芷县"]
    # Each takes over what its predecessor alone wrote anew.
    documents = [
        add(plan(counties[n], days[n], *clauses[max(0, n - 1) : n + 1], OWN if n == 0 else "")) for n in range(4)
    ]
    result = lineage(corpus, documents[3], depth=5)
    assert [link.document for link in result.chain] == [documents[2].id, documents[1].id, documents[0].id]
    assert len(lineage(corpus, documents[3], depth=2).chain) == 2


def test_another_copy_of_the_same_document_is_no_source(corpus: Corpus, add: Add) -> None:
    first = add(plan("青岚县", "2024年3月1日", MOVING, ADVICE, name="a.txt"))
    again = plan("青岚县", "2024年3月1日", MOVING, ADVICE, name="b.txt")
    traced = add(SourceFile(uri="b.txt", data=again.data + "\n（此件公开发布）".encode()))
    result = lineage(corpus, traced)
    assert result.sources == []
    assert [one.document for one in result.copies] == [first.id]


def test_a_clause_of_a_document_that_shares_nothing_else_is_found_among_many_copies(corpus: Corpus, add: Add) -> None:
    """Sixty documents share more with the traced one than the one that its last clause comes from."""
    one = parse(plan("青岚县", "2023年3月1日", MOVING, ADVICE))
    assert isinstance(one, Outcome)
    copies = []
    for number in range(60):
        sha256 = f"{number:064d}"
        source = one.documents[0].source.model_copy(update={"sha256": sha256})
        copy = one.documents[0].model_copy(update={"id": f"{number:024d}", "source": source})
        copies.append(one.model_copy(update={"uri": f"{number}.txt", "sha256": sha256, "documents": [copy]}))
    corpus.record(copies)
    rare = add(plan("青岚县", "2024年3月1日", READING))
    first = add(plan("禾塬县", "2022年3月1日", MOVING, ADVICE))
    traced = add(plan("白芷县", "2025年3月1日", MOVING, ADVICE, READING))
    for looked_at in (20, 1000):  # by the index, and all
        result = lineage(corpus, traced, looked_at=looked_at)
        assert [one.source for one in result.clauses if READING in one.quote] == [rare.id]
        assert {one.source for one in result.clauses if MOVING in one.quote or ADVICE in one.quote} == {first.id}
        assert (result.compared, result.undated) == (62, 0)


def test_what_the_index_names_is_what_reading_every_text_finds(samples_home: Path) -> None:
    """The samples: plans that took over from notices and from each other, in both scripts."""
    with Corpus.open(samples_home, follows=False) as corpus:
        documents = list(corpus.documents())
        assert len(documents) > 2 * FEW
        sources = 0
        for document in documents[::2]:
            named, read = (lineage(corpus, document, 2, looked_at) for looked_at in (FEW, len(documents)))
            assert named == read
            sources += len(read.sources)
        assert sources > len(documents) / 2


def test_a_document_alone_is_all_its_own(corpus: Corpus, add: Add) -> None:
    result = lineage(corpus, add(plan("白芷县", "2025年3月1日", MOVING, OWN)))
    assert kinds(result) == {"一": "own", "二": "own"}
    assert (result.sources, result.chain, result.dropped, result.compared) == ([], [], [], 0)


@pytest.mark.slow
def test_the_cost_grows_with_the_documents(
    corpus: Corpus, add: Add, tmp_path: Path, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    chooser = random.Random(3)
    traced = add(plan("白芷县", "2025年3月1日", MOVING, OWN))
    corpora = {}
    for count in (40, 160):
        made = Corpus.open(tmp_path / str(count), create=True)
        outcomes = []
        for number in range(count):
            text = "".join(chr(chooser.randrange(0x4E00, 0x9000)) for _ in range(1000))
            document = traced.model_copy(update={"id": f"{number:024d}", "text": text, "spans": {}, "sections": []})
            source = document.source.model_copy(update={"sha256": f"{number:064d}"})
            document = document.model_copy(update={"source": source})
            outcomes.append(
                Outcome(
                    uri=f"{number}.txt", sha256=source.sha256, bytes=1, media_type="text/plain", documents=[document]
                )
            )
        made.record(outcomes)
        corpora[count] = made
    linear(lambda n: lineage(corpora[n], traced), 40)
    for made in corpora.values():
        made.close()


def test_when_and_by_whom_two_pages_were_put_up_is_no_clause_that_one_has_from_the_other(
    corpus: Corpus, add: Add
) -> None:
    def page(county: str, day: str, clause: str) -> Document:
        made = plan(county, day, clause)
        line = f"发布时间：{day} 09:30　来源：河南省教育厅网站政务公开栏目 浏览次数：0　字体：【大 中 小】"
        return add(SourceFile(uri=made.uri, data=f"{line}\n{made.data.decode()}".encode()))

    page("青岚县", "2024年3月1日", MOVING)
    later = page("云岫县", "2025年3月1日", OWN)
    result = lineage(corpus, later)
    assert not [one for one in result.clauses if "浏览次数" in one.quote]
    assert OWN in "".join(one.quote for one in result.clauses)
    assert not result.sources
