"""Sentences in which a school speaks of itself: 我校与核心校某小学组建…, 我校帮扶某小学.

The sentence is read as any other with a stand-in for 我校; what comes back is kept only where the document says which
school that is, and who leads: a school names itself first out of grammar, so 我校与某小学结为教共体 does not say it. The span
is that of the sentence, where the school stands as 我校.
"""

from __future__ import annotations

import re

from extractors.communities.prose import from_sentences
from extractors.layout import Layout, Line, squeeze
from schemas.document import Community

_OWN = re.compile(r"[我本]校(?!区)")
_OWN_WITH = re.compile(r"[我本]校[与和同跟]")
_STAND_IN = "百中"
"""Read as a school's name like 一中, borne by none."""


def from_own_sentences(layout: Layout, line: Line, own: str) -> list[Community]:
    """The communities of one paragraph in which 我校 has a part, the school's name put in its place.

    Args:
        layout: the text.
        line: the paragraph.
        own: the school that the document speaks for, as written.
    """
    folded = layout.folded[line.start : line.end]
    if not _OWN.search(folded):
        return []
    read = Layout(layout.text, layout.lines, layout.tables)
    # The same length: every offset stays valid in the original.
    read.__dict__["folded"] = layout.folded[: line.start] + _OWN.sub(_STAND_IN, folded) + layout.folded[line.end :]
    found: list[Community] = []
    for one in from_sentences(read, line):
        lead = _named(one.lead, own) if one.lead else None
        members = [_named(member, own) for member in one.members]
        said = layout.folded[one.span.start : one.span.end]
        if lead == own and _OWN_WITH.search(said):
            continue
        if own in (lead, *members) and members != [lead]:
            found.append(one.model_copy(update={"lead": lead, "members": list(dict.fromkeys(members))}))
    return found


def _named(name: str, own: str) -> str:
    return own if re.fullmatch(r"[我本]校", squeeze(name)) else name
