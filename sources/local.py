"""Asking for the items of folders and mailboxes as one asks a server: an ``Answer`` with the bytes, from the disk."""

from __future__ import annotations

import datetime
from pathlib import Path

from extractors.containers import SEPARATOR
from extractors.readers import limits
from schemas.fetching import Answer, FetchFailed
from schemas.source import SourceDefinition
from sources.listing import mailbox


def read_item(definition: SourceDefinition, url: str) -> Answer:
    """The content of an item, or of an attachment beside it, of a source of kind folder, upload or mailbox.

    Args:
        definition: the source; nothing outside its folder is read.
        url: ``Listed.url``, or one of ``Listed.attachments``.

    Returns:
        An answer with status 200, without headers; ``fetched_at`` is now.

    Raises:
        FetchFailed: the file is outside the source's folder (``not_allowed``), gone (``http_status`` with status 404,
            as a server would say), or cannot be read.
    """
    name = url.partition(SEPARATOR)[0] if definition.kind == "mailbox" else url
    path, root = Path(name), Path(definition.url)
    if path.is_symlink() or not path.resolve().is_relative_to(root.resolve()):
        message = f"不在 {root} 之内 / is not below {root}"
        raise FetchFailed(url, "not_allowed", message, "请把文件本身放进去 / put the file itself there")
    if not path.is_file():
        raise _gone(url)
    if name != url:
        mail = mailbox.mail_of(url)
        if mail is None:
            raise _gone(url)
        return _answer(url, mail)
    try:
        if path.stat().st_size > limits.MAX_BYTES:
            megabytes = limits.MAX_BYTES // 2**20
            message = f"超过 {megabytes} MB / larger than {megabytes} MB"
            raise FetchFailed(url, "too_large", message, "请拆分后再放入 / split it")
        return _answer(url, path.read_bytes())
    except OSError as error:
        message = f"打不开 / cannot be opened: {error.strerror}"
        raise FetchFailed(url, "not_allowed", message, "请检查权限 / check permissions") from error


def _answer(url: str, data: bytes) -> Answer:
    return Answer(url, url, 200, (), data, datetime.datetime.now(datetime.UTC))


def _gone(url: str) -> FetchFailed:
    return FetchFailed(url, "http_status", "文件已不在 / the file is gone", status=404)
