"""The audit of a list of communities: what an inspector would ask about at once.

A school that stands in two communities, a member that leads another one, a lead without members, stages that differ from
the schools' names, a number in the text that the list does not meet. These are questions, not verdicts: the findings of
a check decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.communities.tables import stage_of
from extractors.fold import fold
from schemas.document import Community, Quality, Stage, Target

_COMMUNITY = re.compile(r"共同体|教共体|校共体|校联体|教联体|集团|联盟")
_COUNTED = ("个", "对", "组")
_COMPATIBLE: dict[Stage, tuple[Stage, ...]] = {
    "primary": ("primary", "nine_year"),
    "junior_secondary": ("junior_secondary", "nine_year"),
    "nine_year": ("primary", "junior_secondary", "nine_year"),
    "kindergarten": ("kindergarten",),
    "senior_secondary": ("senior_secondary",),
}


def audit(communities: Sequence[Community], targets: Sequence[Target]) -> Iterator[Quality]:
    """Questions about the communities of one document, in the order of the list.

    Args:
        communities: as extracted.
        targets: the document's quantities; one that counts its communities is compared with the list.
    """
    leads = {(_key(c.lead), c.stage) for c in communities if c.lead}
    seen: dict[tuple[str, Stage | None], Community] = {}
    for community in communities:
        if community.lead and not community.members:
            yield Quality(
                kind="lead_without_members",
                message=f"“{community.lead}”没有成员校 / this lead school has no members",
                span=community.span,
            )
        for member in community.members:
            key = (_key(member), community.stage)
            earlier = seen.setdefault(key, community)
            if earlier is not community:
                yield Quality(
                    kind="school_in_two_communities",
                    message=f"“{member}”同时属于“{earlier.lead}”和“{community.lead}”的共同体 / this school is a member of two communities",
                    span=community.span,
                )
            if key in leads and _key(member) != _key(community.lead):
                yield Quality(
                    kind="member_leads_elsewhere",
                    message=f"“{member}”既是成员校又是牵头校 / this member leads another community",
                    span=community.span,
                )
        yield from _stages(community)
    yield from _count(communities, targets)


def _key(name: str | None) -> str:
    return fold(name or "")


def _stages(community: Community) -> Iterator[Quality]:
    """Names that say another stage than the list does (a 初级中学 among primary schools)."""
    if community.stage is None:
        return
    for name in (community.lead, *community.members):
        own = stage_of(re.sub(r"学校$", "", _key(name)))
        if (
            own
            and own not in _COMPATIBLE[community.stage]
            and not (own == "junior_secondary" and community.stage == "senior_secondary")
        ):
            yield Quality(
                kind="stages_differ",
                message=f"“{name}”的学段与所列学段不一致 / the name of this school speaks of another stage than the list",
                span=community.span,
            )


def _count(communities: Sequence[Community], targets: Sequence[Target]) -> Iterator[Quality]:
    if not communities:
        return
    pairs = sum(len(c.members) for c in communities)
    for target in targets:
        if (
            target.comparator != "="
            or target.unit not in _COUNTED
            or target.per
            or not _COMMUNITY.search(_key(target.about))
        ):
            continue
        if any(one.mode and _key(one.mode) in _key(target.about) for one in communities):
            continue  # it counts those of one kind alone: 融合型校共体（2个）, of five
        if target.value not in (len(communities), pairs):
            yield Quality(
                kind="listed_count_differs",
                message=f"正文称{target.value:g}{target.unit}，名单为{len(communities)}个（成员校{pairs}所） / "
                f"the text says {target.value:g}, the list has {len(communities)} with {pairs} members",
                span=target.span,
            )
        return  # later counts are parts of the first (其中融合型1个)
