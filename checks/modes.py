"""Which modes of building a plan has, told by their features and not by their labels.

The same label means opposite things in two provinces (融合型 is one legal person in Zhejiang and several in Henan),
so a mode is classified by what the plan says of legal person, leadership, staff and money:

1. one legal person (合为一个法人单位) → ``single_legal_person``, whatever the label;
2. separate legal persons (法人独立) → ``joint`` where management or teaching is run as one, else ``paired``;
3. existing staff and management left untouched (不打破原有体制) → ``paired``;
4. nothing said of any of these → the meaning of the label in the pack's province.

Where such a label stands in the plan, or the features make a mode something else than its label means in the pack's province,
the finding says so (``caution``): whoever reads it in another province must not take the label at its word.

A mode that the plan says it does not build (县内未安排) is left out, unless it lists a community of it. Modes without
a label are found by point 1, and as pairs (一对一、一对多结对帮扶) where the plan names no labelled mode at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.lexicon import matching
from checks.plan import Plan, Stretch
from extractors.fold import fold
from schemas.document import Community
from schemas.requirement import ModeKind

_SINGLE = re.compile(r"(?:一个|同一|单一|1个|统一)(?:独立)?法人|法人(?:单位)?统一|法人一体|只设一个法人")
_SEPARATE = re.compile(
    r"法人[^,。;]{0,20}(?:独立|不变)|(?:独立|各自|多个|原有?)(?:的)?法人|(?:不改变|保持|保留)[^,。;]{0,10}法人"
)
_UNTOUCHED = re.compile(r"不(?:打破|改变)[^,。;]{0,14}(?:人事|管理|体制)")
_JOINT = re.compile(
    r"委托[^,。;]{0,14}管理|工作统整|教育集团|集团(?:化)?办学|捆绑|管理共进|统一管理|管理统一|(?:师资|教学|管理)[^,。;]{0,12}统一|统筹管理"
)
_PAIRED = re.compile(r"一对一|一对多|多对多|一对二|一对三|校际结对|结对帮扶")
_SCHOOLS = re.compile(r"学校|校际|成员校|受援校|校区")


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode the plan builds or describes; ``kind`` is None where neither features nor label tell."""

    label: str | None
    kind: ModeKind | None
    by_features: bool
    start: int
    end: int


KIND_NAMES: dict[ModeKind, str] = {
    "single_legal_person": "一个法人",
    "joint": "法人独立、工作统整",
    "paired": "结对协作",
}


def modes(plan: Plan, labels: Mapping[str, ModeKind]) -> list[Mode]:
    """The modes of the plan, in order of first mention. ``labels``: what labels mean in the pack's province."""
    names = {fold(label): kind for label, kind in labels.items()}
    known = sorted({*names, *matching()["mode_labels"]}, key=len, reverse=True)
    label_pattern = re.compile("|".join(re.escape(name) for name in known))
    places: dict[str, list[Stretch]] = {}
    for match in label_pattern.finditer(plan.spoken):
        sentence = plan.sentence_at(match.start())
        following = label_pattern.search(plan.spoken, match.end(), sentence.end)
        places.setdefault(match.group(), []).append(
            Stretch(match.start(), following.start() if following else sentence.end)
        )
    for item in plan.outline:
        heading = "".join(fold(item.section.heading).split()) if item.section.heading else ""
        named = set(label_pattern.findall(heading))
        if len(named) == 1:
            places.setdefault(named.pop(), []).append(item.stretch)
    listed = {"".join(fold(c.mode).split()) for c in plan.document.communities if c.mode}
    found: list[Mode] = []
    for label, stretches in places.items():
        texts = [plan.spoken[s.start : s.end] for s in stretches]
        if label not in listed and any(_denied(plan, s) for s in stretches):
            continue
        kind, by_features = classify("\n".join(texts), names.get(label))
        place = min(stretches, key=lambda s: s.start)
        found.append(Mode(label, kind, by_features, place.start, min(place.end, place.start + 80)))
    found.extend(_listed_only(plan, names, {mode.label for mode in found}))
    found.extend(_unlabelled(plan, found, label_pattern))
    return found


def classify(text: str, label_kind: ModeKind | None) -> tuple[ModeKind | None, bool]:
    """The kind that a description shows, and whether its features (not the label) decided."""
    if _SINGLE.search(text):
        return "single_legal_person", True
    if _SEPARATE.search(text):
        if label_kind in ("joint", "paired"):
            return label_kind, True
        if _JOINT.search(text):
            return "joint", True
        if _UNTOUCHED.search(text) or _PAIRED.search(text):
            return "paired", True
        return ("joint" if label_kind else None), True
    if _UNTOUCHED.search(text):
        return "paired", True
    return label_kind, False


