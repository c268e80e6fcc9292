"""Tracked changes in Word documents: the text is the accepted state, and what it was before is kept beside it."""

from __future__ import annotations

import docx_writer as word
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.readers import docx
from schemas.reading import Cell, Paragraph, Reading, Table


def ins(text: str) -> str:
    return f'<w:ins w:id="1" w:author="某人" w:date="2024-03-01T00:00:00Z">{word.run(text)}</w:ins>'


def deleted(text: str) -> str:
    return f'<w:del w:id="2" w:author="某人"><w:r><w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'


def mark(change: str) -> str:
    return f'<w:pPr><w:rPr><w:{change} w:id="3"/></w:rPr></w:pPr>'


def of(*paragraphs: str) -> Reading:
    """A document of raw paragraphs or tables."""
    document = word.blank()
    for xml in paragraphs:
        word.add_xml(document, xml if xml.startswith("<w:tbl") else word.paragraph(xml))
    return docx.read(word.saved(document), "x.docx")


def states(reading: Reading) -> list[tuple[str, str | None]]:
    return [(b.text, b.before) for b in reading.blocks if isinstance(b, Paragraph)]


def removed(reading: Reading) -> list[str]:
    return [note.message for note in reading.notes if note.message.startswith("修订删去")]


def cells(reading: Reading) -> list[Cell]:
    (table,) = [block for block in reading.blocks if isinstance(block, Table)]
    return list(table.cells)


def row(*texts: str, change: str = "") -> str:
    properties = f'<w:trPr><w:{change} w:id="4"/></w:trPr>' if change else ""
    return f"<w:tr>{properties}" + "".join(f"<w:tc><w:p>{text}</w:p></w:tc>" for text in texts) + "</w:tr>"


def test_a_changed_paragraph_keeps_its_old_wording_and_others_have_none() -> None:
    reading = of(word.run("到2025年底达到") + deleted("60%") + ins("70%"), word.run("总则"))
    assert states(reading) == [("到2025年底达到70%", "到2025年底达到60%"), ("总则", None)]
    assert [note.kind for note in reading.notes] == ["tracked_changes"]


def test_a_new_paragraph_had_no_wording_before() -> None:
    # Word: the cursor at the end of 甲, Enter, 乙; and a paragraph put in whole in front of another.
    assert states(of(mark("ins") + word.run("甲"), ins("乙"))) == [("甲", None), ("乙", "")]
    assert states(of(mark("ins") + ins("甲"), word.run("乙"))) == [("甲", ""), ("乙", None)]


def test_a_deleted_paragraph_is_noted_with_its_text_and_leaves_the_others_alone() -> None:
    reading = of(word.run("前"), mark("del") + deleted("取消的任务"), word.run("后"))
    assert states(reading) == [("前", None), ("后", None)]
    assert removed(reading) == ["修订删去：“取消的任务” / deleted by tracked changes"]


def test_paragraphs_made_one_or_two_say_what_they_were() -> None:
    assert states(of(mark("del") + word.run("前半"), word.run("后半"))) == [("前半后半", "前半\n后半")]
    assert states(of(mark("ins") + word.run("前半"), word.run("后半"))) == [("前半", "前半后半"), ("后半", None)]


def test_a_replaced_paragraph_says_what_it_replaced() -> None:
    reading = of(mark("del") + deleted("旧的一段"), ins("新的一段"))
    assert (states(reading), removed(reading)) == ([("新的一段", "旧的一段")], [])


def test_moved_text_is_gone_where_it_was_and_new_where_it_is() -> None:
    moved = f'<w:moveFrom w:id="5">{word.run("移动的段落")}</w:moveFrom>'
    here = f'<w:moveTo w:id="6">{word.run("移动的段落")}</w:moveTo>'
    reading = of(mark("moveFrom") + moved, word.run("中间"), mark("moveTo") + here, word.run("末尾"))
    assert states(reading) == [("中间", None), ("移动的段落", ""), ("末尾", None)]
    assert len(removed(reading)) == 1


def test_an_insertion_that_was_deleted_again_is_in_neither_state() -> None:
    both = '<w:ins w:id="1"><w:del w:id="2"><w:r><w:delText>反复</w:delText></w:r></w:del></w:ins>'
    assert states(of(word.run("正文") + both)) == [("正文", None)]


def test_changes_of_form_alone_are_no_changes() -> None:
    form = '<w:r><w:rPr><w:b/><w:rPrChange w:id="7"><w:rPr/></w:rPrChange></w:rPr><w:t>加粗</w:t></w:r>'
    paragraph = '<w:pPr><w:jc w:val="center"/><w:pPrChange w:id="8"><w:pPr/></w:pPrChange></w:pPr>'
    reading = of(paragraph + form)
    assert (states(reading), reading.notes) == ([("加粗", None)], [])


