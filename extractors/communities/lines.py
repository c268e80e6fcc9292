"""Communities in lists of lines: ``1.A——B、C``, ``A：B、C``."""

from __future__ import annotations

import re

from extractors.communities.names import is_school_name, split_names, trim_start
from extractors.layout import Layout, Line, squeeze
from schemas.document import Community

_SERIAL = r"(?:\(?[\d一二三四五六七八九十]{1,3}[).、．]\s*|[①-⑳]\s*)?"
_PAIR = re.compile(
    rf"\s*{_SERIAL}(?P<lead>[^\s:。;,-][^:。;,]{{1,36}}?)\s*(?P<mark>-{{1,4}}>?|→|=>|\+|:|↔)\s*(?P<members>[^:。-][^:。]{{1,300}})[。;]?\s*"
)


def from_line(layout: Layout, line: Line) -> Community | None:
    """The community that a line states, or None."""
    folded = layout.folded[line.start : line.end]
    if len(folded) > 360:
        return None
    match = _PAIR.fullmatch(folded)
    if not match:
        return None
    lead = squeeze(match["lead"])
    note = re.sub(r"\((?:[^()]*(?:校|园|方|单位))\)$", "", lead)
    if not is_school_name(note) or trim_start(note):
        return None
    start = line.start + match.start("members")
    text, plain = layout.text[start : line.start + match.end("members")], match["members"]
    names = split_names(text, plain)
    entries = [p for p in re.split(r"[、,;\s]+", plain.strip()) if p]
    if not names or len(names) * 2 < len(entries):
        return None
    lead_start = line.start + match.start("lead")
    return Community(
        lead=squeeze(layout.text[lead_start : lead_start + len(match["lead"])])[: len(note)],
        members=[_without_note(squeeze(text[a:b])) for a, b in names],
        span=layout.span(lead_start, line.end),
    )


def _without_note(name: str) -> str:
    return re.sub(r"[((][^()()]*(?:成员校|受援校|成员|分校|成員校|受援)[))]$", "", name)
