"""Heads and signatures come back: title, number, issuers, addressees, date."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip import vocabulary as words
from roundtrip.layouts import files
from roundtrip.layouts.heads import HEADS, SIGNATURES, metadata, signed
from roundtrip.layouts.outlines import one_paragraph, own_lines
from roundtrip.layouts.scripts import written
from roundtrip.model import Block, Header, Outline, Para, headers, outlines
from roundtrip.profile import examples
from roundtrip.reading_back import plain, read
from schemas.document import Document


def head_comes_back(document: Document, header: Header, number: bool = True) -> None:
    issuers = [plain(i) for i in header.issuers]
    title = plain(document.title)
    # Where the issuers stand right above a title that begins with 关于, they are the title's own first words.
    assert title in (plain(header.title), "".join(issuers) + plain(header.title))
    if number:
        assert plain(document.document_number) == plain(header.number or "")
    assert sorted(map(plain, document.issuers)) == sorted(issuers)
    assert list(map(plain, document.addressees)) == list(map(plain, header.addressees))
    assert document.signed_on == header.signed_on


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("signature", SIGNATURES)
@examples(15)
@given(header=headers(), outline=outlines())
def test_head_and_signature_come_back(head: str, signature: str, header: Header, outline: Outline) -> None:
    blocks = [*HEADS[head](header), Para(words.OPENINGS[1]), *own_lines(outline), *signed(header, signature)]
    document = read(files.plain_text(blocks).encode(), "通知.txt")
    head_comes_back(document, header, number=head != "titled")


@examples(40)
@given(header=headers(), outline=outlines(), signature=st.sampled_from(SIGNATURES))
def test_a_metadata_table_and_one_unbroken_paragraph(header: Header, outline: Outline, signature: str) -> None:
    (whole,) = one_paragraph(outline)
    table, title, addressed = metadata(header)
    assert isinstance(addressed, Para)
    text = Para(f"{addressed.text} {words.OPENINGS[1]} {whole.text}")
    blocks: list[Block] = [table, title, text, *signed(header, signature)]
    document = read(files.plain_text(blocks, "bars").encode(), "通知.txt")
    head_comes_back(document, header)
    assert document.index_number == "11330281002972767X/2025-50456"


@pytest.mark.parametrize("script", ["s2t", "s2twp"])
@examples(25)
@given(header=headers(), outline=outlines(), head=st.sampled_from(sorted(HEADS)), signature=st.sampled_from(SIGNATURES))
def test_a_head_in_traditional_script(script: str, header: Header, outline: Outline, head: str, signature: str) -> None:
    blocks = [*HEADS[head](header), Para(words.OPENINGS[1]), *own_lines(outline), *signed(header, signature)]
    document = read(written(files.plain_text(blocks), script).encode(), "通知.txt")
    turned = Header(
        tuple(written(i, script) for i in header.issuers),
        tuple(written(t, script) for t in header.title_lines),
        header.number and written(header.number, script),
        header.addressed,
        tuple(written(a, script) for a in header.addressees),
        header.signed_on,
    )
    head_comes_back(document, turned, number=head != "titled")
