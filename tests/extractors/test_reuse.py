"""Copied text is found in either script, with its place in both; what everybody writes is no copy."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from extractors.parse import parse
from extractors.reuse import Fingerprints, Library, Reuse, by_clause, compare
from extractors.running_text import RunningText
from schemas.document import Document, Jurisdiction, Section, Source, Span
from schemas.outcome import SourceFile

ROOT = Path(__file__).resolve().parents[2]
_PAIRS = (
    "教师学生课堂教研校长评价资源平台培训质量管理制度经费课程活动家长社区文化阅读体育艺术劳动实验图书设备宿舍食堂"
    "安全健康心理诊断辅导作业考试监测反馈研讨交流观摩示范帮扶支教跟岗轮岗聘任职称津贴考核奖励宣传开放联动统筹规划"
    "落实推动完善建立优化深化拓展改进保障协调引导组织指导检查总结推广提升改善激发挖掘整理记录公布征集设计实施参与"
    "分享借阅展示评选探索设立形成促进发挥鼓励支持配备改造更新维护调查走访签订商定报送汇总归档抽查通报约谈"
)
WORDS = [_PAIRS[i : i + 2] for i in range(0, len(_PAIRS), 2)]
BASE = Source(uri="made.txt", media_type="text/plain", sha256="0" * 64, bytes=0)


@cache
def converter(script: str) -> OpenCC:
    return OpenCC(script)


def document(text: str, **facts: Any) -> Document:
    return Document(id="made", source=BASE, script="Hans", variant="zh-Hans-CN", text=text, **facts)


def sentence(rng: random.Random) -> list[str]:
    """A sentence as words; commas stand among them."""
    words = [rng.choice(WORDS) for _ in range(rng.randint(12, 20))]
    for place in range(5, len(words), 6):
        words[place] += "，"
    return words


def edited(words: list[str], rng: random.Random, changed: float) -> list[str]:
    """The sentence with some words replaced by others."""
    return [rng.choice(WORDS) + word[2:] if rng.random() < changed else word for word in words]


def fingerprints(text: str, **facts: Any) -> Fingerprints:
    return Fingerprints.of(document(text, **facts))


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    sentences=st.integers(12, 40),
    percent=st.integers(0, 100),
    changed=st.sampled_from([0.0, 0.05, 0.1]),
    script=st.sampled_from(["same", "s2t", "s2tw"]),
)
def test_the_share_and_the_places_of_copied_sentences_are_found(
    seed: int, sentences: int, percent: int, changed: float, script: str
) -> None:
    rng = random.Random(seed)
    source = [sentence(rng) for _ in range(sentences)]
    copied = set(rng.sample(range(sentences), sentences * percent // 100))
    parts: list[str] = []
    truth: list[tuple[int, int, int]] = []
    for place in range(sentences):
        words = edited(source[place], rng, changed) if place in copied else sentence(rng)
        text = "".join(words)
        if script != "same":
            text = converter(script).convert(text)
        if place in copied:
            start = sum(map(len, parts))
            truth.append((start, start + len(text), place))
        parts.append(text + "。")
    original = "".join("".join(words) + "。" for words in source)
    begins = [sum(len("".join(words)) + 1 for words in source[:place]) for place in range(sentences)]
    plan, other = fingerprints("".join(parts)), fingerprints(original)
    reuse = compare(plan, other)

    whole = sum(end - start for start, end, _ in truth) / max(len("".join(parts)), 1)
    assert whole * (1 - 2.5 * changed) - 0.08 <= reuse.share <= whole + 0.03
    for passage in reuse.passages:
        place = next(number for start, end, number in truth if start <= passage.span.start < end)
        assert begins[place] <= passage.other.start < begins[place] + len("".join(source[place])) + 1
        assert 45 <= passage.score <= 100
        if script == "same" and passage.kind == "verbatim" and not changed:
            assert plan.document.quote(passage.span) == other.document.quote(passage.other)
    if not changed:
        assert {number for start, end, number in truth} == {
            number for start, end, number in truth if any(start <= p.span.start < end for p in reuse.passages)
        }
        assert all(passage.kind == "verbatim" for passage in reuse.passages)


COPY = "县教育行政部门每学期组织专家到每一所成员校蹲点诊断，形成问题清单和改进建议，限期整改并回访。"


def test_what_was_changed_little_is_edited_and_what_was_changed_much_is_adapted() -> None:
    kinds = {}
    for name, text in {
        "same": COPY,
        "little": COPY.replace("蹲点诊断", "实地走访").replace("限期整改并回访", "限期改进"),
        "much": "督导室每学期组织专家到每一所成员校听取校长汇报并观摩两节常态课，与师生座谈后形成问题清单和改进建议，交乡镇存档备查。",
        "other": "图书室周末向村民开放，借阅登记由值班教师负责，损坏的书籍照价赔偿，年底评选阅读之星。",
    }.items():
        passages = compare(fingerprints(text), fingerprints(COPY)).passages
        kinds[name] = [passage.kind for passage in passages]
    assert kinds == {"same": ["verbatim"], "little": ["edited"], "much": ["adapted"], "other": []}


def test_other_names_and_figures_do_not_hide_a_copy() -> None:
    given = "青禾县每学期安排不少于12名骨干教师到石桥小学任教，时间不少于1学年，经费由县财政统一安排并按月足额拨付。"
    taken = "白芷县每学期安排不少于30名骨干教师到柳林小学任教，时间不少于2学年，经费由县财政统一安排并按月足额拨付。"
    reuse = compare(
        fingerprints(taken, jurisdiction=Jurisdiction(county="白芷县")),
        fingerprints(given, jurisdiction=Jurisdiction(county="青禾县")),
    )
    assert [passage.kind for passage in reuse.passages] == ["verbatim"]
    assert reuse.share == 1.0


def test_a_taiwan_word_is_the_mainland_word_though_it_is_longer() -> None:
    mainland = "各校通过互联网和信息技术开展同步课堂，软件由县统一采购，硬件由学校自行维护。"
    taiwan = "各校透過網際網路和資訊技術開展同步課堂，軟體由縣統一採購，硬體由學校自行維護。"
    there, here = fingerprints(mainland), fingerprints(taiwan)
    assert here.running.text == there.running.text
    (passage,) = compare(here, there).passages
    assert (passage.score, passage.span) == (100.0, Span(start=0, end=len(taiwan)))
    for place, (start, end) in enumerate(zip(here.running.starts, here.running.ends, strict=True)):
        assert start < end, place


def test_headings_cited_titles_and_standing_formulas_are_no_copied_text() -> None:
    text = (
        "一、指导思想\n以习近平新时代中国特色社会主义思想为指导，全面贯彻党的教育方针，落实立德树人根本任务。\n"
        "根据《关于深入推进城乡学校共同体建设工作的通知》（豫教基〔2025〕12号），特制定本方案。\n二、组织领导\n"
    )
    heads = [
        Section(number="一", heading="指导思想", span=Span(start=0, end=text.index("二、"))),
        Section(number="二", heading="组织领导", span=Span(start=text.index("二、"), end=len(text))),
    ]
    one = fingerprints(text, sections=heads)
    assert one.running.text == "根据"
    assert compare(one, fingerprints(text, sections=heads)).passages == ()


def test_each_clause_has_its_own_share() -> None:
    rng = random.Random(5)
    own = "".join("".join(sentence(rng)) + "。" for _ in range(6))
    text = f"一、甲\n{COPY}\n二、乙\n{own}\n"
    second = text.index("二、")
    plan = fingerprints(
        text,
        sections=[
            Section(number="一", heading="甲", span=Span(start=0, end=second)),
            Section(number="二", heading="乙", span=Span(start=second, end=len(text))),
        ],
    )
    reuse = compare(plan, fingerprints("前言。" + COPY))
    first, other = by_clause(plan, {place for passage in reuse.passages for place in passage.copied})
    assert (first.share, other.share) == (1.0, 0.0)
    assert first.characters + other.characters == reuse.characters


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_compared_and_a_span_is_one(a: str, b: str) -> None:
    one, other = fingerprints(a + COPY), fingerprints(b + COPY)
    for passage in compare(one, other).passages:
        assert 0 <= passage.span.start < passage.span.end <= len(one.document.text)
        assert 0 <= passage.other.start < passage.other.end <= len(other.document.text)
    running: RunningText = one.running
    assert len(running.text) == len(running.starts) == len(running.ends) == len(running.clauses)


def _own_work() -> list[Document]:
    """Samples that have nothing to do with each other: a food-safety plan, a contest, a teachers' exchange."""
    documents = []
    for path in sorted((ROOT / "samples").rglob("*")):
        if path.parent.name == "submissions" and path.suffix in (".txt", ".html"):
            documents += parse(SourceFile(uri=str(path), data=path.read_bytes())).documents
    return documents


