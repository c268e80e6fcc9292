"""The plainest measure of copying: how many of a document's stretches of eight characters stand in another word for word.

On folded text, white space and punctuation aside, headings, names and figures included: what anybody can check by hand, and
what reports on copying usually mean by a share. ``extractors.reuse`` finds edited passages too and leaves out what all
documents say alike; its shares are of running text and therefore others.
"""

from __future__ import annotations

import re

from extractors.fold import fold

LENGTH = 8
"""Characters of a stretch: shorter ones are phrases of official style, longer ones miss what one changed word divides."""
_ASIDE = re.compile(r"[\W_]+")


def stretches(text: str) -> list[str]:
    """Every stretch of ``LENGTH`` characters of a text, in order, white space and punctuation left out."""
    plain = _ASIDE.sub("", fold(text))
    return [plain[at : at + LENGTH] for at in range(len(plain) - LENGTH + 1)]


def share(text: str, other: str) -> float:
    """How many of the stretches of ``text`` stand in ``other``, 0 to 1; 0 where the text is shorter than a stretch."""
    own, others = stretches(text), set(stretches(other))
    return sum(stretch in others for stretch in own) / len(own) if own else 0.0
