"""What a PDF of running text is promised to become."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_typesetter import Typesetter

from extractors.readers import pdf
from schemas.reading import Paragraph, Reading

SENTENCE = (
    "为加快推动义务教育优质均衡发展，各校要健全结对帮扶机制，每学期开展联合教研不少于4次，骨干教师交流比例不低于10%。"
)


def body(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body"]


def of_role(reading: Reading, role: str) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == role]


def test_lines_are_joined_and_the_title_is_told_from_the_text() -> None:
    sheet = Typesetter()
    sheet.title("云岭市教育局关于推进城乡学校共同体", "建设的通知")
    sheet.paragraph("各县（市、区）教育局，市直各学校：", indent=0)
    sheet.paragraph(SENTENCE)
    sheet.paragraph("一、总体要求")
    sheet.paragraph("（一）工作目标。" + SENTENCE * 2)
    sheet.signature("云岭市教育局")
    sheet.signature("2025年9月1日")
    reading = pdf.read(sheet.finish(), "通知.pdf")
    assert body(reading) == [
        "云岭市教育局关于推进城乡学校共同体建设的通知",
        "各县（市、区）教育局，市直各学校：",
        SENTENCE,
        "一、总体要求",
        "（一）工作目标。" + SENTENCE * 2,
        "云岭市教育局",
        "2025年9月1日",
    ]
    assert [b.style for b in reading.blocks if b.role == "body"][:2] == ["title", "body"]
    assert reading.pages == 1


def test_a_paragraph_goes_on_over_the_page_break() -> None:
    sheet = Typesetter(header="城乡学校共同体建设资料汇编")
    texts = [f"{n}.加强管理。" + SENTENCE * 3 for n in range(1, 25)]
    for text in texts:
        sheet.paragraph(text)
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert body(reading) == texts
    assert (reading.pages or 0) > 4
    crossing = [b for b in reading.blocks if isinstance(b, Paragraph) and len({box.page for box in b.boxes}) == 2]
    assert crossing


def test_page_numbers_and_running_headers_stand_apart() -> None:
    sheet = Typesetter(header="内部资料", page_numbers="第{}页 共3页")
    for _ in range(14):
        sheet.paragraph(SENTENCE * 2)
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert of_role(reading, "header") == ["内部资料"] * (reading.pages or 0)
    assert len(of_role(reading, "page_number")) == reading.pages
    assert body(reading) == [SENTENCE * 2] * 14


@pytest.mark.parametrize("form", ["— {} —", "-{}-", "{}", "第{}页", "{}/9", "Page {} of 9"])
def test_every_usual_form_of_page_number_is_known(form: str) -> None:
    sheet = Typesetter(page_numbers=form)
    sheet.paragraph(SENTENCE)
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert [text.replace(" ", "") for text in of_role(reading, "page_number")] == [form.format(1).replace(" ", "")]
    assert body(reading) == [SENTENCE]


def test_every_line_has_a_box_where_it_stands() -> None:
    sheet = Typesetter()
    sheet.paragraph(SENTENCE)
    (paragraph,) = (b for b in pdf.read(sheet.finish(), "x.pdf").blocks if b.role == "body")
    first, *rest = paragraph.boxes
    assert first.page == 1
    assert first.x0 == pytest.approx(80 + 32, abs=1)
    assert all(box.x0 == pytest.approx(80, abs=1) for box in rest)
    assert first.top == pytest.approx(100, abs=5)
    assert first.bottom - first.top == pytest.approx(17, abs=4)


def test_spaces_that_justification_opens_are_not_read() -> None:
    sheet = Typesetter()
    sheet.canvas.setFont("STSong-Light", 16)
    text = sheet.canvas.beginText(80, 700)
    text.setCharSpace(3)
    text.textOut("统筹推进乡村教育振兴到 2025 年底")
    sheet.canvas.drawText(text)
    assert body(pdf.read(sheet.finish(), "x.pdf")) == ["统筹推进乡村教育振兴到2025年底"]


def test_a_rotated_page_is_read_as_it_is_shown() -> None:
    sheet = Typesetter(page_numbers=None)
    sheet.canvas.setPageRotation(90)
    sheet.canvas.saveState()
    sheet.canvas.translate(595, 0)
    sheet.canvas.rotate(90)
    sheet.canvas.setFont("STSong-Light", 16)
    for number, line in enumerate(("横排页面的第一行文字。", "第二行文字。")):
        sheet.canvas.drawString(100, 500 - 60 * number, line)
    sheet.canvas.restoreState()
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert body(reading) == ["横排页面的第一行文字。", "第二行文字。"]
    box = reading.blocks[0].boxes[0]
    assert box.x0 == pytest.approx(100, abs=1)
    assert box.top == pytest.approx(595 - 500 - 14, abs=4)


han = st.text(alphabet="教育局学校共同体建设工作方案管理质量提升目标任务责任到位推进", min_size=4, max_size=90)
item = st.tuples(
    st.sampled_from(["", "一、", "（二）", "3.", "（4）", "第五条 "[:-1], "①"]),
    han,
    st.sampled_from(["", "到2025年底达到70%以上", "每学期2次"]),
).map(lambda parts: "".join(parts) + "。")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(item, min_size=1, max_size=30), st.sampled_from([14.0, 16.0]), st.sampled_from([22.0, 28.0]))
def test_any_outline_set_in_official_layout_reads_back(texts: list[str], size: float, leading: float) -> None:
    sheet = Typesetter(size=size, leading=leading)
    # A single short line on a page says nothing about where its type area ends; a whole paragraph does.
    texts = [SENTENCE * 2, *texts]
    for text in texts:
        sheet.paragraph(text)
    assert body(pdf.read(sheet.finish(), "x.pdf")) == texts


def test_a_watermark_aslant_over_the_page_stays_out_of_the_text() -> None:
    sheet = Typesetter()
    sheet.paragraph(SENTENCE * 3)
    sheet.canvas.saveState()
    sheet.canvas.translate(150, 300)
    sheet.canvas.rotate(45)
    sheet.put("内部资料注意保管", 0, 842, 40)
    sheet.canvas.restoreState()
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert body(reading) == [SENTENCE * 3]
    assert [note.kind for note in reading.notes] == ["watermark"]
    assert "内部资料注意保管" in reading.notes[0].message


def test_paragraphs_set_apart_by_space_instead_of_an_indent() -> None:
    sheet = Typesetter(size=12, leading=18)
    texts = [SENTENCE * 2, SENTENCE * 3, "短句。", SENTENCE]
    for text in texts:
        sheet.paragraph(text, indent=0)
        sheet.y += 8
    assert body(pdf.read(sheet.finish(), "x.pdf")) == texts


def test_a_hanging_indent_belongs_to_its_item() -> None:
    sheet = Typesetter(page_numbers=None)
    sheet.paragraph(SENTENCE * 2)
    # The second line stands under the text and not under the number.
    for number, text in enumerate(("附件：1." + "城" * 22, "乡学校共同体组建名单一览表")):
        sheet.put(text, 112 if number == 0 else 112 + 60, sheet.y, 16)
        sheet.y += 28
    assert body(pdf.read(sheet.finish(), "x.pdf"))[1:] == ["附件：1." + "城" * 22 + "乡学校共同体组建名单一览表"]


def test_one_line_that_overruns_the_margin_does_not_part_the_others() -> None:
    sheet = Typesetter()
    sheet.paragraph(SENTENCE)
    sheet.line("联系电话：" + "12345678" * 3 + "，电子邮箱：" + "abc" * 12, 112, 16, 28)
    sheet.paragraph(SENTENCE * 2)
    assert body(pdf.read(sheet.finish(), "x.pdf"))[::2] == [SENTENCE, SENTENCE * 2]


def test_a_small_line_at_the_rim_of_a_single_page_is_a_header() -> None:
    sheet = Typesetter(header="云岭县教育局")
    sheet.paragraph(SENTENCE)
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert (of_role(reading, "header"), body(reading)) == (["云岭县教育局"], [SENTENCE])
