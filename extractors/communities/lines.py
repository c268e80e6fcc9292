"""Communities in lists of lines: ``1.A——B、C``, ``A：B、C``."""

from __future__ import annotations

import re

from extractors.communities.names import is_school_name, keeps_note, named_parts, part_of, trim_start
from extractors.communities.tables import stage_of
from extractors.layout import Layout, Line, squeeze
from schemas.document import Community, Stage

_SERIAL = re.compile(r"\s*(?:\(?[\d一二三四五六七八九十]{1,3}[).、．]\s*|[①-⑳]\s*)")
_MARK = re.compile(r"(?P<mark>-{1,4}>?|→|=>|[+]|:|↔|<-+>)\s*")
_MAX_LINE = 360


def from_line(layout: Layout, line: Line) -> list[Community]:
    """The communities that a line states: one, or several pairs divided by semicolons (小学：A—B；C—D)."""
    if line.end - line.start > _MAX_LINE:
        return []
    folded = layout.folded[line.start : line.end]
    if "。" in folded.rstrip().rstrip("。"):
        return []
    start = line.start
    stage: Stage | None = None
    label = re.match(r"\s*(?:[^\s:]{0,3}[、.)])?(?P<stage>[\u3400-\u9fff]{2,8}):", folded)
    if label and stage_of(label["stage"]) and not is_school_name(label["stage"]):
        stage, start = stage_of(label["stage"]), line.start + label.end()
    else:
        group = re.match(r"\s*第?[一二三四五六七八九十\d]{1,3}[组片对号](?:学校)?:", folded)
        start += group.end() if group else 0
    found: list[Community] = []
    for piece in re.finditer(r"[^;]+", layout.folded[start : line.end]):
        if not piece[0].strip("。 \n"):
            continue
        one = _from_piece(layout, start + piece.start(), start + piece.end())
        if one is None:
            return []
        found.append(one.model_copy(update={"stage": stage}))
    return found


def _from_piece(layout: Layout, start: int, end: int) -> Community | None:
    serial = _SERIAL.match(layout.folded, start, end)
    if serial:
        start = serial.end()
    folded = layout.folded[start:end].rstrip("。; \n")
    mark = _MARK.search(folded)
    named = folded[: mark.start()].rstrip() if mark else ""
    if not mark or not 2 <= len(named) <= 40:
        return None
    bare = re.sub(r"\s", "", named)
    note = re.search(r"\(([^()]*)\)$", bare)
    lead = bare[: note.start()] if note and not keeps_note(note[1]) else bare
    if not is_school_name(lead) or trim_start(lead) or lead.endswith("学区") or re.search(r"[和与及、]", mark[0]):
        return None
    rest = folded[mark.end() :]
    if "+" in rest and "、" in rest:
        return None  # A+B、C+D: which belongs to which cannot be told
    parts = named_parts(rest)
    entries = [p for p in re.split(r"[、,+\s]+|(?<=[学校园中小幼])[和与及](?=..)|-{1,4}", rest) if p]
    # A colon also stands behind a school that is going to say something: every entry must then be a school.
    if not parts or len(parts) * (1 if mark["mark"] == ":" else 2) < len(entries):
        return None
    if any(part == "lead" for _, _, part in parts):
        return None
    text = layout.text[start:end]
    members = [squeeze(text[mark.end() + a : mark.end() + b]) for a, b, _ in parts]
    return Community(
        lead=squeeze(text[: mark.start()])[: len(lead)],
        members=list(dict.fromkeys(members)),
        span=layout.span(start, end),
    )


_BLANK_ROW = re.compile(
    r"\s*(?:\(?[\d一二三四五六七八九十]{1,3}[).、．]\s*|[①-⑳]\s*)?(?P<lead>[\u3400-\u9fff]{2,6})[:为]\s*(?P<name>[^:;。]{2,40}?)\s*[;,\s]\s*"
    r"(?P<member>[\u3400-\u9fff]{2,6})[:为]\s*[_\-—·…×xX.()\s]*[。;]?\s*"
)


def from_blank(layout: Layout, line: Line) -> list[Community]:
    """The community of a form whose members were left blank (核心校：A；成员校：____): a lead without members."""
    if line.end - line.start > _MAX_LINE:
        return []
    match = _BLANK_ROW.fullmatch(layout.folded, line.start, line.end)
    if match is None or part_of(match["lead"]) != "lead" or part_of(match["member"]) != "member":
        return []
    lead = squeeze(match["name"])
    if not is_school_name(lead) or trim_start(lead):
        return []
    start, end = match.span("name")
    return [Community(lead=squeeze(layout.text[start:end]), members=[], span=layout.span(line.start, line.end))]
