"""An OFD file from outside can be broken or malicious: it gives a clear refusal or a whole reading, nothing else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ofd_writer import changed, note, of_objects, paragraphs, text, write
from readings import refused_or_read

from extractors.readers import limits, ofd
from schemas.errors import NotRead
from schemas.reading import Paragraph

NS = f'xmlns:ofd="{write.NAMESPACE}"'
PARTS = write.parts([write.page_xml(text("第一页。")), write.page_xml(text("第二页。"))])
GOOD = write.package(PARTS)


def cause(data: bytes) -> str:
    with pytest.raises(NotRead) as caught:
        ofd.read(data, "通知.ofd")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("通知.ofd: ")
    return caught.value.cause


def with_parts(**more: bytes) -> bytes:
    return write.package(PARTS | {name.replace("__", "/") + ".xml": data for name, data in more.items()})


def page(objects: str) -> bytes:
    return write.package(write.parts([write.page_xml(objects)]))


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_file_is_damaged(share: float) -> None:
    assert cause(GOOD[: int(len(GOOD) * share)]) == "damaged"


def test_a_zip_without_an_ofd_or_without_its_document_is_damaged() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert cause(buffer.getvalue()) == "damaged"
    assert cause(write.package({k: v for k, v in PARTS.items() if k != "Doc_0/Document.xml"})) == "damaged"
    assert cause(with_parts(OFD=b"<ofd:OFD")) == "damaged"
    assert cause(b"") == "damaged"


def test_a_file_without_documents_or_pages_says_so() -> None:
    assert cause(with_parts(OFD=f"<ofd:OFD {NS}/>".encode())) == "no_pages"
    assert cause(write.package(write.parts([]))) == "no_pages"


def test_a_file_whose_pages_hold_no_text_says_so() -> None:
    assert cause(page(write.path_object("1 1 5 5", "M 0 0 L 5 5"))) == "no_text"


def test_an_encrypted_file_says_so() -> None:
    listed = f'<ofd:Encryptions {NS}><ofd:EncryptInfo ID="1"/></ofd:Encryptions>'.encode()
    assert cause(with_parts(Encryptions=listed)) == "encrypted"
    assert cause(with_parts(Encryptions=b"\x00\x91 cipher text")) == "encrypted"
    assert ofd.read(with_parts(Encryptions=f"<ofd:Encryptions {NS}/>".encode()), "x.ofd").pages == 2


def test_a_zip_password_says_encrypted() -> None:
    data = bytearray(GOOD)
    # The flag of encryption in the local header and in the directory of every member.
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    assert cause(bytes(data)) == "encrypted"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(declared: str, encoding: str) -> None:
    xml = write.page_xml(text("&a;" if "ENTITY" in declared else "x"))
    evil = f'<?xml version="1.0" encoding="{encoding}"?>{declared}{xml}'.encode(encoding)
    reading = ofd.read(with_parts(Doc_0__Pages__Page_1__Content=evil), "x.ofd")
    assert paragraphs(reading) == ["第一页。"]
    assert note(reading, "unreadable_page").page == 2
    root = f'<?xml version="1.0" encoding="{encoding}"?>{declared}'.encode(encoding)
    assert cause(with_parts(OFD=root + PARTS["OFD.xml"].partition(b"?>")[2].decode().encode(encoding))) == "damaged"


def test_a_zip_bomb_is_over_the_limit() -> None:
    bomb = write.page_xml(text("甲")).encode() + b" " * (20 * 2**20)
    assert cause(with_parts(Doc_0__Pages__Page_1__Content=bomb)) == "over_limit"


def test_a_part_larger_than_a_page_can_be_is_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_XML_PART_BYTES", 1_000)
    assert cause(page(text("甲" * 2_000))) == "over_limit"


def test_one_part_read_as_thousands_of_pages_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 20_000)
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_0/Content.xml"/>' for n in range(1_000))
    document = PARTS["Doc_0/Document.xml"].replace(b"<ofd:Pages>", b"<ofd:Pages>" + listed.encode())
    assert cause(write.package({**PARTS, "Doc_0/Document.xml": document})) == "over_limit"


def test_a_claim_of_a_million_pages_is_over_the_limit() -> None:
    listed = b"<ofd:Pages>" + b'<ofd:Page ID="1" BaseLoc="x"/>' * (limits.MAX_PAGES + 1)
    document = PARTS["Doc_0/Document.xml"].replace(b"<ofd:Pages>", listed)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in {**PARTS, "Doc_0/Document.xml": document}.items():
            archive.writestr(name, data)
    assert cause(buffer.getvalue()) == "over_limit"


def test_the_pages_of_many_documents_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PAGES", 5)
    body = PARTS["OFD.xml"].partition(b"<ofd:DocBody>")[2].partition(b"</ofd:OFD>")[0]
    root = PARTS["OFD.xml"].replace(b"</ofd:OFD>", (b"<ofd:DocBody>" + body) * 2 + b"</ofd:OFD>")
    assert cause(write.package({**PARTS, "OFD.xml": root})) == "over_limit"


def test_a_missing_or_broken_page_is_said_and_the_others_are_read() -> None:
    missing = {name: data for name, data in PARTS.items() if "Page_0" not in name}
    reading = ofd.read(write.package(missing), "x.ofd")
    assert paragraphs(reading) == ["第二页。"]
    assert note(reading, "unreadable_page").page == 1
    assert reading.pages == 2
    broken = with_parts(Doc_0__Pages__Page_0__Content=b"<ofd:Page><ofd:Content>")
    assert note(ofd.read(broken, "x.ofd"), "unreadable_page").page == 1
    none = {name: data for name, data in PARTS.items() if "Page_" not in name}
    assert cause(write.package(none)) == "damaged"


def test_a_missing_template_or_resource_is_said_and_the_page_is_read() -> None:
    head = '<ofd:Template TemplateID="5"/><ofd:PageRes>Missing.xml</ofd:PageRes>'
    reading = of_objects(write.page_xml(text("正文。"), head=head))
    assert paragraphs(reading) == ["正文。"]
    assert {note.kind for note in reading.notes} == {"resource_missing"}


@pytest.mark.parametrize("path", ["../../etc/passwd", "/../../../etc/passwd", "..\\..\\windows\\win.ini"])
def test_a_path_out_of_the_package_is_not_followed_and_said(path: str) -> None:
    reading = ofd.read(write.package(changed(PARTS, "Pages/Page_1/Content.xml", path)), "x.ofd")
    assert paragraphs(reading) == ["第一页。"]
    assert path.replace("\\", "/") in note(reading, "path_escape").message


@pytest.mark.parametrize(
    "steps",
    [
        "g 999999999 1",
        "g 99999999999999999999 1",
        "g -5 1",
        "g 1e308 5",
        "g",
        "g 3",
        "g g g",
        "nan inf",
        "1e999",
        "g 2 nan",
    ],
)
def test_absurd_steps_are_bounded(steps: str) -> None:
    run = f'<ofd:TextObject ID="9" Boundary="30 50 90 6" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="{steps}">共同体</ofd:TextCode></ofd:TextObject>'
    found = "".join(paragraphs(of_objects(run)))
    assert found.replace(" ", "") == "共同体"


@pytest.mark.parametrize(
    "attributes",
    [
        'Boundary="a b c d" Size="x"',
        'Boundary="1e400 nan inf -inf" Size="-1"',
        'Boundary="" CTM="0 0 0 0 0 0" Size="0"',
        'Boundary="1 2" CTM="nan nan" HScale="0" ReadDirection="x" CharDirection="1e30"',
        'Boundary="1e7 1e7 1 1" Size="99999"',
    ],
)
def test_absurd_numbers_do_no_harm(attributes: str) -> None:
    run = f'<ofd:TextObject ID="9" {attributes}><ofd:TextCode X="q" Y="">甲</ofd:TextCode></ofd:TextObject>'
    path = f'<ofd:PathObject ID="9" {attributes}><ofd:AbbreviatedData>M L L 1 Q A C B 1 2 3 S -- 4..5 1e999 C</ofd:AbbreviatedData></ofd:PathObject>'
    image = f'<ofd:ImageObject ID="9" {attributes} ResourceID="1"/>'
    reading = of_objects(run + path + image + text("共同体", y=100))
    assert any("共同体" in block.text for block in reading.blocks if isinstance(block, Paragraph))


def test_a_mapping_of_a_billion_glyphs_is_bounded() -> None:
    run = (
        '<ofd:TextObject ID="9" Boundary="30 50 90 6" Size="5">'
        '<ofd:CGTransform CodePosition="0" CodeCount="1000000000" GlyphCount="1000000000"/>'
        '<ofd:CGTransform CodePosition="-7" CodeCount="-1" GlyphCount="x"/>'
        '<ofd:TextCode X="0" Y="5" DeltaX="5 5">共同体</ofd:TextCode></ofd:TextObject>'
    )
    assert paragraphs(of_objects(run)) == ["共同体"]


def units(*units_: tuple[str, str]) -> Callable[[dict[str, bytes]], None]:
    listed = "".join(
        f'<ofd:CompositeGraphicUnit ID="{key}"><ofd:Content>{inner}</ofd:Content></ofd:CompositeGraphicUnit>'
        for key, inner in units_
    )

    def add(parts: dict[str, bytes]) -> None:
        more = f"<ofd:CompositeGraphicUnits>{listed}</ofd:CompositeGraphicUnits></ofd:Res>".encode()
        parts["Doc_0/DocumentRes.xml"] = parts["Doc_0/DocumentRes.xml"].replace(b"</ofd:Res>", more)

    return add


def use(key: str) -> str:
    return f'<ofd:CompositeObject ID="8" ResourceID="{key}" Boundary="0 0 100 20"/>'


def test_units_that_hold_themselves_are_bounded_and_said() -> None:
    add = units(("1", use("2") + text("甲校")), ("2", use("1")), ("3", use("3")))
    reading = of_objects(use("1") + use("3") + text("乙校", y=90), edit=add)
    assert paragraphs(reading) == ["甲校", "乙校"]
    assert note(reading, "resource_missing").page == 1


def test_units_that_multiply_are_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PAGE_OBJECTS", 20_000)
    add = units(*((str(n), use(str(n + 1)) * 20) for n in range(8)), ("8", text("甲")))
    with pytest.raises(NotRead) as caught:
        of_objects(use("0"), edit=add)
    assert caught.value.cause == "over_limit"


def test_a_text_without_end_is_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CHARACTERS", 1_000)
    with pytest.raises(NotRead) as caught:
        of_objects(use("0") * 60, edit=units(("0", text("甲" * 20))))
    assert caught.value.cause == "over_limit"
    with pytest.raises(NotRead) as caught:
        of_objects(*[text("甲" * 20)] * 60)
    assert caught.value.cause == "over_limit"


def test_page_blocks_nested_without_end_are_refused_not_followed() -> None:
    deep = "<ofd:PageBlock>" * 100_000 + "</ofd:PageBlock>" * 100_000
    reading = of_objects(deep, text("第二页。"))
    assert paragraphs(reading) == ["第二页。"]
    assert note(reading, "unreadable_page").page == 1


def test_a_drawing_of_countless_lines_is_said_and_the_text_is_read() -> None:
    data = " ".join(f"M 0 {n % 290} L 200 {n % 290}" for n in range(50_000))
    reading = of_objects(write.path_object("0 0 210 297", data) + text("共同体"))
    assert paragraphs(reading) == ["共同体"]
    assert note(reading, "table_not_read").page == 1


def test_characters_without_meaning_are_said() -> None:
    reading = of_objects(text("\ue001\ue002\ue003\ue004正文"))
    assert note(reading, "unreadable_page").page == 1


def test_controls_and_direction_marks_do_not_part_words() -> None:
    assert paragraphs(of_objects(text("共\u200b同\u202e体\ufeff"))) == ["共同体"]


def test_the_cost_grows_with_the_text(linear: Callable[[Callable[[int], object], int], None]) -> None:
    def run(size: int) -> object:
        objects = "".join(text("城乡学校共同体", x=20 + n % 4 * 40, y=20 + n / 8) for n in range(size))
        return of_objects(objects)

    linear(run, 400)


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_a_changed_byte_ends_in_a_reading_or_a_refusal(at: int, byte: int) -> None:
    data = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    refused_or_read(ofd.read, data, "x.ofd")


@given(
    part=st.sampled_from(sorted(PARTS)),
    cuts=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 30), st.binary(max_size=6)), min_size=1, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_changed_xml_ends_in_a_reading_or_a_refusal(part: str, cuts: list[tuple[int, int, bytes]]) -> None:
    data = PARTS[part]
    for at, length, new in cuts:
        at %= len(data) + 1
        data = data[:at] + new + data[at + length :]
    refused_or_read(ofd.read, write.package({**PARTS, part: data}), "x.ofd")
