"""Pages and texts in every encoding, damaged ones too: read back whole, or with a note of what is damaged."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import kinds

from extractors.readers import encodings, read
from schemas.reading import Paragraph, Reading

TEXT = "为推进城乡学校共同体建设，现将有关事项通知如下。各县教育局、财政局：到2025年底覆盖率达到70%以上。"
HANT = "為推進城鄉學校共同體建設，現將有關事項通知如下。各縣教育局、財政局：到2025年底覆蓋率達到70%以上。"

COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都"
    "两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想"
    "已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造"
    "百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集"
    "温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存"
    "候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"
)
"""Frequent characters, so that any string of them is as plausible as Chinese text is."""

texts = st.text(alphabet=COMMON, min_size=30, max_size=120)
codecs = st.sampled_from(
    ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
declarations = st.sampled_from(["utf-8", "gb2312", "gbk", "GB18030", "big5", "utf-16", "iso-8859-1", "x-none", ""])


def texts_of(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body"]


@settings(deadline=None)  # the first call loads dictionaries
@given(texts, codecs, declarations, st.integers(0, 6_000))
def test_a_page_reads_back_in_any_encoding_under_any_declaration_wherever_it_stands(
    text: str, codec: str, declared: str, before: int
) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    markup = f"<html><head><!--{'x' * before}-->{meta}</head><body><div id=zoom><p>{text}</p></div></body></html>"
    assert texts_of(read(markup.encode(codec), "a.html")) == [text]


@settings(deadline=None)  # the first call loads dictionaries
@given(texts, codecs)
def test_a_text_reads_back_in_any_encoding(text: str, codec: str) -> None:
    assert "".join(texts_of(read(text.encode(codec), "a.txt"))) == text


@pytest.mark.parametrize("name", ["李𬭚", "王㼆", "赵𠅤", "镕", "喆"])
def test_names_in_four_byte_characters_are_read(name: str) -> None:
    text = TEXT + "联系人：" + name
    assert texts_of(read(text.encode("gb18030"), "a.txt")) == [text]


def test_hong_kong_characters_are_read() -> None:
    text = HANT + "嘅喺咗啲嚟、啫"
    assert texts_of(read(f"<meta charset=big5><div id=zoom>{text}</div>".encode("big5hkscs"), "a.html")) == [text]


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5hkscs"])
@pytest.mark.parametrize("broken", [b"\xff", b"\xff\xff", b"\x80", b"\xed\xa0\x80"])
def test_a_few_broken_bytes_cost_their_place_only_and_are_noted(codec: str, broken: bytes) -> None:
    # One byte more may pair with its neighbour: what stands next to it is lost with it, and no more.
    page = "<div id=zoom>" + f"<p>{HANT}</p>" * 12 + "</div>"
    data = page.encode(codec)
    middle = len(page[: page.index("<p>", 300)].encode(codec)) + 3
    reading = read(data[:middle] + broken + data[middle:], "a.html")
    whole = [text for text in texts_of(reading) if text == HANT]
    assert len(whole) >= 11
    assert "encoding" in kinds(reading)


def test_a_stray_zero_byte_does_not_make_a_page_binary() -> None:
    data = f"<html><body><div id=zoom><p>{TEXT * 5}</p></div></body></html>".encode("gb18030")
    reading = read(data[:60] + b"\0" + data[60:], "a.html")
    assert texts_of(reading) == [TEXT * 5]
    assert "control_characters" in kinds(reading)


def test_utf8_saved_once_more_through_latin_1_is_undone_and_noted() -> None:
    reading = read(TEXT.encode().decode("latin-1").encode(), "a.txt")
    assert texts_of(reading) == [TEXT]
    assert "damaged_text" in kinds(reading)


def test_utf8_saved_once_more_through_gbk_is_undone_where_nothing_was_lost() -> None:
    line = next(TEXT[:n] for n in range(len(TEXT), 10, -1) if _reversible(TEXT[:n]))
    reading = read(line.encode().decode("gb18030").encode(), "a.txt")
    assert texts_of(reading) == [line]
    assert "damaged_text" in kinds(reading)


def _reversible(text: str) -> bool:
    try:
        return text.encode().decode("gb18030").encode("gb18030") == text.encode()
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize(
    "text",
    [
        TEXT.encode().decode("gb18030", "replace") * 3,
        TEXT + "锟斤拷锟斤拷" + TEXT,
        TEXT + "\ufffd\ufffd" + TEXT,
    ],
)
def test_text_that_was_destroyed_before_it_was_saved_is_noted_as_damaged(text: str) -> None:
    assert "damaged_text" in kinds(read(text.encode(), "a.txt"))


@settings(deadline=None)  # the first call loads dictionaries
@given(texts)
def test_sound_text_is_never_taken_for_damaged(text: str) -> None:
    assert "damaged_text" not in kinds(read(text.encode(), "a.txt"))


@pytest.mark.parametrize(
    "text", ["Résumé – école élémentaire à Genève, déjà vu. " * 3, "Müller & Söhne, Größe über Maß. " * 3]
)
def test_european_text_is_not_taken_for_damaged(text: str) -> None:
    assert "damaged_text" not in [note.kind for note in encodings.decode(text.encode(), "a.txt").notes]


def test_hz_is_read() -> None:
    assert encodings.decode(TEXT.encode("hz"), "a.txt").text == TEXT


@pytest.mark.parametrize("extension", ["txt", "html"])
def test_characters_that_turn_the_writing_are_left_out_and_said(extension: str) -> None:
    text = TEXT[:20] + "\u202efdp.案方\u202c" + TEXT[20:]
    reading = read(f"<p>{text}</p>".encode() if extension == "html" else text.encode(), f"a.{extension}")
    assert texts_of(reading) == [TEXT[:20] + "fdp.案方" + TEXT[20:]]
    assert "bidi_characters" in kinds(reading)


def test_control_characters_are_left_out_and_said() -> None:
    reading = read((TEXT[:20] + "\x1b[31m\x07" + TEXT[20:]).encode(), "a.txt")
    assert texts_of(reading) == [TEXT[:20] + "[31m" + TEXT[20:]]
    assert "control_characters" in kinds(reading)


@pytest.mark.parametrize("entity", ["&#xD800;", "&#xDFFF;", "&#0;", "&#x110000;", "&#xFFFFFFFFFF;"])
def test_an_entity_of_no_character_harms_nothing(entity: str) -> None:
    (text,) = texts_of(read(f"<div id=zoom><p>{TEXT}{entity}</p></div>".encode(), "a.html"))
    assert text.startswith(TEXT)
    text.encode()
