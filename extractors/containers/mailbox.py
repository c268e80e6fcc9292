"""Mailboxes (mbox, RFC 4155): each message is a member, ``0001 关于报送方案.eml``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.containers.collect import Collector
from extractors.readers import mime
from schemas.outcome import SourceFile

# A sender and a date, and a header below it: a sentence that begins with From has none of it.
_FROM = re.compile(rb"From \S+[^\n]{0,60}\d\d:\d\d[^\n]{0,60}\n(?=[!-9;-~]{1,70}:)")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_MAX_SUBJECT = 60


def unpack(file: SourceFile, into: Collector) -> None:
    """Take out the messages of a mailbox.

    Raises:
        NotRead: there are too many.
    """
    data = file.data.removeprefix(b"\xef\xbb\xbf")
    for number, (start, end) in enumerate(_messages(data), 1):
        into.budget.count(file.uri)
        message = _QUOTED.sub(rb"\1", data[start:end])
        uri = into.uri(f"{number:04d} {subject(message)[:_MAX_SUBJECT]}".strip().replace("/", "／") + ".eml")
        if uri is not None and into.fits(uri, len(message)):
            into.add(uri, message)


def subject(message: bytes) -> str:
    """The subject of a message in a line, '' where it has none."""
    head = mime.header(message)
    return " ".join(mime.text_of(head.get("subject", "")).split())


def _messages(data: bytes) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for match in _FROM.finditer(data):
        before = data[max(match.start() - 4, 0) : match.start()].replace(b"\r", b"")
        if not (match.start() <= 4 or before.endswith(b"\n\n")):
            continue  # a mail stands behind an empty line
        if start is not None:
            yield start, match.start()
        start = match.end()
    if start is not None:
        yield start, len(data)
