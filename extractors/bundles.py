"""Which files belong together: a document and the files beside it that are its attachments.

A county hands in a folder: the plan, and 附件1 …, 附件2 … as files of their own. Such files are read as part of the document
they stand beside, when the folder holds exactly one other document; else each is a document of its own, since nobody can
say whose attachment it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

_ATTACHMENT = re.compile(r"[\s(（\[【]*附\s*(?:件|表|錄|录)\s*[\d一二三四五六七八九十]{0,2}")


@dataclass(frozen=True, slots=True)
class Group:
    """A file to be read, with the files that are its attachments, in the order of their names."""

    main: Path
    attachments: tuple[Path, ...] = ()


def is_attachment(path: PurePath) -> bool:
    """Whether a file's name begins like an attachment's (附件1 …, 附表2 …, （附件）…)."""
    return bool(_ATTACHMENT.match(path.name))


def group(paths: Iterable[Path]) -> list[Group]:
    """Files to groups; the groups stand in the order of their first file among ``paths``.

    Args:
        paths: files, of any folders. Only files given here are joined: nothing else is looked for on the disk.
    """
    ordered = list(dict.fromkeys(paths))
    folders: dict[Path, list[Path]] = {}
    for path in ordered:
        folders.setdefault(path.parent, []).append(path)
    groups: dict[Path, Group] = {}
    for files in folders.values():
        mains = [path for path in files if not is_attachment(path)]
        attachments = tuple(sorted(path for path in files if is_attachment(path)))
        if len(mains) == 1:
            groups[mains[0]] = Group(mains[0], attachments)
        else:
            groups |= {path: Group(path) for path in files}
    return [groups[path] for path in ordered if path in groups]
