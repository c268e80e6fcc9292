"""Mail (RFC 5322 with MIME): its text and its attachments are members.

How they relate: a county sends its plan with 请查收附件 as the text. The attached plan is *the* document, and attachments
named 附件1 … are its 附件, as in a folder. A covering note, which only says that something is attached, is left out. A text
that says more is a document: where everything attached is named 附件… it is the document they belong to, else it stands in
a folder of its own (``信.eml!/正文/正文.txt``), so that it does not come between the plan and its 附件. A forwarded message is
a mail of its own, in a folder too.

Of the header only subject and date are kept: who wrote to whom are personal data that no one needs here.
"""

from __future__ import annotations

import contextlib
import html
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import PurePath

from extractors.bundles import is_attachment
from extractors.containers.collect import Collector
from extractors.fold import fold
from extractors.lexicon import load
from extractors.readers import mime
from extractors.readers.mime import Part
from schemas.errors import NotRead
from schemas.outcome import SourceFile
from schemas.reading import Note

BODY = "正文"
FORWARDED = "转发"

_MARK = b"\xef\xbb\xbf"
_TEXTS = ("text/plain", "text/html")
_SIGNATURES = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-keys",
    "message/delivery-status",
    "message/disposition-notification",
    "text/calendar",
    "text/vcard",
    "text/x-vcard",
)
_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted", "multipart/encrypted")
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_MESSAGES = ("message/rfc822", "message/global")
_CID = re.compile(rb"cid:([^\"'\s<>)]{1,200})", re.IGNORECASE)
_EXCHANGE = re.compile(r"ATT\d{5,6}\.(?:txt|html?|c)", re.IGNORECASE)
"""What Exchange makes of the text between and behind attachments: an empty line, a signature, a list's footer."""
_TAG = re.compile(r"<[^<>]*>")
_SENTENCE = re.compile(r"[。！？!?；;\n\r]+")
_CUT = "邮件不完整，后面的内容缺失 / the mail is cut off, what follows is missing"
_LONG_NOTE = 200_000
_MORE_THAN_COVERING = 40
"""Characters that are no greeting, signature or word on attachments, from which on a text is more than a covering note."""
_COVERING_SENTENCE = 80


@dataclass(slots=True)
class _Found:
    """What a message holds: the texts that make its body, every page among its alternatives, and what is attached."""

    texts: list[Part] = field(default_factory=list)
    pages: list[Part] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)
    encrypted: list[Part] = field(default_factory=list)


def unpack(file: SourceFile, into: Collector) -> None:
    """Take out the text and the attachments of a mail.

    Raises:
        NotRead: it is empty, encrypted, or has too many parts.
    """
    root = mime.message(file.data, file.uri)
    found = _walk(root)
    if found.encrypted:
        _encrypted(file.uri, found, into)
    body = _body(found.texts, file.uri, into)
    shown = {cid.decode("ascii", "replace").lower() for page in found.pages for cid in _CID.findall(page.content())}
    pictures_only = body is not None and not _bare(body.text)
    attached = [part for part in found.attached if pictures_only or not _is_inline(part, shown)]
    names = [_name(part) for part in attached]
    mains = [name for name in names if not is_attachment(PurePath(name))]
    cut = None if mime.is_complete(root) else list(mime.leaves(root))[-1]
    if body is not None and _bare(body.text) and not (attached and is_covering(body.text)):
        folder = f"{BODY}/" if mains else ""
        uri = into.uri(f"{folder}{BODY}.{'html' if body.is_html else 'txt'}")
        if uri is not None:
            notes = [Note("truncated", _CUT)] if any(part is cut for part in found.texts) else []
            into.add(uri, _MARK + body.text.encode("utf-8", "replace"), _meta(root), notes)
    for part, name in zip(attached, names, strict=True):
        into.budget.count(file.uri)
        _attachment(part, name, into, part is cut)
    if cut is not None:
        into.fail(file.uri, "damaged", _CUT, "请重新取得该邮件 / obtain the mail again")
    if not attached and not found.encrypted and (body is None or not _bare(body.text)):
        message = "邮件没有正文和附件 / the mail has neither text nor attachments"
        raise NotRead(file.uri, "empty", message, "请重新取得该邮件 / obtain the mail again")