def caution(found: Sequence[Mode], labels: Mapping[str, ModeKind]) -> str:
    """What a reader must know of the labels of these modes, in Chinese sentences; empty where they mislead nobody."""
    names = {fold(label): kind for label, kind in labels.items()}
    said: list[str] = []
    for mode in found:
        if mode.label is None:
            continue
        friends: Mapping[str, ModeKind] = matching()["false_friends"].get(mode.label, {})
        meaning = names.get(mode.label)
        judged = f"属{KIND_NAMES[mode.kind]}" if mode.kind else "属哪一种不能确定"
        by = "按方案写明的特征" if mode.by_features else "方案未写明特征，按本省叫法"
        if friends:
            each = "，".join(f"{province}指{KIND_NAMES[kind]}" for province, kind in friends.items())
            said.append(f"注意“{mode.label}”各省所指不同（{each}）：{by}，{judged}。")
        elif meaning and mode.by_features and mode.kind and mode.kind != meaning:
            said.append(f"注意“{mode.label}”在本省指{KIND_NAMES[meaning]}：{by}，{judged}。")
    return "".join(dict.fromkeys(said))


def kind_of(community: Community, plan_modes: list[Mode], labels: Mapping[str, ModeKind]) -> ModeKind | None:
    """The kind of one listed community; None where the plan does not tell."""
    if community.legal_person == "single":
        return "single_legal_person"
    label = "".join(fold(community.mode).split()) if community.mode else None
    if label is None:
        kinds = {mode.kind for mode in plan_modes if mode.kind}
        if community.legal_person == "separate":
            kinds.discard("single_legal_person")
        return kinds.pop() if len(kinds) == 1 else None
    for mode in plan_modes:
        if mode.label and (mode.label in label or label in mode.label):
            return _consistent(mode.kind, community)
    for name, kind in labels.items():
        if fold(name) in label:
            return _consistent(kind, community)
    return None


def _consistent(kind: ModeKind | None, community: Community) -> ModeKind | None:
    """A community of separate legal persons is not one of the single kind, whatever its label says."""
    return None if kind == "single_legal_person" and community.legal_person == "separate" else kind


def _denied(plan: Plan, stretch: Stretch) -> bool:
    """Whether the sentence says that the mode is not built, or only that it is thought of for later."""
    sentence = plan.sentence_at(stretch.start)
    text = plan.spoken[sentence.start : max(sentence.end, min(stretch.end, stretch.start + 120))]
    return bool(_NOT_BUILT.search(text))


_NOT_BUILT = re.compile(
    r"未安排|(?:暂|均|都)?不(?:安排|组建|建设|采用|设置|实行|开展)|没有(?:安排|组建|建设|采用)|(?:暂|均)?未(?:组建|建设|采用|开展)|暂不|不涉及|暂无"
)


def _listed_only(plan: Plan, names: Mapping[str, ModeKind], seen: set[str | None]) -> list[Mode]:
    """Modes that stand only in the list (a table column, extracted), not in running text."""
    found: list[Mode] = []
    for community in plan.document.communities:
        label = "".join(fold(community.mode).split()) if community.mode else None
        if label and not any(s and (s in label or label in s) for s in seen):
            seen.add(label)
            kind = next((k for name, k in names.items() if name in label), None)
            place = plan.stretch(community.span)
            by_features = community.legal_person == "single"
            found.append(
                Mode(label, "single_legal_person" if by_features else kind, by_features, place.start, place.end)
            )
    return found


def _unlabelled(plan: Plan, labelled: list[Mode], label_pattern: re.Pattern[str]) -> list[Mode]:
    found: list[Mode] = []
    for match in _SINGLE.finditer(plan.spoken):
        sentence = plan.sentence_at(match.start())
        if label_pattern.search(plan.spoken, sentence.start, sentence.end):
            continue
        if any(mode.kind == "single_legal_person" for mode in labelled) or found:
            break
        if not _NOT_BUILT.search(plan.spoken, sentence.start, sentence.end):
            found.append(Mode(None, "single_legal_person", True, sentence.start, sentence.end))
    if labelled or found:
        return found
    for match in _PAIRED.finditer(plan.spoken):
        clause = plan.clause(match.start(), match.end())
        sentence = plan.sentence_at(match.start())
        if _SCHOOLS.search(plan.spoken, sentence.start, sentence.end) and not _NOT_BUILT.search(
            plan.spoken, sentence.start, sentence.end
        ):
            return [Mode(None, "paired", True, clause.start, clause.end)]
    return found
