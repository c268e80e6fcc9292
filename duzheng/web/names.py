"""What a document is called on a page."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from extractors.containers import SEPARATOR

if TYPE_CHECKING:
    from duzheng.web.here import Here


def file_name(uri: str) -> str:
    """The name of the file that a document was read from: of a member of an archive its own, of a page the end of its address."""
    last = uri.replace("\\", "/")
    last = last.rpartition(SEPARATOR)[2] or last
    if last.startswith(("http://", "https://")):
        last = unquote(urlsplit(last).path)
    return PurePosixPath(last).name


def called(asked: Here, title: str | None, uri: str | None) -> str:
    """The title; of a document without one that it has none, with the name of its file, or all of them would look alike."""
    return title or f"{asked.word('reading.untitled')} {file_name(uri or '')}".strip()
