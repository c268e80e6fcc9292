"""The parties of an agreement (甲方, 乙方 …): who signs it, and which school helps which.

An agreement has no 发文机关: those who make it are its parties, named behind their labels at its head and again where
they sign (民法典, article 470: a contract states the parties' names).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.communities.names import is_school_name, part_of
from extractors.layout import Layout, squeeze
from extractors.organisations import is_organisation
from schemas.document import Community

_PARTY = re.compile(
    r"(?<![\u3400-\u9fff])(?P<label>[甲乙丙丁]方)[ ]*(?:\((?P<note>[^()\n]{1,16})\))?[ ]*:[ ]*"
    r"(?P<name>[\u3400-\u9fff\d·]{3,36})(?=[\s(,;。]|$)"
)


@dataclass(frozen=True, slots=True)
class Party:
    """One party: its label (甲方), its name as written, where, and its part where the note says it (支援学校)."""

    label: str
    name: str
    start: int
    end: int
    part: str | None


def find_parties(layout: Layout) -> list[Party]:
    """The parties named in the running text, each once, in the order of their labels; empty where fewer than two are."""
    found: dict[str, Party] = {}
    for match in _PARTY.finditer(layout.prose):
        start, end = match.span("name")
        if match["label"] in found or not (is_organisation(match["name"]) or is_school_name(match["name"])):
            continue
        found[match["label"]] = Party(
            match["label"], squeeze(layout.text[start:end]), start, end, part_of(match["note"])
        )
    if len(found) < 2:
        return []
    return sorted(found.values(), key=lambda party: "甲乙丙丁".index(party.label[0]))


def paired_by(layout: Layout, parties: list[Party]) -> list[Community]:
    """The community that the parties of an agreement form: all are schools, and a note or the label 甲方 says who leads."""
    if not parties or not all(is_school_name(squeeze(layout.folded[p.start : p.end])) for p in parties):
        return []
    leads = [party for party in parties if party.part == "lead"]
    if not leads:
        others = [party for party in parties if party.part != "member"]
        leads = others if len(others) == 1 else [party for party in others if party.label == "甲方"]
    if len(leads) != 1:
        return []
    members = [party.name for party in parties if party is not leads[0]]
    first, last = min(p.start for p in parties), max(p.end for p in parties)
    return [Community(lead=leads[0].name, members=members, span=layout.span(first, last))]
