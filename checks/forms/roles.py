"""Form ``roles``: a group of people with given roles.

With ``filled`` (a leading group), each role must be filled:

1. by names (组长：某某, extracted as ``Document.leaders``), or by posts
   (以局长为组长，副局长为副组长，科室负责人为成员);
2. a role whose line is empty (副组长：) is blank; so is a name of one character (组长：吴), which is a masked name;
3. met when all roles are filled, partial when some, not_met when the group is there with every role blank, not_found
   when there is no group.

Without ``filled``, the terms of each role must stand in the sentence that says whom the group is made up of: met when all do, partial
when some do or only the ``statements`` are made, not_found when neither group nor statement is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.forms.statement import evidence_of
from checks.judgement import Judgement
from checks.lexicon import matching
from checks.matching import find_element, pattern, terms_of
from checks.plan import Plan, Stretch
from extractors.fold import fold
from schemas.finding import Evidence
from schemas.requirement import RoleGroup, RolesParameters, RolesRequirement

_HAN = "\u4e00-\u9fff"


def judge(plan: Plan, requirement: RolesRequirement) -> Judgement:
    """Whether the group has its roles."""
    parameters = requirement.parameters
    judgement = _judge_filled(plan, parameters) if parameters.filled else _judge_kinds(plan, parameters)
    judgement.terms = [
        *parameters.group,
        *(term for role in parameters.roles for term in role.any),
        *terms_of(parameters.statements),
    ]
    return judgement


# -- roles filled with names or posts


def _judge_filled(plan: Plan, parameters: RolesParameters) -> Judgement:
    filled: dict[str, Evidence] = {}
    blank: dict[str, Evidence] = {}
    names = [role.name for role in parameters.roles]
    all_terms = [term for role in parameters.roles for term in role.any]
    for role in parameters.roles:
        evidence = _extracted(plan, role) or _by_post(plan, role, all_terms)
        if evidence is None:
            line, has_name = _line(plan, role, all_terms)
            if line and has_name:
                evidence = line
            elif line:
                blank[role.name] = line
        if evidence:
            filled[role.name] = evidence
    group = pattern(tuple(parameters.group)).search(plan.spoken)
    if len(filled) == len(names):
        how = f"{'、'.join(names)}均已明确。"
        return Judgement("met", "、".join(names), how, _distinct(filled.values()))
    absent = [name for name in names if name not in filled and name not in blank]
    parts = [f"空缺：{'、'.join(blank)}"] if blank else []
    parts += [f"未写：{'、'.join(absent)}"] if absent else []
    evidence_list = [e.model_copy(update={"role": "contradicts"}) for e in blank.values()] + list(filled.values())
    if filled:
        how = f"已明确{'、'.join(filled)}；{'；'.join(parts)}。"
        return Judgement("partial", "、".join(filled), how, _distinct(evidence_list), missing=not blank)
    if blank:
        return Judgement(
            "not_met", "；".join(parts), f"有领导小组（专班），但{'；'.join(parts)}。", _distinct(evidence_list)
        )
    if group:
        clause = plan.clause(group.start(), group.end())
        evidence_list = [plan.evidence("nearest_miss", clause.start, clause.end)]
        how = "提到领导小组（专班），但未写明组长、副组长、成员。"
        return Judgement("not_found", None, how, evidence_list, missing=True)
    return Judgement("not_found", None, "全文未见领导小组（专班）。", missing=True)


def _extracted(plan: Plan, role: RoleGroup) -> Evidence | None:
    """A leader extracted with this role and a name that is not masked."""
    wanted = set(role.any)
    for leader in plan.document.leaders:
        if "".join(fold(leader.role).split()) in wanted and _is_full(leader.name):
            return plan.evidence_at("supports", leader.span)
    return None


def _is_full(name: str) -> bool:
    """Whether a name is more than a surname with the rest masked (吴, 吴某, 吴××)."""
    bare = re.sub(r"[\s×xX*某_○〇□]", "", name)
    return len(bare) >= 2


_SCHOOLS_OWN = re.compile(r"各[^,。;]{0,12}?(?:校|园|共体|共同体|集团|片区)[^。;]{0,24}?(?:成立|组建|建立|设立)")
"""The groups that schools are to set up (各校要成立以校长为组长的…) are not the county's."""


def _by_post(plan: Plan, role: RoleGroup, all_terms: Sequence[str]) -> Evidence | None:
    """以局长为组长, 由局长担任组长, 各科室负责人为成员; 成员由各科室负责人组成."""
    terms = "|".join(re.escape(term) for term in sorted(role.any, key=len, reverse=True))
    guard = "(?<!副)" if not any(term.startswith("副") for term in role.any) else ""
    expression = re.compile(
        rf"(?P<who>[^。;!?\ufffc]{{2,160}}?)(?:为|任|担任|兼任|作为|是)(?:[{_HAN}]{{0,10}}?){guard}(?:{terms})(?!校|学校|园)"
    )
    for sentence in plan.sentences:
        for match in expression.finditer(plan.spoken, sentence.start, sentence.end):
            if _SCHOOLS_OWN.search(plan.spoken, sentence.start, match.end()):
                break
            who = re.split(r"[,:]", match["who"])[-1]
            between = plan.spoken[match.end("who") : match.end()]
            if len(who.strip("以由其")) >= 2 and not _other_role(between, role, all_terms):
                start = match.end("who") - len(who)
                return plan.evidence("supports", start, match.end())
        named = re.compile(rf"{guard}(?:{terms})由(?P<who>[^。;!?\ufffc]{{2,160}}?)(?:组成|担任|兼任)").search(
            plan.spoken, sentence.start, sentence.end
        )
        if named and _names_somebody(named["who"]) and not _other_role(named["who"], role, all_terms):
            return plan.evidence("supports", named.start(), named.end())
    return None


