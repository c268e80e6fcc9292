"""What people type into forms, commands and programs: no characters in it that nobody types and nobody sees.

NUL cannot be stored by PostgreSQL; other control characters garble terminals and files; marks that turn the direction of writing
make a name look like another one (Unicode TR 36, 3.2). Texts of documents are kept as they are: this is for what is typed.
"""

from __future__ import annotations

import re

_UNSEEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
UNSEEN = re.compile(f"[{_UNSEEN}]")
"""Control characters but for tabs and line breaks, marks of direction, halves of characters."""
_NOT_IN_LINES = re.compile(f"[{_UNSEEN}\t\n\r\x85\u2028\u2029]")


def fault(text: str, *, lines: bool = True) -> str:
    """What is wrong with a typed text and the way out; empty where nothing is.

    Args:
        text: as it was typed.
        lines: whether it may hold tabs and line breaks; a name may not.
    """
    found = (UNSEEN if lines else _NOT_IN_LINES).search(text)
    if found is None:
        return ""
    sign, at = f"U+{ord(found[0]):04X}", found.start() + 1
    return f"第 {at} 个字是看不见的控制字符 {sign}，请删去 / character {at} is the invisible control character {sign}; remove it"