def is_covering(text: str) -> bool:
    """Whether the text of a mail (plain or HTML) says no more than that something is attached.

    Greetings, signatures, quoted mail and sentences with a word of ``lexicons/mail.yaml`` count for nothing; a day by
    which something is due is more than a covering note.
    """
    if len(text) > _LONG_NOTE or ("<table" in text.lower() and _cells(text) > 2):
        return False
    plain = _plain(text)
    quoted, asking = _words()[1:]
    stop = quoted.search(plain)
    own = plain[: stop.start()] if stop else plain
    return not asking.search(fold(own)) and sum(map(len, _own_sentences(own))) <= _MORE_THAN_COVERING


def _own_sentences(text: str) -> Iterator[str]:
    words = _words()[0]
    for sentence in _SENTENCE.split(text):
        bare = "".join(c for c in sentence if c.isalnum())
        if (
            bare
            and not (words.search(bare) and len(bare) <= _COVERING_SENTENCE)
            and not sentence.lstrip().startswith(">")
        ):
            yield bare


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    lexicon = load("mail")
    return (
        re.compile("|".join(map(re.escape, lexicon["covering"]))),
        re.compile("|".join(map(re.escape, lexicon["quoted"])), re.IGNORECASE),
        re.compile("|".join(lexicon["asking"])),
    )


@cache
def _prefix() -> re.Pattern[str]:
    words = "|".join(map(re.escape, load("mail")["subject_prefixes"]))
    return re.compile(rf"\s*(?:{words})\s*[:：]", re.IGNORECASE)


def _walk(root: Part) -> _Found:
    """Sort the parts; of alternatives one text is taken, and everything that is attached in any of them.

    The depth of a message is bounded by ``mime.message``.
    """
    if root.kind == "multipart/alternative":
        branches = [_walk(part) for part in root.parts]
        chosen = _preferred([branch.texts for branch in branches if branch.texts])
        return _Found(
            chosen,
            [part for branch in branches for part in branch.pages],
            [part for branch in branches for part in branch.attached],
            [part for branch in branches for part in branch.encrypted],
        )
    found = _Found()
    if root.kind in _ENCRYPTED:
        found.encrypted.append(root)
    elif root.parts:
        for part in root.parts:
            inner = _walk(part)
            found.texts += inner.texts
            found.pages += inner.pages
            found.attached += inner.attached
            found.encrypted += inner.encrypted
    elif root.kind in _TEXTS and root.disposition != "attachment" and not root.file_name:
        found.texts.append(root)
        found.pages += [root] if root.kind == "text/html" else []
    elif root.kind not in _SIGNATURES and not _EXCHANGE.fullmatch(root.file_name):
        found.attached.append(root)
    return found


def _preferred(branches: list[list[Part]]) -> list[Part]:
    """HTML where it holds a table, else plain text that says something, else HTML."""
    pages = [b for b in branches if any(part.kind == "text/html" for part in b)]
    plain = [b for b in branches if b not in pages and any(part.content().strip() for part in b)]
    tables = [b for b in pages if any(b"<table" in part.content().lower() for part in b)]
    for choice in (tables, plain, pages, branches):
        if choice:
            return choice[0]
    return []


@dataclass(frozen=True, slots=True)
class _Body:
    text: str
    is_html: bool


