"""The head of a document: title, number, issuers, addressees, dates, in the body first and else as the page states them.

What the body and the page say differently is kept and noted (``conflicting_sources``); the body is preferred.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from extractors.addressees import Addressees, find_addressees
from extractors.dates import parse_date
from extractors.document_number import FoundNumber, find_numbers, parse_number
from extractors.fold import fold
from extractors.genre import genre_of_title
from extractors.layout import Layout, squeeze
from extractors.letters import Letter
from extractors.metadata import Stated, site_name
from extractors.organisations import is_organisation
from extractors.parties import find_parties
from extractors.signature import Named, Signature, find_red_head, find_signature
from extractors.titles import Title, find_title
from schemas.document import Quality, Span

_RUNNING_TEXT = re.compile(r"[。;]")
_LONG = 70


@dataclass(slots=True)
class Header:
    """The facts of a document's head, with where each was read (``spans``, keyed as in ``Document.spans``)."""

    title: str | None = None
    document_number: str | None = None
    index_number: str | None = None
    issuers: list[str] = field(default_factory=list)
    addressees: list[str] = field(default_factory=list)
    signed_on: date | None = None
    published_on: date | None = None
    site: str | None = None
    site_code: str | None = None
    head_end: int = 0
    spans: dict[str, Span] = field(default_factory=dict)
    quality: list[Quality] = field(default_factory=list)


def read_header(
    layout: Layout,
    facts: Mapping[str, Stated],
    first_section: int,
    attachments_start: int,
    title: Title | None = None,
    letter: Letter | None = None,
) -> Header:
    """The head of one document.

    Args:
        layout: its text.
        facts: what the page says of it (``extractors.metadata.page_facts``).
        first_section: where the outline begins (the text's length when there is none).
        attachments_start: where the first attachment's content begins (the text's length when there is none).
        title: the title when the splitting of a bundle has already found it.
        letter: the facts of a Taiwan or Hong Kong letter form; its labels go before the layout.
    """
    header = Header()
    addressees = find_addressees(layout, first_section)
    header.head_end = _head_end(layout, addressees, first_section)
    found_title = title or find_title(layout, header.head_end)
    _set_title(header, layout, found_title, facts)
    _set_number(header, layout, found_title, facts)
    if addressees:
        header.addressees = list(addressees.names)
        header.spans["addressees"] = layout.span(addressees.start, addressees.end)
    signature = find_signature(layout, header.head_end if addressees else 0, attachments_start) or find_signature(
        layout, 0, len(layout.text)
    )
    _set_signature(header, layout, signature, found_title, facts)
    _set_stated(header, layout, facts)
    _note_printing(header, layout)
    if letter:
        _set_letter(header, layout, letter)
    return header


def _head_end(layout: Layout, addressees: Addressees | None, first_section: int) -> int:
    if addressees:
        return addressees.start
    for line in layout.body:
        if line.start >= first_section:
            break
        folded = layout.folded[line.start : line.end]
        if _RUNNING_TEXT.search(folded) or len(folded) > _LONG:
            return line.start
    return first_section


def _set_title(header: Header, layout: Layout, title: Title | None, facts: Mapping[str, Stated]) -> None:
    stated = facts.get("title")
    if title:
        header.title = title.text
        header.spans["title"] = layout.span(title.start, title.end)
        if (
            stated
            and fold(squeeze(stated.value)) != fold(title.text)
            and fold(squeeze(stated.value)) not in fold(title.text)
        ):
            _conflict(header, "title", title.text, stated.value)
    elif stated:
        header.title = squeeze(stated.value)
        _span_of(header, "title", layout, stated)


def _set_number(header: Header, layout: Layout, title: Title | None, facts: Mapping[str, Stated]) -> None:
    found = _number_of_head(layout, header.head_end, title)
    stated = facts.get("document_number")
    stated_number = parse_number(stated.value, fold(stated.value)) if stated else None
    if found:
        header.document_number = found.value
        header.spans["document_number"] = layout.span(found.start, found.end)
        if stated_number and fold(stated_number) != fold(found.value):
            _conflict(header, "document_number", found.value, stated_number)
    elif stated and stated_number:
        header.document_number = stated_number
        _span_of(header, "document_number", layout, stated)


def _number_of_head(layout: Layout, head_end: int, title: Title | None) -> FoundNumber | None:
    """A number in the head that stands on a line of its own, not one that the title or a paragraph cites."""
    for line in layout.body:
        if line.start >= head_end:
            return None
        if title and title.start <= line.start < title.end:
            continue
        for found in find_numbers(layout.text, layout.folded, line.start, line.end):
            rest = layout.folded[line.start : found.start] + layout.folded[found.end : line.end]
            if "《" not in rest and not re.search(r"根据|按照|落实|[。;]", rest) and len(squeeze(rest)) <= 40:
                return found
    return None


