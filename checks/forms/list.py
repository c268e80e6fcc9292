"""Form ``list``: the list of communities, each with its lead school and members.

1. Met when every listed community has a lead and at least one member; partial when some lack one; not_met when none is
   complete; not_found when no community is listed.
2. With ``kinds`` and ``inside_county`` the communities must also be of one of the kinds (told by features, see
   ``checks.modes``) and have no school of another county: met when all are, partial when some, not_met when none.
3. Where the plan does not tell the kind of a community and none is plainly wrong, the verdict is undetermined.
4. Each community that is incomplete, does not count or is not known to count is an element of the finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.judgement import Judgement, elements
from checks.modes import KIND_NAMES, Mode, caution, kind_of, modes
from checks.plan import Plan
from extractors.fold import fold
from extractors.gazetteer import named
from schemas.document import Community
from schemas.finding import Evidence, EvidenceRole, FindingElement
from schemas.requirement import ListParameters, ListRequirement

_SHOWN = 8
# 校区, 学区, 新区 and the like are no districts.
_PLACE = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,3}省)?([\u4e00-\u9fff]{2,8}?(?:自治县|县|市|(?<![校学片社园小城镇山矿林新开发])区))"
)


def judge(plan: Plan, requirement: ListRequirement) -> Judgement:
    """Whether the list is there and what stands in it counts."""
    communities = plan.document.communities
    parameters = requirement.parameters
    terms = [*requirement.terms, *parameters.labels]
    if not communities:
        return Judgement("not_found", None, "全文和表格中未见校共体（教共体）名单。", missing=True, terms=terms)
    if parameters.kinds or parameters.inside_county:
        plan_modes = modes(plan, parameters.labels)
        judgement = _judge_kinds(plan, parameters, plan_modes)
        if parameters.kinds:
            judgement.how += caution(plan_modes, parameters.labels)
    else:
        judgement = _judge_completeness(plan)
    judgement.terms = terms
    return judgement


def _judge_completeness(plan: Plan) -> Judgement:
    communities = plan.document.communities
    complete = [c for c in communities if c.lead and c.members]
    incomplete = [c for c in communities if not (c.lead and c.members)]
    members = sum(len(c.members) for c in communities)
    observed = f"{len(complete)}个校共体，成员校{members}所"
    if not incomplete:
        how = f"名单列有{observed}，每个均有核心校和成员校。"
        return Judgement("met", observed, how, _evidence(plan, complete, "supports"))
    lacking = "、".join(_name(c) for c in incomplete[:5])
    evidence = _evidence(plan, incomplete, "contradicts") + _evidence(plan, complete, "supports")
    if complete:
        how = f"{len(complete)}个写全核心校和成员校，{len(incomplete)}个不全：{lacking}。"
        judgement = Judgement("partial", observed, how, evidence)
    else:
        how = f"名单中没有一个写全核心校和成员校：{lacking}。"
        judgement = Judgement("not_met", f"{len(incomplete)}个均不全", how, evidence)
    judgement.elements = _at_fault(plan, [(c, _lacking(c)) for c in incomplete])
    return judgement


def _judge_kinds(plan: Plan, parameters: ListParameters, plan_modes: list[Mode]) -> Judgement:
    counted: list[Community] = []
    wrong: list[tuple[Community, str]] = []
    unknown: list[Community] = []
    for community in plan.document.communities:
        kind = kind_of(community, plan_modes, parameters.labels)
        foreign = _foreign(plan, community) if parameters.inside_county else None
        if foreign:
            wrong.append((community, f"{foreign}不在本县"))
        elif parameters.kinds and kind is None:
            unknown.append(community)
        elif parameters.kinds and kind not in parameters.kinds:
            wrong.append((community, f"属{KIND_NAMES[kind]}" if kind else "模式不明"))
        else:
            counted.append(community)
    observed = f"{len(counted)}个计入，{len(wrong)}个不计入" + (f"，{len(unknown)}个模式不明" if unknown else "")
    bad = [community for community, _ in wrong]
    evidence = _evidence(plan, bad, "contradicts") + _evidence(plan, counted, "supports")
    reasons = "；".join(f"{_name(community)}：{why}" for community, why in wrong[:5])
    at_fault = _at_fault(plan, [*wrong, *((community, "未写明模式或法人关系") for community in unknown)])
    if wrong and not counted and not unknown:
        return Judgement("not_met", observed, f"名单所列均不计入：{reasons}。", evidence, elements=at_fault)
    if wrong:
        return Judgement("partial", observed, f"{observed}：{reasons}。", evidence, elements=at_fault)
    if unknown:
        evidence += _evidence(plan, unknown, "nearest_miss")
        how = f"{len(unknown)}个未写明模式或法人关系，不能确定是否计入。"
        return Judgement("undetermined", observed, how, evidence, reason="ambiguous", elements=at_fault)
    how = f"名单所列{len(counted)}个均按法人和管理特征符合，且未见外县学校。"
    return Judgement("met", observed, how, evidence)


def _lacking(community: Community) -> str:
    lacking = [name for name, given in (("核心校", community.lead), ("成员校", community.members)) if not given]
    return f"缺{'和'.join(lacking)}"


def _at_fault(plan: Plan, faults: Sequence[tuple[Community, str]]) -> list[FindingElement]:
    """Point 4 of the module."""
    return elements(
        (_name(community), fault, plan.evidence_at("contradicts", community.span)) for community, fault in faults
    )


def _foreign(plan: Plan, community: Community) -> str | None:
    """A school whose name begins with another county, district or city than the plan's own."""
    place = plan.document.jurisdiction
    if not place.county:
        return None
    own = [fold(name) for name in (place.county, place.city, place.province) if name]
    for school in [community.lead, *community.members]:
        match = _PLACE.match("".join(fold(school).split())) if school else None
        if match and not any(_same_place(match[1], name) for name in own) and _is_other(match[1], place.adcode):
            return school
    return None


def _same_place(named: str, own: str) -> bool:
    bare = own.rstrip("省市县区")
    return named in own or own in named or (len(bare) > 1 and bare in named)


def _is_other(name: str, own_code: str | None) -> bool:
    """Whether a name is that of an official division that is not the plan's, or of a county unknown to the table."""
    places = named(name)
    if not places:
        return name.endswith("县")
    return all(place.code != own_code for place in places)


def _name(community: Community) -> str:
    return community.name or community.lead or "、".join(community.members[:2]) or "（无名）"


def _evidence(plan: Plan, communities: list[Community], role: EvidenceRole) -> list[Evidence]:
    found: list[Evidence] = []
    for community in communities[:_SHOWN]:
        evidence = plan.evidence_at(role, community.span)
        if evidence not in found:
            found.append(evidence)
    return found