def _body(texts: list[Part], uri: str, into: Collector) -> _Body | None:
    """The texts of a message as one; None when there is none."""
    decoded: list[tuple[str, bool]] = []
    for part in texts:
        try:
            decoded.append((part.text(uri).text, part.kind == "text/html"))
        except NotRead as error:
            where = into.uri(f"{BODY}.txt")
            if where is not None:
                into.fail(where, error.cause, error.message, error.cure)
    if not decoded:
        return None
    if not any(is_html for _, is_html in decoded):
        return _Body("\n".join(text for text, _ in decoded), False)
    pieces = [text if is_html else f"<pre>{html.escape(text)}</pre>" for text, is_html in decoded]
    return _Body("\n".join(pieces), True)


def _attachment(part: Part, name: str, into: Collector, cut: bool) -> None:
    uri = into.uri(name)
    if uri is None:
        return
    if part.kind in _TNEF or PurePath(name).name.lower() == "winmail.dat":
        into.fail(
            uri,
            "unsupported_format",
            "附件被 Outlook 打包为 winmail.dat，未读 / Outlook wrapped the attachments into winmail.dat, not read",
            "请发件人改用 HTML 或纯文本格式重发 / have it sent again as HTML or plain text",
        )
        return
    if cut:
        into.fail(uri, "damaged", _CUT, "请重新取得该邮件 / obtain the mail again")
        return
    content = part.content()
    if into.fits(uri, len(content)):
        into.add(uri, content)


def _encrypted(uri: str, found: _Found, into: Collector) -> None:
    for _ in found.encrypted:
        where = into.uri(f"{BODY}.p7m")
        if where is not None:
            into.fail(
                where,
                "encrypted",
                "邮件加密或以密文封装 / the mail is encrypted or wrapped by its signature",
                "请在邮件程序中打开后另存 / open it in a mail program and save what it holds",
            )


def _name(part: Part) -> str:
    """The path of an attachment's label; a forwarded message goes by its subject."""
    name = part.file_name.replace("/", "／").replace("\\", "＼")
    if part.kind in _MESSAGES:
        subject = "" if name else " ".join(mime.text_of(mime.header(part.content()).get("subject", "")).split())
        stem = name.removesuffix(".eml") or subject.replace("/", "／")[:60] or "邮件"
        return f"{FORWARDED}/{stem}.eml"
    return name or f"未命名{mimetypes.guess_extension(part.kind) or '.bin'}"


def _is_inline(part: Part, shown: set[str]) -> bool:
    """Whether a part is a picture that stands in the text: a logo, not an attachment."""
    cid = part.headers.get("content-id", "").strip("<> ").lower()
    return part.kind.startswith("image/") and bool(cid) and cid in shown


def _meta(root: Part) -> dict[str, str]:
    """Subject and date, under the names that government pages give them (国办发〔2017〕47号)."""
    meta: dict[str, str] = {}
    subject = " ".join(mime.text_of(root.headers.get("subject", "")).split())
    while match := _prefix().match(subject):
        subject = subject[match.end() :].strip()
    if subject:
        meta["ArticleTitle"] = subject[:200]
    with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):  # a date that is none says nothing
        meta["PubDate"] = parsedate_to_datetime(root.headers.get("date", "")).date().isoformat()
    return meta


def _bare(text: str) -> str:
    return "".join(_plain(text).split())


def _cells(text: str) -> int:
    return sum(bool(_bare(cell)) for cell in re.split("(?i)<td", text)[1:])


def _plain(text: str) -> str:
    """The characters of a text or page, without tags, styles and scripts."""
    if "<" not in text:
        return text
    for name in ("style", "script", "head"):
        text = _without(text, name)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li)\b[^<>]*>", "\n", text)
    return html.unescape(_TAG.sub("", text)).replace("\xa0", " ")


def _without(text: str, name: str) -> str:
    """The text without the elements of a name."""
    low = text.lower()
    if len(low) != len(text):  # İ and the like
        return text
    kept: list[str] = []
    at = 0
    while (start := low.find(f"<{name}", at)) >= 0:
        kept.append(text[at:start])
        end = low.find(f"</{name}", start)
        if end < 0:
            return "".join(kept)
        at = end
    kept.append(text[at:])
    return "".join(kept)
