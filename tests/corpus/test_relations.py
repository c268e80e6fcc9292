"""How documents of a corpus stand to each other: versions, copies, citations, force; on SQLite and on PostgreSQL."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import pairwise, permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.corpus import Corpus
from corpus.database import Database
from corpus.relations import upkeep
from corpus.relations.likeness import Comparison
from corpus.relations.reading import Reader
from corpus.store import Store
from extractors.parse import parse
from schemas.errors import CorpusError
from schemas.outcome import Outcome, SourceFile
from schemas.relations import Relations

TODAY = date(2026, 1, 1)
_TO_TRADITIONAL = opencc.OpenCC("s2t").convert
SITE = "https://jyj.qinglan.gov.cn/2024/{}.txt"

NOTICE = """河南省教育厅关于推进城乡学校共同体建设的指导意见
豫教基〔2023〕12号
各省辖市教育局：
为办好乡村学校，现就推进城乡学校共同体建设提出以下意见。
一、各地要在县域内统筹安排城区学校与乡村学校结成共同体，由城区学校派出骨干教师到乡村学校任教。
二、共同体内实行教学计划统一、教研活动统一、质量监测统一，每学期开展联合教研。
三、各地要把共同体建设列入年度工作要点，按月报告进展，按学年总结经验。
河南省教育厅
2023年3月1日
"""

PLAN = """青岚县教育局关于印发《青岚县城乡学校共同体建设工作方案》的通知
青教〔2024〕3号
各乡镇中心学校：
根据《河南省教育厅关于推进城乡学校共同体建设的指导意见》（豫教基〔2023〕12号）精神，制定本方案。
一、青岚县第一小学与赤涧乡中心小学结成共同体，由青岚县第一小学派出教师到赤涧乡中心小学任教。
二、共同体内统一安排教学计划，统一组织教研活动，每学期联合教研不少于4次，乡村学校参与率达到85%。
三、建立由分管副局长牵头的工作专班，教研室负责业务指导，人事股负责教师调配，督导室负责检查落实。
四、每年12月底前各共同体提交总结，县教育局组织交流，推广做法，对工作不力的通报批评。
本方案自2024年3月1日起施行，有效期3年。
青岚县教育局
2024年2月1日
"""
PAGE = """网站首页　便民服务　互动交流　数据开放
当前位置：首页 > 政务公开 > 教育
来源：青岚县教育局　浏览次数：35
{}【打印】【关闭】
版权所有 某某网 豫ICP备00000000号
"""


def read(text: str, uri: str = "方案.txt") -> Outcome:
    outcome = parse(SourceFile(uri, text.encode()))
    assert len(outcome.documents) == 1
    return outcome


def id_of(outcome: Outcome) -> str:
    return outcome.documents[0].id


def relations(home: Path, *outcomes: Outcome, of: Outcome) -> Relations:
    with Corpus.open(home, create=True) as corpus:
        corpus.record(outcomes)
        return corpus.relations().of(id_of(of), TODAY)


def of_another_county(text: str) -> str:
    for name, other in (("青岚", "白芷"), ("青教", "白教"), ("赤涧", "清源")):
        text = text.replace(name, other)
    return text


# Versions


def test_a_corrected_post_under_the_same_name_is_a_new_version_and_says_what_changed(
    tmp_path: Path, each_engine: str
) -> None:
    before = read(PLAN, SITE.format(1))
    after = read(PLAN.replace("不少于4次", "不少于6次"), SITE.format(1))
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([before])
        corpus.record([after])
        for one in (before, after):
            found = corpus.relations().of(id_of(one), TODAY)
            assert [(v.document.id, v.document.current, v.latest) for v in found.versions] == [
                (id_of(before), False, False),
                (id_of(after), True, True),
            ]
            [clause] = found.versions[1].changes
            [change] = clause.changes
            assert (clause.state, change.left_quote, change.right_quote) == ("edited", "4", "6")
            assert after.documents[0].quote(change.right) == "6"
            assert found.duplicates is None
        assert [one.id for one in corpus.documents()] == [id_of(after)]  # the earlier one is found on request only
        assert [one.id for one in corpus.documents(superseded=True)] == [id_of(before), id_of(after)]


def test_a_file_rewritten_from_end_to_end_under_another_title_is_another_document(tmp_path: Path) -> None:
    one, other = read(PLAN, "下载.txt"), read(NOTICE, "下载.txt")
    found = relations(tmp_path, one, other, of=other)
    assert [version.document.id for version in found.versions] == [id_of(other)]


def test_a_corrected_post_at_another_address_is_a_version_by_its_number_or_title(tmp_path: Path) -> None:
    corrected = PLAN.replace("由分管副局长牵头", "由局长任组长、分管副局长牵头").replace(
        "2024年2月1日", "2024年2月20日"
    )
    before, after = read(PLAN, SITE.format(1)), read(corrected, SITE.format(2))
    found = relations(tmp_path, after, before, of=before)
    assert [(v.document.id, v.latest) for v in found.versions] == [(id_of(before), False), (id_of(after), True)]
    changed = found.versions[1].changes
    assert [clause.state for clause in changed] == ["edited", "edited"]
    assert "局长任组长" in changed[0].changes[0].right_quote
    assert 0.95 < (found.versions[1].likeness or 0) < 1


def test_a_later_plan_with_a_number_of_its_own_is_no_version_of_the_earlier_one(tmp_path: Path) -> None:
    one = read(PLAN, "一.txt")
    next_year = read(
        PLAN.replace("青教〔2024〕3号", "青教〔2025〕7号").replace("2024年2月1日", "2025年2月1日"), "二.txt"
    )
    found = relations(tmp_path, one, next_year, of=one)
    assert len(found.versions) == 1
    assert found.duplicates is None


# Copies


@pytest.mark.parametrize(
    ("copy", "exact"),
    [
        (PAGE.format(PLAN), False),
        (_TO_TRADITIONAL(PLAN), True),
        (_TO_TRADITIONAL(PAGE.format(PLAN)), False),
        (PLAN.replace("。\n", "。\n\n").replace("，", ","), True),
        (PLAN.replace("推广做法", "推厂做法"), False),
    ],
    ids=["page furniture", "traditional", "both", "marks", "one misread character"],
)
def test_cross_posts_are_grouped_under_the_copy_on_the_official_site(tmp_path: Path, copy: str, exact: bool) -> None:
    own = read(PLAN, SITE.format(1))
    elsewhere = read(copy, "https://www.example.com/wenku/1.txt")
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([elsewhere, own])
        [group] = corpus.relations().duplicates()
        assert group.representative.id == id_of(own)
        assert [member.id for member in group.members] == [id_of(own), id_of(elsewhere)]
        assert group.exact or not exact
        assert corpus.relations().groups([id_of(elsewhere), "nothing"]) == {id_of(elsewhere): id_of(own)}
        [version] = corpus.relations().of(id_of(own), TODAY).versions
        assert [one.id for one in version.copies] == [id_of(elsewhere)]


@pytest.mark.parametrize(
    "other",
    [
        of_another_county(PLAN),
        PLAN.replace("85%", "80%").replace("青教〔2024〕3号", "青教〔2024〕4号"),
        PLAN.replace("青岚", "青峦"),
        PLAN.replace("第一小学", "第二小学").replace("青教〔2024〕3号\n", ""),
        PLAN.replace("青岚县", "青岚县2025年")
        .replace("2024年2月1日", "2025年2月1日")
        .replace("〔2024〕3号", "〔2025〕3号"),
        PLAN.replace("对工作不力的通报批评", "对成绩突出的予以表扬").replace("青教〔2024〕3号", "青教〔2024〕5号"),
    ],
    ids=[
        "another county",
        "another figure",
        "one letter of the county",
        "another school",
        "another year",
        "another clause",
    ],
)
def test_a_plan_that_copies_another_with_its_own_names_or_figures_is_no_copy_of_the_same_document(
    tmp_path: Path, other: str
) -> None:
    one, two = read(PLAN, SITE.format(1)), read(other, "https://jyj.baizhi.gov.cn/1.txt")
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([one, two])
        assert corpus.relations().duplicates() == []
        assert corpus.relations().groups([id_of(one), id_of(two)]) == {id_of(one): id_of(one), id_of(two): id_of(two)}


# Citations


def test_a_citation_is_resolved_by_its_number_when_the_document_arrives(tmp_path: Path, each_engine: str) -> None:
    plan, notice = read(PLAN), read(NOTICE, "意见.txt")
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([plan])
        [cited] = corpus.relations().of(id_of(plan), TODAY).cites
        assert cited.resolved is None
        assert cited.capacity == "carries_out"
        assert cited.quote in PLAN
        assert cited.quote == plan.documents[0].quote(cited.quote_span)
        [missing] = corpus.relations().missing()
        assert (missing.document_number, missing.documents) == ("豫教基〔2023〕12号", 1)
        corpus.record([notice])
        [cited] = corpus.relations().of(id_of(plan), TODAY).cites
        assert cited.resolved
        assert (cited.resolved.id, cited.basis) == (id_of(notice), "number")
        [back] = corpus.relations().of(id_of(notice), TODAY).cited_by
        assert back.citing.id == id_of(plan)
        assert corpus.relations().missing() == []


def test_without_a_number_the_title_decides_in_either_script(tmp_path: Path) -> None:
    plan = read(_TO_TRADITIONAL(PLAN.replace("（豫教基〔2023〕12号）", "")))
    notice = read(NOTICE, "意见.txt")
    [cited] = relations(tmp_path, plan, notice, of=plan).cites
    assert cited.resolved
    assert (cited.resolved.id, cited.basis) == (id_of(notice), "title")


def test_of_two_that_fit_none_is_chosen(tmp_path: Path) -> None:
    plan = read(PLAN.replace("河南省教育厅关于推进", "关于推进").replace("（豫教基〔2023〕12号）", ""))
    province = read(NOTICE, "省.txt")
    other = NOTICE.replace("河南省教育厅", "河南省人民政府").replace("豫教基〔2023〕12号", "豫政〔2022〕9号")
    government = read(other.replace("派出骨干教师", "选派优秀校长"), "政府.txt")
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([plan, province, government])
        [cited] = corpus.relations().of(id_of(plan), TODAY).cites
        assert cited.resolved is None
        assert {one.id for one in cited.candidates} == {id_of(province), id_of(government)}
        found = corpus.relations().of(id_of(province), TODAY)
        assert found.cited_by == []
        assert [one.citing.id for one in found.ambiguous_citations] == [id_of(plan)]
        [open_one] = corpus.relations().missing()
        assert len(open_one.candidates) == 2


@pytest.mark.parametrize(
    "notice",
    [
        NOTICE.replace("河南省", "浙江省").replace("豫教基〔2023〕12号", "浙教基〔2023〕12号"),
        NOTICE.replace("豫教基〔2023〕12号", "豫教基〔2022〕5号"),
        NOTICE.replace("2023年3月1日", "2025年3月1日").replace("豫教基〔2023〕12号\n", ""),
    ],
    ids=["another province", "another number", "signed after the plan"],
)
def test_a_document_that_cannot_be_meant_is_not_taken(tmp_path: Path, notice: str) -> None:
    plan = read(PLAN)
    [cited] = relations(tmp_path, plan, read(notice, "意见.txt"), of=plan).cites
    assert cited.resolved is None
    assert cited.candidates == []


def test_a_number_that_goes_with_a_wholly_different_title_may_be_a_slip_and_links_nothing(tmp_path: Path) -> None:
    plan = read(PLAN)
    text = NOTICE.replace("关于推进城乡学校共同体建设的指导意见", "关于规范校外培训收费行为的公告").replace(
        "推进城乡学校共同体建设", "规范收费"
    )
    [cited] = relations(tmp_path, plan, read(text, "公告.txt"), of=plan).cites
    assert cited.resolved is None
    assert [one.document_number for one in cited.candidates] == ["豫教基〔2023〕12号"]


def test_a_citation_means_the_latest_version_and_copies_count_once(tmp_path: Path) -> None:
    plan, notice = read(PLAN), read(NOTICE, "https://jyt.henan.gov.cn/1.txt")
    corrected = read(NOTICE.replace("按月报告", "按季报告"), "https://jyt.henan.gov.cn/1.txt")
    copy = read(_TO_TRADITIONAL(NOTICE.replace("按月报告", "按季报告")), "https://www.example.com/2.txt")
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([notice])
        corpus.record([copy, plan, corrected])
        [cited] = corpus.relations().of(id_of(plan), TODAY).cites
        assert cited.resolved
        assert cited.resolved.id == id_of(corrected)
        for one in (notice, corrected, copy):
            assert [link.citing.id for link in corpus.relations().of(id_of(one), TODAY).cited_by] == [id_of(plan)]


def test_what_is_cited_and_not_there_is_counted_by_citing_documents_most_cited_first(tmp_path: Path) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        other = (
            of_another_county(PLAN)
            .replace("（豫教基〔2023〕12号）", "")
            .replace("制定本方案", "按《省课程方案》制定本方案")
        )
        corpus.record([read(PLAN, "一.txt"), read(_TO_TRADITIONAL(PLAN), "二.txt"), read(other, "三.txt")])
        found = corpus.relations().missing()
    assert [(one.document_number, one.documents) for one in found] == [("豫教基〔2023〕12号", 2), (None, 1)]


# Force


def test_repealed_by_a_later_document_with_the_quote_that_says_so(tmp_path: Path, each_engine: str) -> None:
    old = read(PLAN, "旧.txt")
    text = """青岚县教育局关于印发《青岚县教师交流管理办法》的通知
