"""Traditional script (OpenCC s2t) and Taiwan script and vocabulary (s2twp)."""

from __future__ import annotations

from functools import cache

import opencc


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def written(text: str, script: str) -> str:
    """A text as it is written: ``Hans`` as it stands, ``s2t`` or ``s2twp`` converted."""
    return text if script == "Hans" else str(_converter(script).convert(text))
