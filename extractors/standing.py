"""What part a document plays: the level of its issuer, and whether it asks, plans or submits.

``requirement`` asks lower levels for something, ``plan`` is a government's or bureau's own plan (the plan that a notice
issues included), ``submission`` is a school's or a township's paper.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.fold import fold
from extractors.genre import genre_of_title, without_tail
from extractors.lexicon import load
from extractors.organisations import is_school, is_township_body
from schemas.document import DocumentRole, Genre, Jurisdiction, Level

_OWN_PLACE = re.compile(
    r"(?!关于|城乡|乡村|城市|县域|市域|区域)[\u3400-\u9fff]{2,9}?(?<!城)(?P<kind>省|自治区|自治州|市|县|区|旗|镇|乡|街道)"
    r"(?!域|级|直|管|镇|乡|内|外|教研|长)"
)
"""The place a title opens with: 某某区关于推进…的实施方案."""
_GROUP_OF_A_SCHOOL = re.compile(r"(?:教育集团|办学集团|集团|教育共同体|教共体|校共体|校联体|教联体|教育联盟)$")
"""A community that bears its leading school's name (某某小学教育集团) speaks as that school does."""
_PLACE_LEVELS: dict[str, Level] = {
    "省": "province", "自治区": "province", "自治州": "city", "市": "city", "县": "county", "区": "county", "旗": "county",
    "镇": "township", "乡": "township", "街道": "township",
}  # fmt: skip
_OWN_WEIGHT = 3
"""So many mentions of a body weigh as much as one 我县: a plan names the bureau above it often."""
HEADS = ("组长", "理事长", "总召集人", "召集人", "总指挥")
"""Roles of those who lead a group, deputies left out; folded."""
_HEAD_OF_SCHOOL = re.compile(r"(?<!中心校)(?<!中心学校)(?:校长|园长)$")
_SPOKEN = ("school", "township", "county", "city", "province")


def find_level(
    issuers: Sequence[str], title: str | None, folded: str, place: Jurisdiction, heads: Sequence[str] = ()
) -> Level | None:
    """The level of the body that a document speaks for: by its issuer, else by how the text speaks of itself.

    ``heads`` are the posts of those who lead the work: a group under a 校长 is a school's.
    """
    names = load("organisations")
    plain = [fold(name) for name in issuers]
    if any(name.startswith(tuple(names["national_names"])) for name in plain):
        return "national"
    for name in plain:
        if is_township_body(name):
            return "township"
        if is_school(name) or is_school(_GROUP_OF_A_SCHOOL.sub("", name)):
            return "school"
    if plain:
        if any(mark in plain[0] for mark in names["province_marks"]) and not place.city:
            return "province"
        if place.county:
            return "county"
        if place.city:
            return "city"
        if place.province:
            return "province"
    folded = re.sub(r"《[^《》]*》", "", folded)  # the titles it cites speak for others
    words = load("levels")
    spoken = {
        level: _OWN_WEIGHT * sum(folded.count(word) for word in words["own"][level])
        + sum(folded.count(word) for word in words["named"][level])
        for level in _SPOKEN
    }
    if any(_HEAD_OF_SCHOOL.search(fold(post)) for post in heads):
        spoken["school"] += 2 * _OWN_WEIGHT
    # 省 and 市 are named by everyone who answers them, so the lower level wins a tie.
    best = max(_SPOKEN, key=lambda level: (spoken[level], -_SPOKEN.index(level)))
    heading = without_tail(fold(title)) if title else ""
    if spoken[best]:
        titled = _titled(heading, place)
        # A county-level city calls itself 我市; a county's plan names the province it answers more often than itself.
        if best in ("city", "province") and (titled == "county" or (best == "city" and place.county)):
            return "county"
        if best == "province" and titled == "city":
            return "city"
        return best  # type: ignore[return-value]
    if heading and is_school(heading.split("关于")[0]):
        return "school"
    if (titled := _titled(heading, place)) in ("city", "county"):
        return titled
    named = _OWN_PLACE.match(heading)
    if named:
        return "county" if named["kind"] == "市" and place.county else _PLACE_LEVELS[named["kind"]]
    if place.county:
        return "county"
    return "city" if place.city else "province" if place.province else None


def _titled(heading: str, place: Jurisdiction) -> Level | None:
    """The level of the place that a folded heading opens with, where it is the document's own: 某某省某某县…实施方案."""
    found: Level | None = None
    names: tuple[tuple[Level, str | None], ...] = (
        ("province", place.province), ("city", place.city), ("county", place.county)
    )  # fmt: skip
    for level, name in names:
        if name and heading.startswith(fold(name)):
            found, heading = level, heading[len(name) :]
    return found


def find_role(
    genre: Genre, level: Level | None, issued: Sequence[str], addressees: Sequence[str], pairs_schools: bool
) -> DocumentRole:
    """Whether the document asks, plans or submits.

    Args:
        genre: its 文种.
        level: its level.
        issued: titles of the papers it issues (关于印发《…》的通知), folded.
        addressees: whom it is addressed to.
        pairs_schools: whether it names communities: a county's paper that pairs the schools itself is its plan, whatever
            it is called.
    """
    if level in ("school", "township"):
        return "other" if genre in ("regulation",) else "submission"
    own = pairs_schools or any((genre_of_title(name) or "other") in ("plan", "measures") for name in issued)
    asks_lower = any(fold(name).startswith(("各县", "各区", "各市", "各省", "各设区", "各地")) for name in addressees)
    if genre == "plan" or (genre in ("notice", "opinion", "other") and own):
        return "requirement" if level in ("national", "province") or (asks_lower and level == "city") else "plan"
    if genre in ("notice", "opinion", "measures", "regulation"):
        return "requirement"
    return "other"
