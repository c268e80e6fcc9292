"""Heads and signatures come back: title, number, issuers, addressees, date."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip import vocabulary as words
from roundtrip.layouts import files
from roundtrip.layouts.heads import HEADS, SIGNATURES, arabic, metadata, signed, titled
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


_NUMBERS = (
    "{0}〔{1}〕{2}号",
    "{0}[{1}]{2}号",
    "{0}（{1}）{2}号",
    "{0}【{1}】{2}号",
    "{0}〔{1}〕 {2} 号",
    "{0} 〔{1}〕{2}号",
    "{0}﹝{1}﹞{2}号",
)


@pytest.mark.parametrize("bracket", range(len(_NUMBERS)))
@examples(10)
@given(header=headers(), outline=outlines())
def test_a_number_in_any_brackets(bracket: int, header: Header, outline: Outline) -> None:
    stem, year, serial = re.fullmatch(r"(.+)〔(\d+)〕(\d+)号", header.number or "岚教〔2024〕7号").groups()  # type: ignore[union-attr]
    written_number = _NUMBERS[bracket].format(stem, year, serial)
    blocks: list[Block] = [Para(header.issuers[0] + "文件"), Para(written_number), *titled(header)]
    blocks += [Para(words.OPENINGS[1]), *own_lines(outline), *signed(header, "lines")]
    document = read(files.plain_text(blocks).encode(), "通知.txt")
    assert plain(document.document_number) == plain(f"{stem}〔{year}〕{serial}号")
    assert document.signed_on == header.signed_on


@examples(30)
@given(header=headers(), outline=outlines(), form=st.sampled_from(("text", "page", "word", "pdf")))
def test_a_title_spaced_out_and_a_head_with_the_signer(header: Header, outline: Outline, form: str) -> None:
    """签发人 beside the number, 通    知 spaced out, the note and the printing line below the signature."""
    title = [re.sub(r"通知$", "通    知", line) for line in header.title_lines]
    number = header.number or "岚教〔2024〕7号"
    blocks: list[Block] = [
        Para("、".join(header.issuers) if len(header.issuers) == 1 else header.issuers[0]),
        Para(f"{number}    签发人：王志明"),
        *(Para(line, "title") for line in title),
        Para(f"{header.addressed}："),
        Para(words.OPENINGS[1]),
        *own_lines(outline),
        *signed(header, "lines"),
        Para("（此件主动公开）"),
        Para(f"{header.issuers[0]}办公室　　{arabic(header.signed_on)}印发"),
    ]
    data = {
        "text": lambda: (files.plain_text(blocks).encode(), "通知.txt"),
        "page": lambda: (files.page(blocks), "notice.html"),
        "word": lambda: (files.word(blocks), "通知.docx"),
        "pdf": lambda: (files.pdf(blocks), "通知.pdf"),
    }[form]()
    document = read(*data)
    assert plain(document.title) in (plain(header.title), plain(header.issuers[0] + header.title))
    assert plain(document.document_number) == plain(number)
    assert document.signed_on == header.signed_on
    assert sorted(map(plain, document.issuers)) == sorted(map(plain, header.issuers))
    assert list(map(plain, document.addressees)) == list(map(plain, header.addressees))


@examples(40)
@given(header=headers(), outline=outlines(), printed=st.integers(1, 9))
def test_the_body_is_preferred_to_the_tags_of_the_page_and_the_difference_is_noted(
    header: Header, outline: Outline, printed: int
) -> None:
    """The page was put on the site some days after the signing; its tags name the title of the site."""
    blocks = [*HEADS["numbered"](header), Para(words.OPENINGS[1]), *own_lines(outline), *signed(header, "lines")]
    shown = replace(header, title_lines=(header.title + "（转发）",), signed_on=header.signed_on + timedelta(printed))
    document = read(files.page(blocks, shown), "notice.html")
    head_comes_back(document, header)
    assert document.published_on == shown.signed_on
    assert "conflicting_sources" in {q.kind for q in document.quality}
