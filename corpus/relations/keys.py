"""What a document is known by: folded forms of its title, number, issuers and place under which others find it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from extractors.citations import issued_titles
from extractors.fold import fold
from extractors.layout import squeeze
from extractors.plain_words import plain
from schemas.document import Document

_MASKED = re.compile(r"[xX×*]{2}|[xX×*]号$")
_NOT_LETTER = re.compile(r"[^\u3400-\u9fff〇①-⑳A-Za-z0-9]")
_ISSUED = re.compile(r"(?P<issuer>[^《》]{2,80}?)(?=关于)")
_LEAST_TITLE = 4
_OFFICIAL = (".gov.cn", ".edu.cn", ".gov.tw", ".gov.hk", ".gov.mo")


@dataclass(frozen=True, slots=True)
class TitleKey:
    """A title without marks, in simplified characters; what stands before 关于 is its ``issuer``, not part of ``key``."""

    key: str
    issuer: str


def title_key(title: str) -> TitleKey:
    """The key of a title. One that forwards (转发某厅关于 …) keeps its head: it is another document than what it forwards."""
    folded = squeeze(fold(title))
    match = _ISSUED.match(folded)
    if match and not re.search("转发|批转|印转", match["issuer"]):
        return TitleKey(plain(folded[match.end() :]), plain(match["issuer"]))
    return TitleKey(plain(folded), "")


def title_keys(title: str | None) -> list[str]:
    """Every key under which a document with that title is cited: its own, the paper it issues, the notice that issues it."""
    if not title:
        return []
    own = title_key(title)
    keys = [own.key, *(title_key(issued).key for issued in issued_titles(fold(title)))]
    if "关于" not in fold(title):
        keys.append(f"关于印发{own.key}的通知")
    return [key for key in dict.fromkeys(keys) if len(key) >= _LEAST_TITLE]


def number_key(number: str | None) -> str | None:
    """The key of a document number; None for none and for a masked one (浙教基〔20xx〕70号), which names no document."""
    if not number:
        return None
    folded = squeeze(fold(number))
    if _MASKED.search(folded):
        return None
    return _NOT_LETTER.sub("", folded).replace("第", "").lower() or None


def place_key(document: Document) -> str:
    """The smallest place a document speaks for, folded; empty where it names none."""
    place = document.jurisdiction
    return squeeze(fold(place.county or place.city or place.province or ""))


def issuer_keys(document: Document) -> list[str]:
    """The issuers, folded, with what the title names before 关于."""
    named = [plain(issuer) for issuer in document.issuers]
    if document.title and (head := title_key(document.title).issuer):
        named.append(head)
    return [name for name in dict.fromkeys(named) if name]


def remoteness(document: Document) -> int:
    """How far a copy is from its issuer: 0 an official site, 1 a file, 2 another site, 3 a page that collects texts."""
    if any(note.kind == "foreign_site" for note in document.quality):
        return 3
    try:
        address = urlsplit(document.source.uri)
        host = address.hostname or ""
    except ValueError:  # a file name may look like a broken address
        return 1
    if address.scheme not in ("http", "https") or not host:
        return 1
    return 0 if f".{host}".endswith(_OFFICIAL) else 2


def is_issued_by(hint: str, issuers: str) -> bool:
    """Whether what a citation names before 关于 (某省教育厅等四部门) is among the issuers of a document, one a line."""
    return any(
        one in hint or hint in one or (hint[:1] in "省市县区" and one.endswith(hint))
        for one in issuers.split("\n")
        if one
    )