def test_a_number_that_was_changed_is_a_change_and_one_that_only_moved_up_is_none() -> None:
    document = word.blank()
    word.add_list(document, 1, [("chineseCounting", "%1、")])
    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    word.add_xml(document, word.paragraph(f"<w:pPr>{item}</w:pPr>{word.run('目标')}"))
    gone = f'<w:pPr>{item}<w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
    word.add_xml(document, word.paragraph(gone + deleted("任务")))
    word.add_xml(document, word.paragraph(f"<w:pPr>{item}</w:pPr>{word.run('措施')}"))
    word.add_xml(document, word.paragraph(f"<w:pPr>{item}</w:pPr>{word.run('保')}{ins('障')}"))
    lost = f'<w:pPr><w:pPrChange w:id="2"><w:pPr>{item}</w:pPr></w:pPrChange></w:pPr>'
    word.add_xml(document, word.paragraph(lost + word.run("附则")))
    reading = docx.read(word.saved(document), "x.docx")
    assert states(reading) == [
        ("一、目标", None), ("二、措施", None), ("三、保障", "四、保"), ("附则", "五、附则")
    ]  # fmt: skip
    assert removed(reading) == ["修订删去：“二、任务” / deleted by tracked changes"]


def test_a_changed_cell_keeps_its_old_wording() -> None:
    reading = of(f"<w:tbl {word.NS}>{row(word.run('校长'), word.run('张三'))}"
                 f"{row(word.run('电话'), deleted('12') + ins('34') + word.run('56'))}</w:tbl>")  # fmt: skip
    assert [(c.text, c.before) for c in cells(reading)] == [
        ("校长", None), ("张三", None), ("电话", None), ("3456", "1256")
    ]  # fmt: skip


def test_rows_put_in_and_taken_out_are_seen() -> None:
    reading = of(
        f"<w:tbl {word.NS}>{row(word.run('甲'), word.run('乙'))}{row(ins('丙'), ins('丁'), change='ins')}"
        f"{row(deleted('戊'), deleted('己'), change='del')}</w:tbl>"
    )
    found = [(c.row, c.column, c.text, c.before) for c in cells(reading)]
    assert found == [(0, 0, "甲", None), (0, 1, "乙", None), (1, 0, "丙", ""), (1, 1, "丁", "")]
    assert removed(reading) == ["修订删去：“戊｜己” / deleted by tracked changes"]


def test_a_cell_put_in_is_new_and_a_cell_taken_out_is_noted() -> None:
    def cell(text: str, change: str = "") -> str:
        return f"<w:tc><w:tcPr>{change}</w:tcPr><w:p>{word.run(text)}</w:p></w:tc>"

    one = f"<w:tr>{cell('甲')}{cell('乙')}</w:tr>"
    gone, new = ('<w:cellDel w:id="1"/>', '<w:cellIns w:id="2"/>')
    other = f"<w:tr>{cell('丙', gone)}{cell('丁')}{cell('戊', new)}</w:tr>"
    reading = of(f"<w:tbl {word.NS}>{one}{other}</w:tbl>")
    assert [(c.row, c.column, c.text, c.before) for c in cells(reading)] == [
        (0, 0, "甲", None), (0, 1, "乙", None), (1, 0, "丁", None), (1, 1, "戊", "")
    ]  # fmt: skip
    assert removed(reading) == ["修订删去：“丙” / deleted by tracked changes"]


def test_of_several_lines_only_the_changed_one_says_what_it_was() -> None:
    line = "<w:r><w:br/></w:r>"
    reading = of(word.run("组长：张三") + line + word.run("副组长：李") + deleted("四") + ins("五"))
    assert states(reading) == [("组长：张三", None), ("副组长：李五", "副组长：李四")]


def test_names_and_dates_of_those_who_changed_are_left_out() -> None:
    assert "某人" not in repr(of(word.run("甲") + ins("乙"), mark("del") + deleted("丙"), word.run("丁")))


WORDS = st.text(alphabet="甲乙丙丁戊校小学中心", max_size=4)
RUNS = st.lists(st.tuples(st.sampled_from(["", "ins", "del"]), WORDS), max_size=4)
PARAGRAPHS = st.lists(st.tuples(RUNS, st.sampled_from(["", "", "ins", "del"])), min_size=1, max_size=6)


def texts_in(paragraphs: list[tuple[list[tuple[str, str]], str]], absent: str) -> list[str]:
    """The paragraphs of one state, by joining everything but what that state does not have."""
    out, open_text = [], ""
    for index, (runs, change) in enumerate(paragraphs):
        open_text += "".join(text for kind, text in runs if kind != absent)
        if change != absent or index == len(paragraphs) - 1:
            out.append(open_text)
            open_text = ""
    return [text for text in out if text]


@settings(max_examples=80, deadline=None)
@given(PARAGRAPHS)
def test_any_changes_give_the_accepted_text_and_lose_nothing_of_the_old_one(
    paragraphs: list[tuple[list[tuple[str, str]], str]],
) -> None:
    make = {"": word.run, "ins": ins, "del": deleted}
    body = [
        (mark(change) if change else "") + "".join(make[kind](text) for kind, text in runs)
        for runs, change in paragraphs
    ]
    reading = of(word.run("始"), *body, word.run("终"))
    # The last paragraph's mark is never deleted in Word; 始 and 终 keep both states apart from what lies between.
    plain: list[tuple[list[tuple[str, str]], str]] = [([("", "始")], ""), *paragraphs, ([("", "终")], "")]
    assert [text for text, _ in states(reading)] == texts_in(plain, "del")
    kept = "\n".join(text if before is None else before for text, before in states(reading))
    kept += "\n".join(removed(reading))
    assert all(text in kept for text in texts_in(plain, "ins"))
    for text, before in states(reading):
        if before is not None:
            assert all(line in "\n".join(texts_in(plain, "ins")) for line in before.split("\n") if line)
        else:
            assert text in "\n".join(texts_in(plain, "ins"))
