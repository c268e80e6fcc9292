"""What form ``consistency`` promises of attachments and of other plans: both sides named and quoted, nothing invented."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_plans import community, make_document, make_pack, missing_attachment, span_of

from checks.engine import check
from checks.other_plans import related
from checks.pairs import differences, same_school
from schemas.document import Attachment, Community, Document, Jurisdiction, PageStart, Quality, Span, Target
from schemas.finding import Finding

PLACE = Jurisdiction(province="河南省", city="南阳市", county="青禾县")


def against(*opposites: str) -> dict[str, Any]:
    return {
        "form": "consistency",
        "parameters": {
            "subjects": ["教共体", "校共体"],
            "units": ["对", "个"],
            "verbs": ["新增", "组建"],
            "against": list(opposites),
        },
    }


def listed(lines: list[tuple[str, ...]], head: str = "", **facts: Any) -> Document:
    """A plan with a line for each community: lead, then members."""
    text = head + "".join(f"{lead}——{'、'.join(members)}\n" for lead, *members in lines)
    communities, position = [], len(head)
    for lead, *members in lines:
        line = f"{lead}——{'、'.join(members)}"
        start = text.index(line, position)
        position = start + len(line)
        communities.append(Community(lead=lead, members=members, span=Span(start=start, end=position)))
    return make_document(text, communities=communities, **facts)


def judge(document: Document, *others: Document, opposites: tuple[str, ...] = ("plans",)) -> Finding:
    finding = check(
        document, make_pack(against(*opposites)), others=others, today=date(2025, 10, 1), ignore_scope=True
    ).findings[0]
    for evidence in finding.evidence:
        assert evidence.quote == document.quote(evidence.span)
    by_id = {other.id: other for other in others}
    for piece in finding.elsewhere:
        assert piece.quote == by_id[piece.document].quote(piece.span)
        assert (piece.title, piece.uri) == (by_id[piece.document].title, by_id[piece.document].source.uri)
    return finding


# -- attachments

BODY = "全县新增{}个教共体，名单见附件。\n附件：结对名单\n"
LIST = "附件\n结对名单\n甲校——乙校\n丙校——丁校\n"


def with_attachment(number: str, body: str = "", *, more: str = "", drop: bool = False) -> Document:
    text = BODY.format(number) + body + LIST + more
    start = text.index(LIST)
    attachments = [
        Attachment(
            number=1,
            title="结对名单",
            included=not drop,
            span=span_of(text, "结对名单"),
            content=None if drop else Span(start=start, end=len(text)),
        )
    ]
    communities = [community(text, "甲校——乙校", "甲校", "乙校"), community(text, "丙校——丁校", "丙校", "丁校")]
    return make_document(text, attachments=attachments, communities=communities)


@pytest.mark.parametrize(("number", "verdict"), [("2", "met"), ("3", "conflict"), ("1", "conflict")])
def test_a_number_in_the_text_is_held_against_the_attached_list(number: str, verdict: str) -> None:
    finding = judge(with_attachment(number), opposites=("attachment",))
    assert finding.verdict == verdict
    assert f"新增{number}个教共体" in finding.evidence[0].quote
    assert "甲校——乙校" in {evidence.quote for evidence in finding.evidence}
    assert "附件《结对名单》2" in (finding.observed or "")


def test_a_community_of_the_text_that_the_attachment_repeats_counts_as_attached() -> None:
    document = with_attachment("2", "其中由甲校带乙校。\n")
    first = community(document.text, "由甲校带乙校", "甲校", "乙校")
    document = document.model_copy(update={"communities": [first, document.communities[1]]})
    assert judge(document, opposites=("attachment",)).verdict == "met"


def test_a_community_of_the_text_contradicts_the_attached_list() -> None:
    document = with_attachment("2", "其中由戊校带乙校。\n")
    first = community(document.text, "由戊校带乙校", "戊校", "乙校")
    finding = judge(
        document.model_copy(update={"communities": [first, *document.communities]}), opposites=("attachment",)
    )
    assert finding.verdict == "conflict"
    assert {"由戊校带乙校", "甲校——乙校"} <= {evidence.quote for evidence in finding.evidence}
    assert "乙校：正文属“戊校”，附件《结对名单》属“甲校”" in (finding.observed or "")


def test_what_the_attached_list_has_beyond_the_text_is_no_contradiction() -> None:
    document = with_attachment("2", "如由甲校带动。\n", more="甲校——己校\n")
    extra = community(document.text, "甲校——己校", "甲校", "己校")
    document = document.model_copy(update={"communities": [*document.communities, extra]})
    assert judge(document, opposites=("attachment",)).verdict == "conflict"  # three are listed, the text says two
    assert judge(with_attachment("2"), opposites=("attachment",)).verdict == "met"


def test_an_attachment_not_obtained_is_undetermined_and_none_at_all_not_applicable() -> None:
    finding = judge(with_attachment("2", drop=True).model_copy(update={"communities": []}), opposites=("attachment",))
    assert (finding.verdict, finding.reason) == ("undetermined", "attachment_not_obtained")
    assert judge(make_document("全县新增2个教共体。"), opposites=("attachment",)).verdict == "not_applicable"


def test_a_list_that_falls_short_while_another_attachment_is_missing_is_undetermined() -> None:
    document = with_attachment("5")
    both = [*document.attachments, missing_attachment(document.text, "名单见附件")]
    finding = judge(document.model_copy(update={"attachments": both}), opposites=("attachment",))
    assert (finding.verdict, finding.reason) == ("undetermined", "attachment_not_obtained")
    more_listed = with_attachment("1")
    both = [*more_listed.attachments, missing_attachment(more_listed.text, "名单见附件")]
    finding = judge(more_listed.model_copy(update={"attachments": both}), opposites=("attachment",))
    assert finding.verdict == "conflict"  # more are listed than stated already


# -- other plans

OURS = [("青禾县第一小学", "柳湾小学", "石桥小学"), ("青禾县第二初中", "杏林初中")]


def plan(lines: list[tuple[str, ...]] = OURS, **facts: Any) -> Document:
    return listed(lines, **{"jurisdiction": PLACE, **facts})


def other(lines: list[tuple[str, ...]], **facts: Any) -> Document:
    return listed(lines, **{"id": "other", "title": "青禾县教共体工作安排", "jurisdiction": PLACE, **facts})


@pytest.mark.parametrize(
    ("lines", "verdict", "says"),
    [
        (OURS, "met", "未见不一致"),
        ([("县一小", "石桥小学", "柳湾小学"), ("第二初中", "杏林初级中学")], "met", ""),
        (
            [("实验小学", "柳湾小学"), *OURS[1:]],
            "conflict",
            "柳湾小学：本方案属“青禾县第一小学”，《青禾县教共体工作安排》属“实验小学”",
        ),
        ([("柳湾小学", "青禾县第一小学"), *OURS[1:]], "conflict", "牵头"),
        ([OURS[0][:2], *OURS[1:]], "conflict", "石桥小学：本方案列入“青禾县第一小学”"),
        ([(*OURS[0], "南塘小学"), *OURS[1:]], "conflict", "南塘小学：本方案“青禾县第一小学”未列此校"),
        ([("北关小学", "东风小学")], "met", ""),
        ([], "not_applicable", "无可对照"),
    ],
)
def test_communities_of_two_plans_of_one_county(lines: list[tuple[str, ...]], verdict: str, says: str) -> None:
    finding = judge(plan(), other(lines))
    assert finding.verdict == verdict
    assert says in finding.explanation[3]
    assert bool(finding.elsewhere) == (verdict == "conflict")
    if verdict == "conflict":
        assert finding.evidence
        assert "《青禾县教共体工作安排》" in finding.explanation[2]


def school(lines: list[tuple[str, ...]], issuer: str, **facts: Any) -> Document:
    given = {"id": issuer, "level": "school", "role": "submission", "title": f"{issuer}实施方案", "issuers": [issuer]}
    return plan(lines, **{**given, **facts})


def test_a_schools_own_list_is_whole_and_a_members_is_not() -> None:
    lead, member = OURS[0][0], OURS[0][1]
    assert judge(plan(), school([(lead, member)], lead)).verdict == "conflict"
    assert judge(plan(), school([(lead, member)], member)).verdict == "met"
    assert judge(plan(), school([("实验小学", member)], member)).verdict == "conflict"


def test_a_school_that_two_schools_plans_claim() -> None:
    finding = judge(school([("甲校", "丙校")], "甲校"), school([("乙校", "丙校")], "乙校"))
    assert finding.verdict == "conflict"
    assert [piece.document for piece in finding.elsewhere] == ["乙校"]


def test_nothing_is_held_against_documents_of_another_place_year_or_kind() -> None:
    wrong = [("实验小学", "柳湾小学")]
    elsewhere = Jurisdiction(province="河南省", city="南阳市", county="白石县")
    for strange in (
        other(wrong, jurisdiction=elsewhere),
        other(wrong, jurisdiction=Jurisdiction()),
        other(wrong, signed_on=date(2026, 10, 20)),
        other(wrong, title="青禾县2024年教共体计划").model_copy(update={"signed_on": date(2024, 3, 1)}),
        other(wrong, role="requirement"),
    ):
        finding = judge(plan(), strange)
        assert (finding.verdict, finding.reason) == ("undetermined", "document_not_obtained")
    assert judge(plan()).reason == "document_not_obtained"
    assert judge(plan(), plan()).reason == "document_not_obtained"  # the plan itself is no other


def test_an_absence_in_a_document_that_was_not_read_whole_is_undetermined() -> None:
    lacking = other([OURS[0][:2]])
    unread = [Quality(kind="unreadable_page", message="第2页", page=2)]
    finding = judge(plan(), lacking.model_copy(update={"quality": unread}))
    assert (finding.verdict, finding.reason) == ("undetermined", "unreadable_page")
    assert finding.elsewhere
    notes = [Quality(kind="attachment_not_obtained", message="附件")]
    assert judge(plan(), lacking.model_copy(update={"quality": notes})).reason == "attachment_not_obtained"
    wrong = other([("实验小学", "柳湾小学")]).model_copy(update={"quality": unread})
    assert judge(plan(), wrong).verdict == "conflict"  # what was read contradicts whatever the rest says


def figure(text: str, part: str, value: float) -> Target:
    return Target(about="线下教研", comparator=">=", value=value, unit="次", per="semester", span=span_of(text, part))


def with_figures(number: int, times: int, **facts: Any) -> Document:
    text = f"全县新增{number}个教共体。每学期线下教研不少于{times}次。"
    return make_document(text, targets=[figure(text, f"线下教研不少于{times}次", times)], jurisdiction=PLACE, **facts)


def test_figures_of_two_plans_of_one_unit() -> None:
    same, fewer, counted = with_figures(12, 4, id="b"), with_figures(12, 2, id="b"), with_figures(11, 4, id="b")
    assert judge(with_figures(12, 4), same).verdict == "met"
    finding = judge(with_figures(12, 4), fewer)
    assert (finding.verdict, finding.elsewhere[0].quote) == ("conflict", "线下教研不少于2次")
    assert "线下教研：本方案4次" in (finding.observed or "")
    finding = judge(with_figures(12, 4), counted)
    assert finding.verdict == "conflict"
    assert "校共体数量：本方案12个" in (finding.observed or "")
    of_school = counted.model_copy(update={"level": "school", "role": "submission", "issuers": ["甲校"]})
    assert judge(with_figures(12, 4), of_school).verdict == "not_applicable"  # a school counts its own


def test_evidence_of_another_document_names_its_page() -> None:
    pages = [PageStart(page=1, start=0), PageStart(page=2, start=2)]
    finding = judge(plan(), other([("北关小学", "东风小学"), ("实验小学", "柳湾小学")], pages=pages))
    assert finding.elsewhere[0].span.page == 2


def test_the_worst_side_decides_and_all_are_told() -> None:
    document = with_attachment("2")
    finding = judge(document, opposites=("list", "attachment", "plans"))
    assert (finding.verdict, finding.reason) == ("undetermined", "document_not_obtained")
    assert "附件《结对名单》" in finding.explanation[3]


# -- properties

NAMES = ["第一小学", "第二小学", "实验小学", "柳湾小学", "石桥小学", "中心学校", "杏林初中", "城关学校"]
lists = st.lists(
    st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True).map(tuple), min_size=1, max_size=4
)
QUICK = settings(max_examples=60, deadline=None)


@QUICK
@given(lines=lists)
def test_identical_plans_never_contradict_each_other(lines: list[tuple[str, ...]]) -> None:
    assert judge(plan(lines), other(lines)).verdict == "met"


@QUICK
@given(one=lists, two=lists)
def test_two_plans_contradict_each_other_or_neither_does(
    one: list[tuple[str, ...]], two: list[tuple[str, ...]]
) -> None:
    ours, theirs = plan(one), other(two)
    assert judge(ours, theirs).verdict == judge(theirs, ours).verdict


@QUICK
@given(lines=st.lists(lists, min_size=2, max_size=3), order=st.randoms())
def test_the_order_of_the_other_plans_does_not_matter(lines: list[list[tuple[str, ...]]], order: Any) -> None:
    others = [other(given, id=f"other-{number}") for number, given in enumerate(lines)]
    shuffled = order.sample(others, len(others))
    assert judge(plan(), *others) == judge(plan(), *shuffled)


@QUICK
@given(one=lists, order=st.randoms())
def test_the_order_of_a_list_does_not_matter(one: list[tuple[str, ...]], order: Any) -> None:
    ours, theirs = plan().communities, plan(one).communities
    found = {(d.kind, d.subject) for d in differences(ours, theirs)}
    shuffled = differences(ours, order.sample(theirs, len(theirs)))
    assert {(d.kind, d.subject) for d in shuffled} == found


@pytest.mark.parametrize(
    ("one", "other_name", "same"),
    [
        ("青禾县第一小学", "第一小学", True),
        ("县一小", "青禾县第一小学", True),
        ("县实小", "青禾县实验小学", True),
        ("第一小学", "第二小学", False),
        ("第一小学", "第十一小学", False),
        ("柳湾小学", "柳湾初中", False),
        ("南阳市青禾县柳湾小学", "柳湾小學", True),
    ],
)
def test_which_names_may_be_one_school(one: str, other_name: str, same: bool) -> None:
    assert same_school(one, other_name, PLACE) is same
    assert same_school(other_name, one, PLACE) is same


def test_a_citys_plan_and_its_counties_are_of_one_line_and_counties_beside_each_other_are_not() -> None:
    city = Jurisdiction(province="河南省", city="南阳市")
    other_county = Jurisdiction(province="河南省", city="南阳市", county="白石县")
    documents = [
        other([], id="city", jurisdiction=city, level="city"),
        other([], id="beside", jurisdiction=other_county),
        other([], id="same"),
    ]
    assert {found.document.id: found.relation for found in related(plan(), documents)} == {
        "city": "kin",
        "same": "same_unit",
    }


def test_the_cost_of_comparing_lists_grows_with_their_length(linear: Any) -> None:
    def compare(count: int) -> None:
        lists = [
            [
                Community(
                    lead=f"第{n}小学", members=[f"中心小学第{n}{m}校区", f"柳湾{n}小学"], span=Span(start=0, end=1)
                )
                for m in range(2)
                for n in range(shift, count + shift)
            ]
            for shift in (0, 1)
        ]
        differences(*lists, PLACE)

    linear(compare, 100)
