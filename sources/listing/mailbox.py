"""A mailbox export: a file (mbox, EML), or a folder of such files; each mail is an item.

A mail goes by its own hash within the mailbox: its position changes with every mail that is taken out or added.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.containers import SEPARATOR, members
from extractors.readers import formats, limits, mime
from schemas.errors import NotRead
from schemas.fetching import FetchFailed, Listed, Listing
from schemas.outcome import SourceFile
from schemas.source import SourceDefinition
from sources.listing import files
from sources.listing.dates import from_mail

if TYPE_CHECKING:
    from sources.listing import Ask

_HASH = 16
"""Characters of a mail's SHA-256 in its address."""
_SUBJECT = 60


def pages(
    definition: SourceDefinition, ask: Ask, listing: Listing, today: datetime.date
) -> Iterator[tuple[str, list[Listed]]]:
    """Each mailbox file and its mails.

    Raises:
        FetchFailed: there is no such file or folder, or the only file is no mailbox.
    """
    for path in _paths(definition, listing):
        mark = files.fingerprint([path])
        if mark is None:
            listing.waiting.append(str(path))
            continue
        try:
            data = _bytes(path)
            if formats.recognise(data, str(path)).key == "eml":
                yield str(path), [_item(str(path), data, mark, today)]
                continue
            found = mails(path, data, listing)
        except FetchFailed as error:
            if str(path) == definition.url:
                raise
            listing.failures.append(error)
            continue
        items = []
        for mail in found:
            sha256 = hashlib.sha256(mail).hexdigest()
            name = " ".join(mime.text_of(mime.header(mail).get("subject", "")).split())[:_SUBJECT].replace("/", "／")
            uri = f"{path}{SEPARATOR}{sha256[:_HASH]} {name}".rstrip() + ".eml"
            items.append(_item(uri, mail, sha256, today))
        yield str(path), items


def mails(path: Path, data: bytes, listing: Listing | None = None) -> list[bytes]:
    """The mails of an mbox file; those that are too large are put down in the listing.

    Raises:
        FetchFailed: it is none, or is damaged.
    """
    try:
        if formats.recognise(data, str(path)).key == "mbox":
            found = members(SourceFile(str(path), data))
            if listing is not None:
                listing.failures += [FetchFailed(f.uri, "too_large", f.message, f.cure) for f in found.failures]
            # Whether an empty line stands behind a mail depends on the next one.
            return [mail.data.rstrip(b"\r\n") + b"\n" for mail in found.files]
    except NotRead as error:
        raise FetchFailed(str(path), "listing", error.message, error.cure, field="url") from error
    message = "不是邮件（EML）或邮箱文件（mbox） / this is neither a mail (EML) nor a mailbox (mbox)"
    raise FetchFailed(str(path), "listing", message, "请从邮件程序导出 / export it from the mail program", field="url")


def mail_of(url: str) -> bytes | None:
    """A mail by the address that the list gave it; None where the mailbox no longer holds it.

    Raises:
        FetchFailed: the mailbox is not there or is no mailbox.
    """
    box, _, name = url.partition(SEPARATOR)
    try:
        state = Path(box).stat()
    except OSError:
        return None
    return _opened(box, state.st_size, state.st_mtime_ns).get(name[:_HASH])


@lru_cache(maxsize=1)
def _opened(box: str, size: int, changed: int) -> dict[str, bytes]:
    """The mails of a mailbox by their addresses' hashes. The last one is kept: a run asks for one mail after the other."""
    return {hashlib.sha256(mail).hexdigest()[:_HASH]: mail for mail in mails(Path(box), _bytes(Path(box)))}


def _paths(definition: SourceDefinition, listing: Listing) -> list[Path]:
    path = Path(definition.url)
    if not path.is_file():
        return files.below(files.root(definition), definition, listing)
    if files.is_settled(path, definition.settled_seconds):
        return [path]
    listing.waiting.append(str(path))
    return []


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > limits.MAX_BYTES:
            megabytes = limits.MAX_BYTES // 2**20
            message = f"超过 {megabytes} MB / larger than {megabytes} MB"
            raise FetchFailed(str(path), "too_large", message, "请分几次导出 / export it in parts", field="url")
        return path.read_bytes()
    except OSError as error:
        message = f"打不开 / cannot be opened: {error.strerror}"
        raise FetchFailed(str(path), "listing", message, "请检查权限 / check permissions", field="url") from error


def _item(uri: str, mail: bytes, sha256: str, today: datetime.date) -> Listed:
    head = mime.header(mail)
    subject = " ".join(mime.text_of(head.get("subject", "")).split())
    written = head.get("date")
    return Listed(uri, subject or None, from_mail(written, today) if written else None, None, sha256)
