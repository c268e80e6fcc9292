"""Two documents clause by clause: nothing is lost, every quote is the original, exchanging the two mirrors the result."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from extractors.alignment import compare_documents, differences
from extractors.clauses import clauses_of
from extractors.parse import parse
from schemas.comparison import ClausePair, Comparison
from schemas.document import Document, Source
from schemas.outcome import Outcome, SourceFile

PLAN = [
    "青岚县教育局关于印发城乡学校共同体建设工作方案的通知",
    "一、工作目标\n到2025年底，全县75%以上的乡村学校纳入城乡学校共同体，城乡办学差距明显缩小。",
    "二、师资流动\n青岚县每学期从核心校选派骨干教师到成员校蹲点任教，同时安排成员校教师到核心校跟岗学习。",
    "三、教学诊断\n县教研室按学科组织专家组进校听课评课，逐校形成问题清单和改进建议，限期整改并回访。",
    "四、经费保障\n县财政每年安排专项经费300万元，用于共同体学校的教研活动、设备更新和教师交通补贴。",
    "五、督导考核\n把共同体建设列入学校年度考核，考核结果与评优评先挂钩，连续两年不合格的约谈校长。",
]
WORDS = "教师学生课堂教研校长评价资源平台培训质量管理制度经费课程活动家长社区文化阅读体育艺术劳动实验图书设备"


def made(text: str, name: str = "made.txt") -> Document:
    source = Source(uri=name, media_type="text/plain", sha256="0" * 64, bytes=len(text))
    return Document(id=f"{name}-{hash(text)}", source=source, script="Hans", variant="zh-Hans-CN", text=text)


def read(paragraphs: list[str], name: str = "plan.txt") -> Document:
    outcome = parse(SourceFile(uri=name, data="\n".join(paragraphs).encode()))
    assert isinstance(outcome, Outcome)
    assert len(outcome.documents) == 1
    return outcome.documents[0]


def states(result: Comparison) -> list[str]:
    return [pair.state + ("+moved" if pair.moved else "") for pair in result.pairs]


def quotes_are_original(result: Comparison, left: Document, right: Document) -> None:
    for pair in result.pairs:
        for clause, document in ((pair.left, left), (pair.right, right)):
            if clause:
                assert document.text[clause.span.start : clause.span.end] == clause.quote
        for change in pair.changes:
            assert left.text[change.left.start : change.left.end] == change.left_quote
            assert right.text[change.right.start : change.right.end] == change.right_quote
            assert pair.left
            assert pair.left.span.start <= change.left.start <= change.left.end <= pair.left.span.end
            assert pair.right
            assert pair.right.span.start <= change.right.start <= change.right.end <= pair.right.span.end


def mirrored(pair: ClausePair) -> tuple[object, ...]:
    state = {"added": "dropped", "dropped": "added"}.get(pair.state, pair.state)
    changes = [(c.right, c.right_quote, c.left, c.left_quote) for c in pair.changes]
    return state, pair.moved, pair.renumbered, pair.score, pair.right, pair.left, changes


def plainly(pair: ClausePair) -> tuple[object, ...]:
    changes = [(c.left, c.left_quote, c.right, c.right_quote) for c in pair.changes]
    return pair.state, pair.moved, pair.renumbered, pair.score, pair.left, pair.right, changes


def test_a_document_held_against_itself_is_all_the_same() -> None:
    plan = read(PLAN)
    result = compare_documents(plan, plan)
    assert set(states(result)) == {"same"}
    assert result.left.clauses == len(result.pairs) == len(PLAN)


def test_a_clause_that_was_deleted_is_the_one_thing_that_is_dropped() -> None:
    whole = read(PLAN)
    for gone in range(1, len(PLAN)):
        shorter = read(PLAN[:gone] + PLAN[gone + 1 :])
        result = compare_documents(whole, shorter)
        changed = [pair for pair in result.pairs if pair.state != "same" or pair.moved]
        assert [pair.state for pair in changed] == ["dropped"]
        assert changed[0].left
        assert changed[0].left.quote == PLAN[gone]


def test_a_clause_at_another_place_is_moved_and_not_rewritten() -> None:
    result = compare_documents(read(PLAN), read([*PLAN[:1], *PLAN[2:], "六、工作目标\n" + PLAN[1].split("\n")[1]]))
    assert sorted(states(result)) == ["same"] * 5 + ["same+moved"]
    (moved,) = [pair for pair in result.pairs if pair.moved]
    assert moved.renumbered
    assert moved.left
    assert moved.left.clause == "一"
    assert moved.right
    assert moved.right.clause == "六"


def test_the_traditional_version_of_a_text_is_the_same() -> None:
    plan = read([*PLAN, "六、信息化项目\n依托互联网平台开展项目申报。"])
    other = read([*map(OpenCC("s2tw").convert, PLAN), "六、資訊化專案\n依託網際網路平臺開展專案申報。"])
    assert "縣" in other.text
    result = compare_documents(plan, other)
    assert set(states(result)) == {"same"}
    quotes_are_original(result, plan, other)


def test_what_changed_inside_a_clause_is_quoted_from_both_originals_with_whole_numbers() -> None:
    newer = [part.replace("75%", "85%").replace("专项经费300万元", "經費320万元") for part in PLAN]
    left, right = read(PLAN), read(newer)
    result = compare_documents(left, right)
    quotes_are_original(result, left, right)
    changes = [(c.left_quote, c.right_quote) for pair in result.pairs for c in pair.changes]
    assert changes == [("75", "85"), ("专项", ""), ("300", "320")]
    assert result.counts == {"same": 4, "edited": 2, "rewritten": 0, "added": 0, "dropped": 0, "moved": 0}


def test_a_heading_with_other_words_below_it_is_rewritten() -> None:
    other = [*PLAN[:4], "四、经费保障\n由乡镇自筹，社会捐赠补足，账目逐季公开接受监督。", PLAN[5]]
    result = compare_documents(read(PLAN), read(other))
    assert states(result) == ["same"] * 4 + ["rewritten", "same"]


def test_no_character_is_lost_between_the_clauses_of_the_samples() -> None:
    plan = read(PLAN)
    held = "".join(plan.text[one.start : one.end] for one in clauses_of(plan))
    assert "".join(held.split()) == "".join(plan.text.split())


_LINES = st.lists(
    st.one_of(
        st.sampled_from(PLAN),
        st.text(st.sampled_from(WORDS + "，。；0123456789 一二、（）\t專案程式網路"), max_size=40),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(_LINES, _LINES)
def test_exchanging_two_documents_mirrors_the_comparison(one: list[str], other: list[str]) -> None:
    left, right = made("\n".join(one), "a"), made("\n".join(other), "b")
    there, back = compare_documents(left, right), compare_documents(right, left)
    quotes_are_original(there, left, right)
    assert sorted(map(str, map(plainly, there.pairs))) == sorted(map(str, map(mirrored, back.pairs)))
    lefts = [pair.left.span.start for pair in there.pairs if pair.left]
    assert len(lefts) == len(set(lefts)) == there.left.clauses
    assert [p.right.span.start for p in there.pairs if p.right] == [c.start for c in clauses_of(right)]


@settings(max_examples=60, deadline=None)
@given(_LINES)
def test_any_document_is_the_same_as_itself(lines: list[str]) -> None:
    document = made("\n".join(lines))
    assert set(states(compare_documents(document, document))) <= {"same"}
    held = "".join(document.text[one.start : one.end] for one in clauses_of(document))
    assert "".join(held.split()) == "".join(document.text.split())


@settings(max_examples=200, deadline=None)
@given(st.text("教师经费12.3", max_size=20), st.text("教师经费12.3", max_size=20))
def test_the_differences_of_two_wordings_turn_the_one_into_the_other(one: str, other: str) -> None:
    found = differences(one, other)
    built, at = "", 0
    for (a, b), (c, d) in found:
        assert at <= a <= b
        assert a < b or c < d
        built += one[at:a] + other[c:d]
        at = b
    assert built + one[at:] == other
    assert differences(other, one) == [(theirs, mine) for mine, theirs in found]


def _many(count: int, seed: int) -> Document:
    chooser = random.Random(seed)
    lines = ["".join(chooser.choice(WORDS) for _ in range(40)) + "。" for _ in range(count)]
    return made("\n".join(lines), str(seed))


def test_the_cost_of_a_comparison_grows_with_the_clauses(
    linear: Callable[[Callable[[int], object], int], None],
) -> None:
    documents = {n: (_many(n, 1), _many(n, 2)) for n in (200, 800)}
    linear(lambda n: compare_documents(*documents[n]), 200)


def test_a_document_that_repeats_one_line_without_end_costs_no_more(
    linear: Callable[[Callable[[int], object], int], None],
) -> None:
    lines = {
        n: (made("城乡学校共同体\n" * n), made("城乡学校共同体建设\n" * n), made("城乡学校共同体\n" * (n // 2)))
        for n in (500, 2000)
    }
    linear(lambda n: [compare_documents(lines[n][0], other) for other in lines[n][1:]], 500)


def _numbered(clauses: list[str]) -> list[str]:
    return [PLAN[0], *(f"{number}{clause[1:]}" for number, clause in zip("一二三四五", clauses, strict=False))]


@settings(max_examples=12, deadline=None)
@given(st.permutations(PLAN[1:]), st.permutations(PLAN[1:]), st.integers(1, 5), st.integers(1, 5))
def test_clauses_in_any_order_find_their_own(one: list[str], other: list[str], ours: int, theirs: int) -> None:
    mine, others = one[:ours], other[:theirs]
    result = compare_documents(read(_numbered(mine)), read(_numbered(others)))
    kept = len(set(mine) & set(others))
    assert result.counts["same"] == 1 + kept
    assert result.counts["dropped"] == ours - kept
    assert result.counts["added"] == theirs - kept
    gone = [pair.left.quote[1:] for pair in result.pairs if pair.left and not pair.right]
    assert sorted(gone) == sorted(clause[1:] for clause in mine if clause not in others)
