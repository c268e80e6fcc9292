"""Names and attribute values of WordprocessingML (ECMA-376 part 1, 17 and 22.9)."""

from __future__ import annotations

import re
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def value(element: Any | None) -> str | None:
    """The ``w:val`` of an element; None where there is none."""
    return element.get(f"{W}val") if element is not None else None


def number(element: Any | None) -> int | None:
    """The ``w:val`` of an element as a whole number; None where there is none."""
    return integer(value(element))


def integer(text: str | None) -> int | None:
    """A whole number of at most nine digits; None for anything else."""
    # Bounded, because a counter that starts at 10**5000 is an attack, not a list.
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,9}", text) else None


def is_on(element: Any | None) -> bool:
    """Whether an on/off property (``<w:vanish/>``, ``<w:vanish w:val="0"/>``) is there and on."""
    return element is not None and element.get(f"{W}val", "1") not in ("0", "false", "off")
