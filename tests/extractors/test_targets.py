"""Quantities: what a plan promises is read with its comparison, unit, period, base and deadline, and nothing else is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.fold import fold
from extractors.layout import lay
from extractors.quantities import find_quantities
from extractors.targets import find_targets
from schemas.document import Target
from schemas.reading import Paragraph


def targets_of(text: str) -> list[Target]:
    return find_targets(lay([Paragraph(text=text)]))


def rows(text: str) -> list[tuple[str, float, float | None, str | None, str | None, date | None]]:
    return [(t.comparator, t.value, t.upper, t.unit, t.per, t.due) for t in targets_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "同步课堂年内不少于2门学科，累计不少于20节。",
            [(">=", 2, None, "门", None, None), (">=", 20, None, "节", None, None)],
        ),
        (
            "核心校每月至少开展1次线下指导或2次线上教研。",
            [(">=", 1, None, "次", "month", None), (">=", 2, None, "次", "month", None)],
        ),
        ("到2025年底，全县70％以上的乡村学校纳入校共体。", [(">=", 70, None, "%", None, date(2025, 12, 31))]),
        ("到2027年底，有需求的乡村学校全部纳入校共体。", [("=", 100, None, "%", None, date(2027, 12, 31))]),
        ("总校每年按不低于专任教师总数十分之一的比例选派教师。", [(">=", 10, None, "%", "year", None)]),
        (
            "每月开展1次联合教研，教师交流比例不低于15%。",
            [(">=", 1, None, "次", "month", None), (">=", 15, None, "%", None, None)],
        ),
        ("2025年12月底前，72％的乡村学校加入校共体。", [("=", 72, None, "%", None, date(2025, 12, 31))]),
        ("三分之二以上的乡村学校加入。", [(">=", 66.67, None, "%", None, None)]),
        ("实现城乡学校结对全覆盖。", [("=", 100, None, "%", None, None)]),
        ("2023年底前结对覆盖率达到100%。", [("=", 100, None, "%", None, date(2023, 12, 31))]),
        ("每學期至少參與或指導2次以上成員學校的活動。", [(">=", 2, None, "次", "semester", None)]),
        ("每学年至少举行两次片区研讨活动。", [(">=", 2, None, "次", "school_year", None)]),
        ("骨干教师每学年送教下乡不少于四节。", [(">=", 4, None, "节", "school_year", None)]),
        ("县财政安排专项资金300——500万元。", [("range", 3e6, 5e6, "元", None, None)]),
        ("校共体在2—3个月内完成组建。", [("range", 2, 3, "月", None, None)]),
        ("每校选派3-5人参加。", [("range", 3, 5, "人", None, None)]),
        ("交流教师不低于应交流教师的百分之十五。", [(">=", 15, None, "%", None, None)]),
        ("班额不超过45人。", [("<=", 45, None, "人", None, None)]),
        ("全县新增6对教共体。", [("=", 6, None, "对", None, None)]),
        ("联合教研2次/月。", [(">=", 2, None, "次", "month", None)]),
    ],
)
def test_promises_are_read(text: str, expected: list[tuple[object, ...]]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "全县现有义务教育学校29所。",
        "二〇二五年九月印发。",
        "见附件1和第3项。",
        "按照一校二区的办法办学。",
        "时间为7月25日-8月5日。",
        "规划期为2024—2035年。",
        "投入是上年的1.5倍。",
        "五年级三班的学生。",
        "成立一个领导小组，建立一套制度。",
    ],
)
def test_descriptions_and_dates_are_no_promises(text: str) -> None:
    assert rows(text) == []


def test_a_deadline_binds_only_its_own_clause() -> None:
    first, second = targets_of("线下教研不少于4次；到2026年底，85%以上学校加入。")
    assert first.due is None
    assert second.due == date(2026, 12, 31)


def test_what_a_share_is_taken_of_is_its_base() -> None:
    (target,) = targets_of("核心校每年派出不低于10%的教师到成员校任教。")
    assert target.base == "教师"
    assert target.per == "year"


def test_a_later_year_inherits_what_the_first_is_about() -> None:
    first, second = targets_of("2023年底前新增教育集团2个以上；2024年底前不少于3个。")
    assert second.about == first.about != ""


UNITS = {"次": "次", "节": "节", "门": "门", "对": "对", "个": "个", "人": "人", "所": "所", "%": "%", "万元": "元"}
PERIODS = {"": None, "每学期": "semester", "每月": "month", "每年": "year", "每学年": "school_year", "每周": "week"}
COMPARISONS = {"不少于{}": ">=", "至少{}": ">=", "{}以上": ">=", "不超过{}": "<=", "不低于{}": ">="}


@given(
    st.integers(2, 999),
    st.sampled_from(list(UNITS)),
    st.sampled_from(list(PERIODS)),
    st.sampled_from(list(COMPARISONS)),
    st.sampled_from(["开展教研活动", "安排", "完成同步课堂"]),
    st.booleans(),
)
def test_any_rendered_quantity_is_read_back(
    value: int, unit: str, period: str, comparison: str, verb: str, traditional: bool
) -> None:
    text = f"各校共体{period}{verb}{comparison.format(f'{value}{unit}')}。"
    if traditional:
        text = text.replace("开", "開").replace("动", "動").replace("学", "學").replace("课", "課").replace("万", "萬")
    (found,) = [q for q in find_quantities(fold(text)) if q.comparator]
    factor = 10_000 if unit == "万元" else 1
    assert (found.value, found.unit, found.per, found.comparator) == (
        value * factor, UNITS[unit], PERIODS[period], COMPARISONS[comparison],
    )  # fmt: skip
    (target,) = targets_of(text)
    assert str(value) in text[target.span.start : target.span.end]


@given(st.text(alphabet="不少于至到0123456789.-,%次个年月每学期底前以上一二三十百万元第、。 ", max_size=80))
def test_no_text_breaks_the_grammar(text: str) -> None:
    for target in targets_of(text.strip() or "无"):
        assert 0 <= target.span.start <= target.span.end <= len(text)


def test_a_deadline_that_opens_a_long_sentence_holds_to_its_end() -> None:
    found = targets_of(
        "到2028年底，城乡学校办学条件明显改善，教师队伍结构更加合理，课堂教学质量稳步提高，学生综合素质全面发展，"
        "人民群众对教育的满意程度持续上升，培养骨干教师不少于90名。"
    )
    assert [t.due for t in found] == [date(2028, 12, 31)]


def test_a_beginning_is_no_deadline() -> None:
    (found,) = targets_of("从2025年秋季学期开始，实现薄弱学校结对帮扶全覆盖。")
    assert (found.value, found.due) == (100, None)


def test_each_year_of_a_row_has_its_own_number() -> None:
    found = targets_of("2026年、2027年、2028年，乡村学校参与比例分别达到55%、75%、95%。")
    assert [(t.value, t.due and t.due.year) for t in found] == [(55, 2026), (75, 2027), (95, 2028)]


def test_what_each_is_to_have_is_not_due_with_the_work_before_it() -> None:
    found = targets_of("各县要于2026年6月底前完成组建，每个共同体乡村学校一般不超过4所。")
    assert [(t.value, t.due) for t in found] == [(4, None)]


def test_a_rate_behind_a_comma_is_no_share_of_each_period() -> None:
    found = targets_of("每学期开展网络教研不少于6次，成员校教师参与率达到90%以上。")
    assert [(t.value, t.per) for t in found] == [(6, "semester"), (90, None)]


def test_people_to_be_trained_are_counted() -> None:
    found = targets_of("三年累计选派支教教师160人次，培训骨干教师240人。")
    assert [(t.value, t.unit) for t in found] == [(160, "人次"), (240, "人")]
