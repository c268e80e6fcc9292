"""The structure of a MIME message (RFC 2045-2047, 2231): parts, their headers and contents, of mail and of saved pages.

Split here and not by the standard library's parser: that one recurses into whatever is nested, asks every level about
every line, and loses the bytes of headers written in GBK without a declaration, as Chinese mail programs do.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email._policybase import Compat32
from email.message import Message

from extractors.readers import encodings, limits
from extractors.readers.encodings import Decoded, short_texts
from schemas.errors import NotRead

_MAX_VALUE = 4096
"""Characters of a header with parameters: the standard library's splitting of them costs their square."""
_BLANK = re.compile(rb"\r?\n\r?\n")
_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]*)?\?([bBqQ])\?([^?]*)(?:\?=|\?$|$)", re.ASCII)
_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


class _Raw(Compat32):
    """Headers as they stand, undeclared bytes as surrogates."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(slots=True)
class Part:
    """One part: its headers by lower-case name (the first of each), its body in the message, and the parts inside.

    ``kind`` is the media type in lower case; ``complete`` is False for a multipart without its end, which was cut off.
    Undeclared bytes of headers are kept as surrogates: use ``text_of``.
    """

    data: bytes = field(repr=False)
    start: int
    end: int
    headers: dict[str, str]
    kind: str = "text/plain"
    parts: list[Part] = field(default_factory=list)
    complete: bool = True

    def parameter(self, header: str, name: str) -> str:
        """A parameter of a header, decoded (RFC 2231, RFC 2047, raw GBK); '' where it is not there."""
        message = Message(policy=_Raw())
        message[header] = self.headers.get(header, "")[:_MAX_VALUE]
        try:
            value = message.get_param(name, "", header)
        except (ValueError, LookupError, TypeError):
            return ""
        if isinstance(value, tuple):
            raw = value[2].encode("latin-1", "replace")
            return _decoded(raw, value[0] or "")
        return text_of(str(value)).strip()

    @property
    def file_name(self) -> str:
        """The name the part goes by as a file, '' where it has none."""
        return self.parameter("content-disposition", "filename") or self.parameter("content-type", "name")

    @property
    def disposition(self) -> str:
        """``attachment``, ``inline`` or ''."""
        return self.headers.get("content-disposition", "").partition(";")[0].strip().lower()

    def content(self) -> bytes:
        """The body with its transfer encoding undone; what is damaged in it is passed over."""
        body = self.data[self.start : self.end]
        encoding = self.headers.get("content-transfer-encoding", "").strip().lower()
        if encoding == "base64":
            # Without the padding, which stands in the middle where a sender joined pieces.
            letters = _BASE64.sub(b"", body)
            letters = letters[: len(letters) - (len(letters) % 4 == 1)]
            return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
        if encoding == "quoted-printable":
            return binascii.a2b_qp(body)
        return body

    def text(self, uri: str) -> Decoded:
        """The body of a text part as characters.

        Raises:
            NotRead: its encoding cannot be told.
        """
        content = self.content()
        if not content.strip():
            return Decoded("", "utf-8")
        declared = self.parameter("content-type", "charset") or encodings.declared_charset(content)
        return encodings.decode(content, uri, declared)


def message(data: bytes, uri: str) -> Part:
    """A message and its parts.

    Raises:
        NotRead: ``over_limit`` when there are more parts, or more of them within each other, than ``limits`` allow.
    """
    start = len(data) - len(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    root = _part(data, start, len(data), "text/plain")
    budget = [limits.MAX_MAIL_PARTS]
    stack = [(root, 1)]
    while stack:
        part, depth = stack.pop()
        boundary = part.parameter("content-type", "boundary") if part.kind.startswith("multipart/") else ""
        for start, end in _pieces(part, boundary) if boundary else ():
            budget[0] -= 1
            if budget[0] < 0 or depth >= limits.MAX_MAIL_DEPTH:
                raise NotRead(
                    uri,
                    "over_limit",
                    "邮件的分段过多或嵌套过深 / the message has too many parts, or too many within each other",
                    "请把正文和附件单独存出 / save its text and attachments as files",
                )
            # RFC 2046, 5.1.5: what a digest holds are messages unless they say otherwise.
            usual = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
            inner = _part(data, start, end, usual)
            part.parts.append(inner)
            stack.append((inner, depth + 1))
        if part.kind.startswith("multipart/") and not part.parts:
            part.kind = "text/plain"  # a multipart without parts is read as the text it is
    return root


def header(data: bytes) -> dict[str, str]:
    """The headers of a message alone, by lower-case name, as they stand."""
    return _part(data, 0, len(data), "text/plain").headers


def is_complete(part: Part) -> bool:
    """Whether no multipart lacks its end."""
    stack = [part]
    while stack:
        one = stack.pop()
        if not one.complete:
            return False
        stack += one.parts
    return True


def leaves(part: Part) -> Iterator[Part]:
    """The parts without parts, in their order."""
    stack = [part]
    while stack:
        one = stack.pop()
        if one.parts:
            stack += reversed(one.parts)
        else:
            yield one


def text_of(value: str) -> str:
    """A header's value as characters: encoded words (RFC 2047), broken ones too, and undeclared bytes."""
    pieces: list[str] = []
    at = 0
    pending, charset = b"", ""  # a character may be cut in two by the end of a word
    for match in _WORD.finditer(value):
        between = value[at : match.start()]
        raw = _word(match[2], match[3])
        if pending and (between.strip() or match[1].lower() != charset):
            pieces.append(_decoded(pending, charset))
            pending = b""
        if between.strip():
            pieces.append(_plain(between))
        pending += raw
        charset = match[1].lower()
        at = match.end()
    if pending:
        pieces.append(_decoded(pending, charset))
    pieces.append(_plain(value[at:]))
    return "".join(pieces)


