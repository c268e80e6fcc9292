"""The pairing audit says what the lists say, and reproaches nobody with an abbreviation."""

from __future__ import annotations

from collections.abc import Callable

from checks.pairing import audit
from schemas.document import Community, Document, Jurisdiction, Source, Span, TableRows

PLACE = Jurisdiction(province="河南省", city="洛阳市", county="青禾县")


def _plan(
    id: str, *pairs: tuple[str, list[str]], table: list[str] | None = None, names: tuple[str, ...] = ()
) -> Document:
    text, communities = "", []
    for number, (lead, members) in enumerate(pairs):
        line = f"{lead}：{'、'.join(members)}"
        span = Span(start=len(text), end=len(text) + len(line))
        name = names[number] if names else None
        communities.append(Community(name=name, lead=lead, members=members, span=span))
        text += line + "\n"
    rows = [[cell] for cell in table or []]
    start = len(text)
    text += "\n".join(table or [])
    return Document(
        id=id,
        source=Source(uri=f"{id}.txt", media_type="text/plain", sha256="0" * 64, bytes=1),
        script="Hans",
        variant="",
        role="plan",
        text=text,
        jurisdiction=PLACE,
        communities=communities,
        tables=[TableRows(rows=rows, span=Span(start=start, end=len(text)))] if rows else [],
    )


def _kinds(*documents: Document) -> list[tuple[str, str]]:
    return [(one.kind, one.school) for one in audit(documents, PLACE).findings]


def test_a_list_without_faults_has_no_findings() -> None:
    plan = _plan("a", ("青禾县第一小学", ["柳河乡中心小学"]), ("青禾县第二小学", ["杨庄乡中心小学"]))
    found = audit([plan], PLACE)
    assert found.findings == []
    assert (found.communities, found.schools) == (2, 4)


def test_a_member_of_two_lead_schools_is_found_with_both_places() -> None:
    plan = _plan("a", ("县第一小学", ["柳河乡小学"]), ("县第二小学", ["青禾县柳河乡小学"]))
    (found,) = [one for one in audit([plan], PLACE).findings if one.kind == "several_leads"]
    assert found.school == "柳河乡小学"
    assert found.names == ["县第一小学", "县第二小学"]
    assert [one.quote for one in found.evidence] == [plan.quote(one.span) for one in plan.communities]


def test_a_school_that_leads_and_follows_is_found() -> None:
    plan = _plan("a", ("县第一小学", ["柳河乡小学"]), ("柳河乡小学", ["柳河乡东村小学"]))
    assert _kinds(plan) == [("lead_and_member", "柳河乡小学")]


def test_the_same_community_written_again_is_none_of_several() -> None:
    again = ("县第一小学", ["柳河乡小学"])
    assert _kinds(_plan("a", again, ("青禾县第一小学", ["柳河乡小学"]))) == []


def test_a_lead_of_two_named_communities_is_found() -> None:
    plan = _plan("a", ("县一小", ["柳河乡小学"]), ("县一小", ["杨庄乡小学"]), names=("城东教共体", "城西教共体"))
    assert ("leads_several", "县一小") in _kinds(plan)


def test_a_school_of_a_table_that_is_in_no_community_is_found_where_it_stands() -> None:
    plan = _plan("a", ("县第一小学", ["柳河乡小学"]), table=["学校", "青禾县第一小学", "马楼乡中心小学"])
    (found,) = audit([plan], PLACE).findings
    assert (found.kind, found.school) == ("in_none", "马楼乡中心小学")
    assert found.evidence[0].quote == "马楼乡中心小学"


def test_two_plans_that_give_a_school_to_two_leads_are_told_from_both() -> None:
    first, second = _plan("a", ("县第一小学", ["柳河乡小学"])), _plan("b", ("县第二小学", ["柳河乡小学"]))
    (found,) = [one for one in audit([first, second], PLACE).findings if one.kind == "other_lead"]
    assert {one.document for one in found.evidence} == {"a", "b"}
    for one in found.evidence:
        owner = first if one.document == "a" else second
        assert one.quote == owner.quote(one.span)


def test_two_spellings_of_one_school_are_told_and_branches_and_other_stages_are_not() -> None:
    first = _plan("a", ("县实验小学", ["柳河乡中心小学"]))
    assert ("spelling", "县实验小学") in _kinds(first, _plan("b", ("县实小", ["柳河乡中心小学"])))
    for other in ("县实验小学东校区", "县实验小学分校"):
        assert "spelling" not in {kind for kind, _ in _kinds(first, _plan("b", (other, ["柳河乡中心小学"])))}
    assert "spelling" not in {kind for kind, _ in _kinds(_plan("a", ("县一中", ["柳河乡中心小学", "柳河乡中学"])))}


def test_the_cost_grows_with_the_list_and_not_with_its_square(
    linear: Callable[[Callable[[int], object], int], None],
) -> None:
    def run(size: int) -> object:
        plan = _plan("a", *((f"城{n}小学", [f"柳河乡村{n}小学"]) for n in range(size)))
        return audit([plan], PLACE)

    linear(run, 200)
