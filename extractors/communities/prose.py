"""Communities in sentences: 由A（核心校）、B（成员校）组成…; A与B结为…; A托管B; 以A为牵头校，B、C为成员校."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.communities.names import is_generic, is_school_name, suffix_pattern, trim_start
from extractors.layout import Layout, Line, squeeze
from extractors.lexicon import load
from schemas.document import Community

_FORMED = r"(?:组建|组成|结成|结为|构成|成立|建成|合并|共建|结对|建立|形成|联合|缔结|结盟)"


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    part: str | None
    """``lead`` or ``member`` where a note behind the name says so."""


@cache
def _part_words() -> list[tuple[str, str]]:
    words = load("schools")
    return sorted(
        [(w, "lead") for w in words["lead"]] + [(w, "member") for w in words["member"]], key=lambda p: -len(p[0])
    )


@cache
def _name_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<name>[\u3400-\u9fff]{{1,22}}?(?:\([\u3400-\u9fff]{{1,6}}\)[\u3400-\u9fff]{{0,6}}?)?{suffix_pattern()})(?:\((?P<note>[^()]{{1,12}})\))?(?=[\s、,;。:和与及同为\"()]|结|牵|托|帮|组|联|共|作|领|支|对|的|$)"
    )


@cache
def _community_name() -> re.Pattern[str]:
    ends = "|".join(sorted(map(re.escape, load("schools")["community_ends"]), key=len, reverse=True))
    return re.compile(
        rf"{_FORMED}(?:成为|成|为|了)?\"?(?P<name>[\u3400-\u9fff·]{{2,24}}?(?:{ends}))\"?(?=[。;,、\s\"]|$)"
    )


def part_of(note: str | None) -> str | None:
    """Whether a note behind a name (核心校, 成员校) makes it the lead or a member."""
    if not note:
        return None
    for word, part in _part_words():
        if word in note:
            return part
    return None


def from_sentences(layout: Layout, line: Line) -> Iterator[Community]:
    """The communities that the sentences of one paragraph state, in order."""
    for match in re.finditer(r"[^。;\n]+", layout.folded[line.start : line.end]):
        start, end = line.start + match.start(), line.start + match.end()
        if end - start < 8:
            continue
        found = _by_notes(layout, start, end) or _by_words(layout, start, end)
        if found:
            yield found


def _names(layout: Layout, start: int, end: int) -> list[_Name]:
    names: list[_Name] = []
    for match in _name_pattern().finditer(layout.folded, start, end):
        plain = match["name"]
        cut = trim_start(plain)
        first = match.start("name") + cut
        if is_school_name(plain[cut:]) and not is_generic(plain[cut:]):
            names.append(_Name(first, match.end("name"), part_of(match["note"])))
    return names


def _community(layout: Layout, start: int, end: int, lead: _Name, members: list[_Name]) -> Community | None:
    if not members:
        return None
    name = None
    for match in _community_name().finditer(layout.folded, start, end):
        if not re.fullmatch(
            r"(?:城乡|义务|学校|教育|发展|新型|紧密型|融合型|共建型|办学|区域)*(?:教育共同体|学校共同体|共同体|教共体|校共体|校联体|教联体|教育集团|集团|联盟|联合体|协作体|教育联盟)",
            match["name"],
        ):
            name = squeeze(layout.text[match.start("name") : match.end("name")])
    return Community(
        name=name,
        lead=squeeze(layout.text[lead.start : lead.end]),
        members=list(dict.fromkeys(squeeze(layout.text[m.start : m.end]) for m in members)),
        span=layout.span(start, end),
    )


def _by_notes(layout: Layout, start: int, end: int) -> Community | None:
    """由A（核心校）、B（校区）组建成为A教共体."""
    names = _names(layout, start, end)
    leads = [n for n in names if n.part == "lead"]
    if len(leads) != 1:
        return None
    members = [n for n in names if n.part == "member"] or [
        n for n in names if n is not leads[0] and n.start > leads[0].end
    ]
    return _community(layout, start, end, leads[0], members)


@cache
def _word_forms() -> list[re.Pattern[str]]:
    lead = "|".join(sorted(map(re.escape, load("schools")["lead"]), key=len, reverse=True))
    member = "|".join(sorted(map(re.escape, load("schools")["member"]), key=len, reverse=True))
    name = r"[^。;:]{2,120}?"
    return [
        # 以A为牵头校,B、C为成员校 / A为核心校,联合B、C
        re.compile(rf"(?:以|由)?(?P<lead>[^。;:,]{{3,30}}?)(?:为|作为|担任|任)(?:{lead})[,、]?(?:联合|带动|与|和|吸纳|辐射)?(?P<members>{name})(?:为|作为|等为|任)(?:{member})"),
        re.compile(rf"(?:以|由)(?P<lead>[^。;:,]{{3,30}}?)(?:为|作为|担任)(?:{lead})[,、]?(?:联合|带动|与|和|吸纳|辐射)(?P<members>{name})(?:等)?[,]?{_FORMED}"),
        # 由A牵头,联合B、C组建
        re.compile(rf"(?:由)?(?P<lead>[^。;:,]{{3,30}}?)牵头[,、]?(?:联合|带动|与|和|吸纳|会同)(?P<members>{name})(?:等)?[,]?(?:共同)?{_FORMED}"),
        # A与B、C结为城乡教育共同体 / A和B结对
        re.compile(rf"(?P<lead>[^。;:,]{{3,30}}?)(?:与|和|同)(?P<members>[^。;:,]{{2,80}}?)(?:等)?(?:学校)?(?:结为|结成|结对|组建|组成|缔结|共同组建|建立)(?![^。;]{{0,4}}工作)"),
        # A托管B / A结对帮扶B / A帮扶B
        re.compile(r"(?P<lead>[^。;:,]{3,30}?)(?:托管|委托管理|结对帮扶|对口帮扶|对口支援|结对|帮扶|领办)(?P<members>[^。;:]{2,80})"),
    ]  # fmt: skip


def _by_words(layout: Layout, start: int, end: int) -> Community | None:
    for form in _word_forms():
        for match in form.finditer(layout.folded, start, end):
            leads = _names(layout, match.start("lead"), match.end("lead"))
            members = _names(layout, match.start("members"), match.end("members"))
            if len(leads) == 1 and members and leads[0].end == match.end("lead"):
                return _community(layout, leads[0].start, end, leads[0], members)
    return None