def _word(encoding: str, content: str) -> bytes:
    raw = content.encode("ascii", "surrogateescape")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    letters = _BASE64.sub(b"", raw)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _plain(text: str) -> str:
    return short_texts.decode(text.encode("utf-8", "surrogateescape"))


def _decoded(raw: bytes, charset: str) -> str:
    """Bytes by the charset that is stated, by what they look like where that fails."""
    wide = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}
    name = charset.strip().lower()
    if name not in ("", "us-ascii", "ascii", "unknown-8bit", "iso-8859-1", "latin1"):
        try:
            return raw.decode(wide.get(name, name))
        except (UnicodeDecodeError, LookupError, ValueError):
            pass
    return short_texts.decode(raw)


def _part(data: bytes, start: int, end: int, usual: str) -> Part:
    """The headers at ``start``, and where the body behind them begins."""
    stop = min(end, start + limits.MAX_MAIL_HEADER_BYTES)
    if data[start : start + 1] == b"\n" or data[start : start + 2] == b"\r\n":
        head, body = b"", data.index(b"\n", start) + 1
    else:
        blank = _BLANK.search(data, start, stop)
        head, body = (data[start : blank.start()], blank.end()) if blank else (data[start:stop], stop)
    headers: dict[str, str] = {}
    name = ""
    lines: dict[str, list[str]] = {}
    for line in head.decode("ascii", "surrogateescape").splitlines():
        if line[:1] in (" ", "\t") and name:
            lines[name].append(line.strip())
            continue
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        if colon and key and " " not in key:
            # Of several headers of one name the first counts; the others' lines go where nobody looks.
            name = key if key not in lines else f"{key}\x00{len(lines)}"
            lines[name] = [value.strip()]
    headers = {key: " ".join(values) for key, values in lines.items()}
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return Part(data, min(body, end), end, headers, kind if "/" in kind else usual)


def _pieces(part: Part, boundary: str) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart begin and end (RFC 2046, 5.1.1); the last may lack its end."""
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    pattern = re.compile(rb"\n" + re.escape(mark) + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    start: int | None = None
    for match in pattern.finditer(part.data, max(part.start - 1, 0), part.end):
        if start is not None:
            end = match.start()
            yield start, end - (part.data[end - 1 : end] == b"\r")
        start = match.end() + 1
        if match[1]:
            return
    part.complete = False
    if start is not None and start < part.end:
        yield start, part.end
