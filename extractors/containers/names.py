"""Names of members made into labels that lead nowhere."""

from __future__ import annotations

import re
import unicodedata

_MAX_PART = 200
_MAX_PARTS = 16
"""Longer names say no more and are cut in their middle: the end holds the extension."""

_JUNK = ("Thumbs.db", "desktop.ini", ".DS_Store")
_DRIVE = re.compile(r"[A-Za-z]:(?=/|$)")


def label(name: str) -> str:
    """A name without ways out of the container and without invisible characters.

    No drive, leading slash, ``.`` or ``..``; no control, bidirectional or unassigned characters; no ``!/``, which stands
    between a container and its member.
    """
    path = "/".join(name.replace("\\", "/").split("/")[-4 * _MAX_PARTS :])
    path = _DRIVE.sub("", path, count=1) if _DRIVE.match(path) else path
    parts = []
    for part in path.split("/"):
        shown = "".join(c if _is_shown(c) else " " if c in "\t\r\n" else "" for c in part[:4096]).strip()
        if shown.strip(". ") == "":
            continue  # nothing, here, above
        if shown.endswith("!"):
            shown = shown[:-1] + "！"
        parts.append(shown if len(shown) <= _MAX_PART else f"{shown[: _MAX_PART // 2]}…{shown[-_MAX_PART // 2 :]}")
    return "/".join(parts[-_MAX_PARTS:]) or "unnamed"


def numbered(label: str, number: int) -> str:
    """The label of the second, third … member of one name: ``名单.xlsx`` → ``名单 (2).xlsx``."""
    folder, slash, base = label.rpartition("/")
    stem, dot, extension = base.rpartition(".")
    if not stem:
        stem, dot, extension = base, "", ""
    return f"{folder}{slash}{stem} ({number}){dot}{extension}"


def is_junk(label: str) -> bool:
    """Whether a member is what systems and office programs leave behind: resource forks, thumbnails, lock files."""
    base = label.rpartition("/")[2]
    return (
        label.startswith("__MACOSX/")
        or base in _JUNK
        or base.startswith(("._", "~$"))
        or base.endswith(":Zone.Identifier")
    )


def _is_shown(character: str) -> bool:
    # Cc, Cf, Cs, Co, Cn: controls, bidirectional marks, lone surrogates, private use, unassigned. Private use characters
    # stay: GBK fonts of old systems hold rare names of places there.
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn")
