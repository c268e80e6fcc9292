"""A Word file from outside can be broken or malicious: it gives a clear refusal or a whole reading, nothing else."""

from __future__ import annotations

import io
import zipfile

import docx_writer as word
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import refused_or_read

from extractors.readers import docx
from schemas.errors import NotRead
from schemas.reading import Table


def good() -> bytes:
    document = word.blank()
    word.add_list(document, 1, [("chineseCounting", "%1、")])
    for text in ("总体要求", "工作目标", "保障措施"):
        word.add_item(document, text, 1)
    word.add_table(document, [(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "乙"), (1, 0, 1, 2, "丙")])
    return word.saved(document)


GOOD = good()


def cause(data: bytes) -> str:
    with pytest.raises(NotRead) as caught:
        docx.read(data, "上报材料.docx")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("上报材料.docx: ")
    return caught.value.cause


def with_document(xml: str) -> bytes:
    return word.with_part(GOOD, "word/document.xml", xml.encode())


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_file_is_damaged(share: float) -> None:
    assert cause(GOOD[: int(len(GOOD) * share)]) == "damaged"


def test_a_file_of_nothing_and_a_zip_without_a_document_are_damaged() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert cause(buffer.getvalue()) == "damaged"
    assert cause(b"") == "damaged"


def test_broken_xml_is_damaged() -> None:
    assert cause(with_document("<w:document><w:body>")) == "damaged"


def test_a_password_protected_file_says_so() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert cause(ole) == "encrypted"


def test_entities_are_neither_fetched_nor_expanded(tmp_path: object) -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = f"<w:document {word.NS}><w:body><w:p><w:r><w:t>&b;&f;</w:t></w:r></w:p></w:body></w:document>"
    assert cause(with_document(bomb + body)) == "damaged"
    utf16 = ('<?xml version="1.0" encoding="UTF-16"?>' + bomb + body).encode("utf-16")
    assert cause(word.with_part(GOOD, "word/document.xml", utf16)) == "damaged"


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    assert cause(word.with_part(GOOD, "word/media/image1.png", bytes(40_000_000))) == "over_limit"


def test_a_part_that_lies_about_its_size_is_damaged() -> None:
    data = bytearray(word.with_part(GOOD, "word/document.xml", b"<a>" + b"x" * 5000 + b"</a>"))
    directory = data.rfind(b"word/document.xml") - 46
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert cause(bytes(data)) == "damaged"


def test_endless_nesting_is_refused_or_read() -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 3000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 3000
    assert cause(with_document(f"<w:document {word.NS}><w:body>{deep}</w:body></w:document>")) == "damaged"
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:name w:val="s{n}"/>'
        f'<w:basedOn w:val="s{(n + 1) % 3}"/></w:style>'
        for n in range(3)
    )
    circle = word.with_part(GOOD, "word/styles.xml", f"<w:styles {word.NS}>{styles}</w:styles>".encode())
    assert docx.read(circle, "x.docx").blocks


DEEP = 100_000


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
        ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        ("<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"),
        ("<w:smartTag>", "</w:smartTag>"),
    ],
    ids=["tables", "content controls", "text boxes", "wrappers"],
)
def test_nesting_without_end_is_refused_at_once(start: str, end: str) -> None:
    deep = f"<w:document {word.NS}><w:body>{start * DEEP}<w:p/>{end * DEEP}</w:body></w:document>"
    assert cause(with_document(deep)) in ("damaged", "over_limit")


def test_lists_and_styles_that_point_at_each_other_end() -> None:
    abstract = '<w:abstractNum w:abstractNumId="{0}"><w:numStyleLink w:val="s{0}"/></w:abstractNum>'
    instance = '<w:num w:numId="{0}"><w:abstractNumId w:val="{0}"/></w:num>'
    style = (
        '<w:style w:type="numbering" w:styleId="s{0}"><w:basedOn w:val="s{1}"/>'
        '<w:pPr><w:numPr><w:numId w:val="{1}"/></w:numPr></w:pPr></w:style>'
    )
    lists = "".join(abstract.format(n) for n in (1, 2)) + "".join(instance.format(n) for n in (1, 2))
    styles = style.format(1, 2) + style.format(2, 1)
    numbered = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>'
    data = with_document(f"<w:document {word.NS}><w:body>{numbered}</w:body></w:document>")
    data = word.with_part(data, "word/numbering.xml", f"<w:numbering {word.NS}>{lists}</w:numbering>".encode())
    data = word.with_part(data, "word/styles.xml", f"<w:styles {word.NS}>{styles}</w:styles>".encode())
    assert len(docx.read(data, "x.docx").blocks) == 1


def test_a_dtd_beside_the_text_is_never_read() -> None:
    styles = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:styles>&a;</w:styles>'
    reading = docx.read(word.with_part(GOOD, "word/styles.xml", styles.encode()), "x.docx")
    assert [note.kind for note in reading.notes] == ["part_not_read"]
    assert "root:" not in repr(reading)


def test_a_grid_too_wide_and_too_tall_is_refused() -> None:
    cell = "<w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>"
    rows = f"<w:tr>{cell * 5000}</w:tr>" + f"<w:tr>{cell}</w:tr>" * 500
    assert (
        cause(with_document(f"<w:document {word.NS}><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>"))
        == "over_limit"
    )


def test_a_merge_that_never_began_is_a_cell_of_its_own() -> None:
    cell = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = "".join(
        f"<w:tr>{cell.format(a)}<w:tc><w:p><w:r><w:t>{b}</w:t></w:r></w:p></w:tc></w:tr>" for a, b in ("甲乙", "丙丁")
    )
    (table,) = docx.read(
        with_document(f"<w:document {word.NS}><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>"), "x.docx"
    ).blocks
    assert isinstance(table, Table)
    assert [[c and c.text for c in row] for row in table.grid()] == [["甲", "乙"], ["甲", "丁"]]


def test_absurd_spans_and_counters_do_no_harm() -> None:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="{}"/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>'
    row = "<w:tr>" + cell.format("9999999") + cell.format("-5") + cell.format("9" * 5000) + "</w:tr>"
    table = f"<w:document {word.NS}><w:body><w:tbl>{row}</w:tbl></w:body></w:document>"
    (read,) = docx.read(with_document(table), "x.docx").blocks
    assert isinstance(read, Table)
    assert [[cell and cell.text for cell in row] for row in read.grid()] == [["甲", "甲", "甲"]]
    document = word.blank()
    word.add_list(
        document, 1, [("chineseLegalSimplified", "%1、%9")], extra={0: '<w:start w:val="' + "9" * 4000 + '"/>'}
    )
    word.add_item(document, "甲", 1)
    assert docx.read(word.saved(document), "x.docx").blocks


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_any_damage_ends_in_a_refusal_or_a_reading(offset: int, junk: bytes) -> None:
    data = GOOD[:offset] + junk + GOOD[offset + len(junk) :]
    refused_or_read(docx.read, data, "x.docx")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_inside_the_parts_ends_in_a_refusal_or_a_reading(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["word/document.xml", "word/numbering.xml", "word/styles.xml", "_rels/.rels"]))
    xml = word.part(GOOD, name)
    offset = data.draw(st.integers(0, len(xml) - 1))
    junk = data.draw(st.sampled_from([b"", b'"', b"<", b"999999999999", b"-1", b"x", b"/>", b"w:p", b"\xff"]))
    length = data.draw(st.integers(0, 12))
    broken = word.with_part(GOOD, name, xml[:offset] + junk + xml[offset + length :])
    refused_or_read(docx.read, broken, "x.docx")