def _other_role(between: str, role: RoleGroup, all_terms: Sequence[str]) -> bool:
    """Whether the stretch runs through another role's word (为组长，副局长为副组长)."""
    others = [t for t in all_terms if t not in role.any and not any(t in own for own in role.any)]
    return any(term in between for term in others)


def _line(plan: Plan, role: RoleGroup, all_terms: Sequence[str]) -> tuple[Evidence | None, bool]:
    """The line 组长：… and whether it names somebody."""
    terms = "|".join(re.escape(term) for term in sorted(role.any, key=len, reverse=True))
    guard = "(?<!副)" if not any(term.startswith("副") for term in role.any) else ""
    others = "|".join(re.escape(term) for term in sorted(all_terms, key=len, reverse=True))
    best: tuple[Evidence | None, bool] = (None, False)
    for match in re.finditer(rf"{guard}(?:{terms}):", plan.spoken):
        end = _line_end(plan, match.end(), others)
        content = plan.spoken[match.end() : end]
        evidence = plan.evidence("supports", match.start(), max(end, match.end()))
        if _names_somebody(content):
            return evidence, True
        best = (evidence, False) if best[0] is None else best
    return best


def _line_end(plan: Plan, start: int, others: str) -> int:
    """Where the line ends: at the end of its sentence or line, or at the next role; an empty line has nothing.

    ``Plan.flat`` has no line breaks, so a sentence that starts right here is the next line, not this one.
    """
    sentence = plan.sentence_at(max(start - 1, 0))
    end = sentence.end
    if start >= end:  # the line ends with its colon; names may stand on the following lines (成员：\n某校：某某)
        following = plan.sentence_at(start) if start < len(plan.flat) else sentence
        text = plan.spoken[following.start : following.end]
        heading = re.match(r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,2}\)|\d{1,2}[.、])", text)
        if heading or re.match(rf"(?:{others}|办公室|领导小组)", text) or len(text) > 200:
            return start
        end = following.end
    following_role = re.search(rf"(?:副)?(?:{others}):", plan.spoken[start:end])
    return start + following_role.start() if following_role else end


def _names_somebody(content: str) -> bool:
    bare = re.sub(r"[^\u4e00-\u9fff]", "", re.sub(r"某+", "", content))
    return len(bare) >= 2


# -- kinds of people in a group


def _judge_kinds(plan: Plan, parameters: RolesParameters) -> Judgement:
    present, place = _best_group(plan, parameters)
    statements = [find_element(plan, element) for element in parameters.statements]
    pairs = list(zip(parameters.statements, statements, strict=True))
    said = [e.name for e, m in pairs if m and m.polarity == "said"]
    unsaid = [e.name for e, m in pairs if not m or m.polarity != "said"]
    absent = [role.name for role in parameters.roles if role.name not in present]
    evidence = [plan.evidence("supports", place.start, place.end)] if place else []
    evidence += [e for e in evidence_of(plan, statements) if e not in evidence]
    group = "组内有" + "、".join(present) if present else "设有指导（考核）组" if place else ""
    observed = "；".join(part for part in ["、".join(said), group] if part) or None
    lacking = [
        *unsaid,
        *([f"组内{'、'.join(absent)}人员"] if place and absent else []),
        *([] if place else ["评估指导组"]),
    ]
    if place and not absent and not unsaid:
        return Judgement("met", observed, f"写明{observed}。", evidence)
    if place or said:
        how = f"写明{observed}；未写明{'、'.join(lacking)}。"
        return Judgement("partial", observed, how, evidence, missing=True)
    return Judgement("not_found", None, f"全文未见{'、'.join(lacking)}。", evidence, missing=True)


def _best_group(plan: Plan, parameters: RolesParameters) -> tuple[list[str], Stretch | None]:
    """The roles in the sentence that names the group and has most of them."""
    best: list[str] = []
    place: Stretch | None = None
    for match in pattern(tuple(parameters.group)).finditer(plan.spoken):
        sentence = plan.sentence_at(match.start())
        text = plan.spoken[sentence.start : sentence.end]
        composed = any(word in text for word in matching()["composition"])
        present = [role.name for role in parameters.roles if composed and pattern(tuple(role.any)).search(text)]
        if place is None or len(present) > len(best):
            best, place = present, sentence
    return best, place


def _distinct(evidence: object) -> list[Evidence]:
    found: list[Evidence] = []
    for piece in evidence:  # type: ignore[attr-defined]
        if piece not in found:
            found.append(piece)
    return found