青教〔2025〕9号
各学校：
本办法自2025年9月1日起施行。《青岚县城乡学校共同体建设工作方案》（青教〔2024〕3号）同时废止。
青岚县教育局
2025年7月1日
"""
    new = read(text, "新.txt")
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([old, new])
        asked = corpus.relations()
        force = asked.of(id_of(old), TODAY).force
        assert (force.state, force.effective_on, force.expires_on) == ("repealed", date(2024, 3, 1), date(2027, 2, 28))
        [ended] = force.ended_by
        assert ended.citing.id == id_of(new)
        assert ended.quote.endswith("同时废止。")
        assert asked.of(id_of(old), date(2025, 8, 31)).force.state == "no_sign"
        assert asked.of(id_of(new), date(2025, 8, 31)).force.state == "not_yet"
        assert asked.of(id_of(new), TODAY).force.state == "no_sign"


def test_out_of_force_by_its_own_words(tmp_path: Path) -> None:
    plan = read(PLAN)
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([plan])
        states = {
            day: corpus.relations().of(id_of(plan), day).force.state for day in (date(2027, 2, 28), date(2027, 3, 1))
        }
    assert list(states.values()) == ["no_sign", "expired"]


# Attachments


def test_an_attachment_that_came_apart_is_linked_both_ways(tmp_path: Path) -> None:
    plan = read(PLAN.replace("青岚县教育局\n2024", "附件：1.青岚县结对学校一览表\n\n青岚县教育局\n2024"))
    table = read(
        "青岚县结对学校一览表\n青岚县第一小学与赤涧乡中心小学结对，青岚县第二小学与河口小学结对。\n", "一览表.txt"
    )
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([plan, table])
        [attachment] = corpus.relations().of(id_of(plan), TODAY).attachments
        assert not attachment.included
        assert [one.id for one in attachment.documents] == [id_of(table)]
        assert [one.id for one in corpus.relations().of(id_of(table), TODAY).attached_to] == [id_of(plan)]


def test_documents_of_one_archive_know_each_other(tmp_path: Path, outcome: Callable[..., Outcome]) -> None:
    both = outcome("第一份方案的正文", "第二份方案的正文")
    for document in both.documents:
        document.source.parent = both.sha256
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([both])
        first, second = (document.id for document in both.documents)
        assert [one.id for one in corpus.relations().of(first, TODAY).bundle] == [second]


# Upkeep


def _all(corpus: Corpus) -> list[object]:
    asked = corpus.relations()
    ids = sorted(document.id for document in corpus.documents(superseded=True))
    return [asked.groups(ids), asked.duplicates(), asked.missing(), *(asked.of(id, TODAY) for id in ids)]


MANY = [
    read(PLAN, SITE.format(1)),
    read(PAGE.format(PLAN), "https://www.example.com/1.txt"),
    read(_TO_TRADITIONAL(PLAN), "https://www.example.org/1.txt"),
    read(PLAN.replace("不少于4次", "不少于6次").replace("2024年2月1日", "2024年2月9日"), SITE.format(2)),
    read(of_another_county(PLAN), "白芷.txt"),
    read(NOTICE, "意见.txt"),
    read(NOTICE.replace("河南省教育厅", "河南省人民政府").replace("豫教基〔2023〕12号", "豫政〔2023〕2号"), "政府.txt"),
]


def _taken(batches: Sequence[Sequence[Outcome]]) -> list[object]:
    """The answers after these batches, without the search index, which has no part in them."""
    with TemporaryDirectory() as home:
        store = Store.open(Database.of(Path(home)), create=True)
        try:
            for batch in batches:
                store.files.record(batch, "1")
                upkeep.Upkeep(store).catch_up()
            asked = Reader(store)
            ids = sorted(document.id for document in store.documents.all(superseded=True))
            return [asked.groups(ids), asked.duplicates(), asked.missing(), *(asked.of(id, TODAY) for id in ids)]
        finally:
            store.close()


_AT_ONCE = cache(lambda: _taken([MANY]))


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(len(MANY))), st.sets(st.integers(1, len(MANY) - 1), max_size=4))
def test_the_order_in_which_documents_come_changes_no_relation(order: Sequence[int], cuts: set[int]) -> None:
    stops = [0, *sorted(cuts), len(MANY)]
    batches = [[MANY[place] for place in order[first:last]] for first, last in pairwise(stops)]
    assert _taken(batches) == _AT_ONCE()


def test_a_writer_killed_before_the_relations_leaves_nothing_half_linked(
    tmp_path: Path, each_engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record(MANY[:2])
        with monkeypatch.context() as patch:
            patch.setattr(upkeep, "_PORTION", 2)
            patch.setattr(upkeep.Upkeep, "_pair", _die_at_the_second_portion())
            with pytest.raises(RuntimeError):
                corpus.record(MANY[2:])
    with Corpus.open(tmp_path) as corpus:
        again = _all(corpus)
    with TemporaryDirectory() as home, Corpus.open(Path(home) / "new", create=True) as corpus:
        if each_engine == "sqlite":
            corpus.record(MANY)
            assert again == _all(corpus)
    assert len(again) == 3 + len(MANY)


def _die_at_the_second_portion() -> Callable[..., None]:
    whole, calls = upkeep.Upkeep._pair, [0]

    def pair(self: upkeep.Upkeep, *arguments: object) -> None:
        calls[0] += 1
        if calls[0] > 1:
            raise RuntimeError("killed")
        whole(self, *arguments)  # type: ignore[arg-type]

    return pair


_KILLED = """
import os, signal, sys
from pathlib import Path
from corpus.database import Database
from corpus.relations import upkeep
from corpus.relations.likeness import Comparison
from corpus.store import Store
from schemas.outcome import Outcome