def test_unrelated_samples_have_nothing_of_each_other() -> None:
    made = [Fingerprints.of(one) for one in _own_work()]
    assert len(made) >= 4
    assert all(compare(a, b).share < 0.01 for a in made for b in made if a is not b)


def test_a_library_finds_whatever_comparing_with_each_finds() -> None:
    rng = random.Random(3)
    source = [[sentence(rng) for _ in range(8)] for _ in range(30)]
    others = [fingerprints("".join("".join(words) + "。" for words in one)) for one in source]
    plan = fingerprints("".join("".join(source[place][place % 8]) + "。" for place in (2, 11, 23)))
    found = [place for place, one in enumerate(others) if compare(plan, one).passages]
    candidates = Library([*others, plan]).candidates(plan)
    assert found == [2, 11, 23]
    assert [place for place, one in enumerate(others) if one in candidates and compare(plan, one).passages] == found
    assert plan not in candidates
    assert Library([]).candidates(plan) == []


@pytest.mark.parametrize("shape", ["plan", "repeated", "no marks", "many names"])
def test_the_cost_grows_with_the_text_and_not_with_its_square(
    shape: str, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    def texts(n: int) -> tuple[str, str]:
        if shape == "repeated":
            return COPY * (n // len(COPY)), (COPY + "另行通知。") * (n // len(COPY))
        if shape == "no marks":
            return "推进教师交流轮岗工作" * (n // 10), "教师交流轮岗推进工作" * (n // 10)
        if shape == "many names":
            names = "、".join(f"第{number}小学" for number in range(n // 6))
            return names, names[::-1]
        rng = random.Random(n)
        made = ["".join(sentence(rng)) + "。" for _ in range(n // 30)]
        return "".join(made), "".join(reversed(made))

    def run(n: int) -> Reuse:
        one, other = texts(n)
        return compare(fingerprints(one), fingerprints(other))

    run(200)
    linear(run, 4_000)