def _set_signature(
    header: Header, layout: Layout, signature: Signature | None, title: Title | None, facts: Mapping[str, Stated]
) -> None:
    stated = facts.get("signed_on")
    stated_day = parse_date(fold(stated.value)) if stated else None
    if signature and signature.signed_on:
        header.signed_on = signature.signed_on
        header.spans["signed_on"] = layout.span(signature.date_start, signature.date_end)
        if stated_day and stated_day != signature.signed_on:
            _conflict(header, "signed_on", signature.signed_on.isoformat(), stated_day.isoformat())
    elif stated and stated_day:
        header.signed_on = stated_day
        _span_of(header, "signed_on", layout, stated)
    names = list(signature.issuers) if signature else []
    if title and genre_of_title(fold(title.text)) == "agreement":
        names = [Named(party.name, party.start, party.end) for party in find_parties(layout)] or names
    if not names:
        names = find_red_head(layout, title.start if title else header.head_end)
    if not names and title:
        names = _issuer_in_title(layout, title)
    if not names:
        names = _stated_issuer(layout, facts)
    for i, named in enumerate(names):
        header.issuers.append(named.name)
        if named.end > named.start:
            header.spans[f"issuers.{i}"] = layout.span(named.start, named.end)


def _issuer_in_title(layout: Layout, title: Title) -> list[Named]:
    """The bodies before 关于 in a full title: 某市教育局关于…的通知."""
    folded = layout.folded[title.start : title.end]
    about = folded.find("关于")
    if about <= 0:
        return []
    parts = folded[:about].split()
    if parts and all(is_organisation(part) for part in parts):
        names, at = [], 0
        for part in parts:
            at = folded.index(part, at)
            start = title.start + at
            names.append(Named(squeeze(layout.text[start : start + len(part)]), start, start + len(part)))
            at += len(part)
        return names
    return []


_PRINTED = re.compile(r"(?P<day>\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*印发")


def _note_printing(header: Header, layout: Layout) -> None:
    """The day of printing is another one than that of signing (GB/T 9704-2012, 7.4.3), and never before it."""
    match = _PRINTED.search(layout.prose)
    printed = parse_date(match["day"]) if match else None
    if match and printed and header.signed_on and printed < header.signed_on:
        header.quality.append(
            Quality(
                kind="conflicting_sources",
                message=f"成文日期{header.signed_on}晚于印发日期{printed} / signed after it was printed",
                span=layout.span(*match.span("day")),
            )
        )


def _set_letter(header: Header, layout: Layout, letter: Letter) -> None:
    def text(place: tuple[int, int]) -> str:
        return squeeze(layout.text[place[0] : place[1]])

    if letter.subject:
        header.title = text(letter.subject)
        header.spans["title"] = layout.span(*letter.subject)
    if letter.number:
        header.document_number = text(letter.number)
        header.spans["document_number"] = layout.span(*letter.number)
    if letter.issuer:
        header.issuers = [text(letter.issuer)]
        header.spans["issuers.0"] = layout.span(*letter.issuer)
    if letter.addressees:
        header.addressees = [text(place) for place in letter.addressees]
        header.spans["addressees"] = layout.span(letter.addressees[0][0], letter.addressees[-1][1])


def _stated_issuer(layout: Layout, facts: Mapping[str, Stated]) -> list[Named]:
    for stated in (facts.get("issuer"), site_name(layout, facts)):
        if stated and is_organisation(squeeze(fold(stated.value))):
            return [Named(squeeze(stated.value), stated.start or 0, stated.end or 0)]
    return []


def _set_stated(header: Header, layout: Layout, facts: Mapping[str, Stated]) -> None:
    if "index_number" in facts:
        header.index_number = squeeze(facts["index_number"].value)
        _span_of(header, "index_number", layout, facts["index_number"])
    if "published_on" in facts:
        header.published_on = parse_date(fold(facts["published_on"].value))
        if header.published_on:
            _span_of(header, "published_on", layout, facts["published_on"])
    site = site_name(layout, facts)
    header.site = site.value if site else None
    code = facts.get("site_code")
    digits = re.search(r"\d{6,}", code.value) if code else None
    header.site_code = digits[0] if digits else None


def _span_of(header: Header, name: str, layout: Layout, stated: Stated) -> None:
    if stated.start is not None and stated.end is not None:
        header.spans[name] = layout.span(stated.start, stated.end)


def _conflict(header: Header, name: str, body: str, page: str) -> None:
    header.quality.append(
        Quality(
            kind="conflicting_sources",
            message=f"{name}: 正文为“{body}”，页面信息为“{page}”，以正文为准 / the text and the page differ, the text is used",
        )
    )
