"""Whole documents come back from every kind of file, with everything they say at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip import vocabulary as words
from roundtrip.layouts import assignments, files, groups, people
from roundtrip.layouts.heads import metadata, signed
from roundtrip.layouts.outlines import own_lines
from roundtrip.layouts.scripts import written
from roundtrip.layouts.whole import HEAD_NAMES, SIGNATURE_NAMES, Whole, blocks, wholes
from roundtrip.layouts.wraps import hard
from roundtrip.model import Block, Grid, Header, Outline, Para, headers, outlines
from roundtrip.profile import examples
from roundtrip.reading_back import expected_outline, read, read_outline
from roundtrip.reading_back import plain as folded
from schemas.document import Document

TABLE_SHAPES = sorted(groups.TABLES)
TEXT_SHAPES = sorted(groups.TEXTS)
TASK_TEXTS = ("tail", "led", "lines")
STAFF_TEXTS = tuple(n for n in people.LAYOUTS if n != "table")


def comes_back(document: Document, whole: Whole, head: str, script: str = "Hans") -> None:
    def plain(text: str | None) -> str:
        """Both sides in the script and vocabulary of the rendering, folded."""
        return folded(written(text or "", script) if script == "s2twp" else text)

    header = whole.header
    issuers = [plain(i) for i in header.issuers]
    assert plain(document.title) in (plain(header.title), "".join(issuers) + plain(header.title))
    assert plain(document.document_number) == (plain(header.number or "") if head != "titled" else "")
    assert sorted(map(plain, document.issuers)) == sorted(issuers)
    assert list(map(plain, document.addressees)) == list(map(plain, header.addressees))
    assert document.signed_on == header.signed_on
    assert [plain(s.heading) for s in document.sections] == [
        plain(h) for h in ("总体要求", "组织领导", "组建安排", "重点任务", "工作要求")
    ]
    assert [(plain(c.title), plain(c.document_number)) for c in document.citations] == [
        (plain(title), plain(number)) for title, number in whole.cited
    ]
    assert [(t.comparator, t.value, t.upper, plain(t.unit), t.per, t.due) for t in document.targets] == [
        (p.comparator, p.value, p.upper, plain(p.unit), p.per, p.due) for p in whole.promises
    ]
    assert sorted((plain(p.role), plain(p.name)) for p in document.leaders) == sorted(
        (plain(p.role), plain(p.name)) for p in whole.leaders
    )
    assert [(plain(c.lead), sorted(map(plain, c.members))) for c in document.communities] == [
        (plain(g.lead), sorted(map(plain, g.members))) for g in whole.communities
    ]
    assert [
        (plain(t.text).rstrip("。"), list(map(plain, t.responsible)), plain(t.due_text)) for t in document.tasks
    ] == [(plain(w.text), list(map(plain, w.responsible)), plain(w.due_text)) for w in whole.works]
    assert [(a.number, plain(a.title), a.included) for a in document.attachments] == [
        (i if len(whole.attachments) > 1 else None, plain(title), False) for i, title in enumerate(whole.attachments, 1)
    ]
    assert document.on_topic


CHOICES = st.tuples(st.sampled_from(HEAD_NAMES), st.sampled_from(SIGNATURE_NAMES), st.integers(0, 47))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@examples(60)
@given(
    whole=wholes(),
    choices=CHOICES,
    group=st.sampled_from(TEXT_SHAPES),
    staff=st.sampled_from(STAFF_TEXTS),
    task=st.sampled_from(TASK_TEXTS),
)
def test_a_whole_document_as_plain_text(
    encoding: str, whole: Whole, choices: tuple[str, str, int], group: str, staff: str, task: str
) -> None:
    head, signature, choice = choices
    text = files.plain_text(blocks(whole, head, group, staff, task, signature, choice))
    comes_back(read(text.encode(encoding), "通知.txt"), whole, head)


@pytest.mark.parametrize("script", ["s2t", "s2twp"])
@examples(40)
@given(
    whole=wholes(),
    choices=CHOICES,
    group=st.sampled_from(TEXT_SHAPES),
    staff=st.sampled_from(STAFF_TEXTS),
    task=st.sampled_from(TASK_TEXTS),
)
def test_a_whole_document_in_traditional_script(
    script: str, whole: Whole, choices: tuple[str, str, int], group: str, staff: str, task: str
) -> None:
    head, signature, choice = choices
    text = files.plain_text(blocks(whole, head, group, staff, task, signature, choice))
    document = read(written(text, script).encode(), "通知.txt")
    assert document.script == "Hant"
    comes_back(document, whole, head, script)


@pytest.mark.parametrize("form", ["page", "gbk page", "page of lines", "page of spans", "word"])
@examples(40)
@given(
    whole=wholes(),
    choices=CHOICES,
    group=st.sampled_from(TABLE_SHAPES + TEXT_SHAPES),
    staff=st.sampled_from(sorted(people.LAYOUTS)),
    task=st.sampled_from(sorted(assignments.LAYOUTS)),
)
def test_a_whole_document_as_a_page_or_a_word_file(
    form: str, whole: Whole, choices: tuple[str, str, int], group: str, staff: str, task: str
) -> None:
    head, signature, choice = choices
    made = blocks(whole, head, group, staff, task, signature, choice)
    if form == "word":
        comes_back(read(files.word(made), "通知.docx"), whole, head)
    else:
        encoding = "gbk" if form == "gbk page" else "utf-8"
        breaks = form.removeprefix("page of ") if " of " in form else "paragraphs"
        comes_back(read(files.page(made, whole.header, encoding, breaks), "notice.html"), whole, head)


@pytest.mark.slow
@examples(25)
@given(
    whole=wholes(),
    choices=CHOICES,
    group=st.sampled_from(TABLE_SHAPES + TEXT_SHAPES),
    staff=st.sampled_from(sorted(people.LAYOUTS)),
    task=st.sampled_from(sorted(assignments.LAYOUTS)),
)
def test_a_whole_document_as_a_pdf(
    whole: Whole, choices: tuple[str, str, int], group: str, staff: str, task: str
) -> None:
    head, signature, choice = choices
    made = blocks(whole, head, group, staff, task, signature, choice)
    comes_back(read(files.pdf(made), "通知.pdf"), whole, head)


AUTOMATIC = {
    ("han", "hanround", "digit"): (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")),
    ("han", "digit", "round"): (("chineseCounting", "%1、"), ("decimal", "%2."), ("decimal", "（%3）")),
    ("digit", "round", "circled"): (
        ("decimal", "%1."), ("decimal", "（%2）"), ("decimalEnclosedCircle", "%3")),
}  # fmt: skip


@pytest.mark.parametrize("scheme", AUTOMATIC)
@examples(15)
@given(outline=outlines())
def test_automatic_numbers_of_word_count_as_text(scheme: tuple[str, str, str], outline: Outline) -> None:
    numbered = Outline(scheme, outline.items)
    made: list[Block] = [
        Para("岚溪县城乡学校共同体建设实施方案", "title"),
        Para(words.OPENINGS[0]),
        *own_lines(numbered),
    ]
    document = read(files.word(made, AUTOMATIC[scheme]), "方案.docx")
    assert read_outline(document) == expected_outline(numbered)


@pytest.mark.parametrize("form", ["page", "word", "pdf"])
@examples(15)
@given(outline=outlines(), header=headers())
def test_an_outline_of_any_scheme_in_a_file(form: str, outline: Outline, header: Header) -> None:
    made: list[Block] = [*metadata(header), Para(words.OPENINGS[1]), *own_lines(outline), *signed(header, "lines")]
    if form == "pdf":
        made = [b for b in made if not isinstance(b, Grid)]
    data = {
        "page": lambda: (files.page(made, header), "notice.html"),
        "word": lambda: (files.word(made), "notice.docx"),
        "pdf": lambda: (files.pdf(made), "notice.pdf"),
    }[form]()
    document = read(*data)
    assert read_outline(document) == expected_outline(outline)
    assert folded(document.title) == folded(header.title)
    assert document.signed_on == header.signed_on
    assert list(map(folded, document.addressees)) == list(map(folded, header.addressees))


@examples(40)
@given(outline=outlines(), header=headers(), width=st.integers(28, 40))
def test_a_whole_text_cut_into_lines(outline: Outline, header: Header, width: int) -> None:
    head: list[Block] = [*(Para(line) for line in header.title_lines), Para(f"{header.addressed}：")]
    body = hard([Para(words.OPENINGS[1]), *own_lines(outline)], width)
    text = files.plain_text([*head, *body, *signed(header, "lines")])
    document = read(text.encode(), "通知.txt")
    assert read_outline(document) == expected_outline(outline)
    assert folded(document.title) == folded(header.title)
    assert document.signed_on == header.signed_on