store = Store.open(Database.of(Path(sys.argv[1])), create=True)
store.files.record([Outcome.model_validate_json(line) for line in sys.stdin], "1")
upkeep._PORTION, whole, calls = 2, upkeep.Upkeep._pair, []

def pair(self, *arguments):
    whole(self, *arguments)
    calls.append(1)
    if len(calls) == 2:  # the rows of the second portion are written, and not committed
        os.kill(os.getpid(), signal.SIGKILL)

upkeep.Upkeep._pair = pair
upkeep.Upkeep(store).catch_up()
"""


def test_after_kill_9_in_a_portion_the_next_to_ask_goes_on(tmp_path: Path) -> None:
    given = "\n".join(outcome.model_dump_json() for outcome in MANY)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], input=given, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    store = Store.open(Database.of(tmp_path))
    try:
        keeper = upkeep.Upkeep(store)
        assert 0 < keeper.behind() < len(MANY) * 2
        keeper.catch_up()
        ids = sorted(document.id for document in store.documents.all(superseded=True))
        asked = Reader(store)
        found = [asked.groups(ids), asked.duplicates(), asked.missing(), *(asked.of(id, TODAY) for id in ids)]
    finally:
        store.close()
    assert found == _AT_ONCE()


def test_other_rules_make_everything_anew(tmp_path: Path, each_engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record(MANY)
        before = _all(corpus)
        monkeypatch.setattr(upkeep, "relations_version", lambda: "other")
        assert upkeep.Upkeep(corpus._held.store()).behind() > 0
        assert _all(corpus) == before
        assert upkeep.Upkeep(corpus._held.store()).behind() == 0


def test_a_new_document_is_compared_with_none_of_the_counties_that_copied_the_same_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[object] = []

    def counted(*texts: Any) -> Comparison:
        compared.append(texts)
        return Comparison(*texts)

    monkeypatch.setattr(upkeep, "Comparison", counted)
    counties = [
        read(PLAN.replace("青岚", f"青{name}").replace("3号", f"{number}号"))
        for number, name in enumerate("山川河海林泉石松")
    ]
    _taken([counties])
    assert compared == []
    _taken([[*counties, read(PAGE.format(PLAN.replace("青岚", "青山").replace("3号", "0号")), "转载.txt")]])
    assert len(compared) == 1


def test_a_document_read_anew_by_better_rules_is_no_version_of_itself(
    tmp_path: Path, outcome: Callable[..., Outcome]
) -> None:
    first = read(PLAN)
    better = first.model_copy(deep=True)
    document = better.documents[0]
    better.documents = [
        document.model_copy(update={"id": sha256(b"better").hexdigest()[:24], "text": document.text + " "})
    ]
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record([first])
        corpus.record([better])
        found = corpus.relations().of(id_of(better), TODAY)
        assert len(found.versions) == 1
        assert found.duplicates is None


def test_a_document_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with Corpus.open(tmp_path, create=True) as corpus, pytest.raises(CorpusError, match="no such document"):
        corpus.relations().of("nothing", TODAY)


def test_empty_and_short_texts_are_like_nothing(tmp_path: Path, outcome: Callable[..., Outcome]) -> None:
    with Corpus.open(tmp_path, create=True) as corpus:
        corpus.record(
            [
                outcome("", uri="一", data=b"1"),
                outcome("", uri="二", data=b"2"),
                outcome("附件", uri="三", data=b"3"),
                outcome("附件", uri="四", data=b"4"),
            ]
        )
        assert corpus.relations().duplicates() == []


def test_three_versions_are_in_the_order_of_their_dates_whatever_the_order_of_arrival() -> None:
    texts = [
        PLAN.replace("2024年2月1日", f"2024年2月{day}日").replace("不少于4次", f"不少于{day}次") for day in (2, 5, 8)
    ]
    three = [read(text, SITE.format(number)) for number, text in enumerate(texts)]
    for order in permutations(three):
        [*_, found] = _taken([[one] for one in order])
        assert isinstance(found, Relations)
        assert [version.document.id for version in found.versions] == [id_of(one) for one in three]
