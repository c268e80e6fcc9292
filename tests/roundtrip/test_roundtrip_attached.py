"""What stands behind the text comes back: attachments obtained or only listed, scoring tables, the plan a notice issues."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip import vocabulary as words
from roundtrip.layouts import files
from roundtrip.layouts.attached import Score, content, listed, scores, scoring_table
from roundtrip.layouts.groups import TABLES
from roundtrip.layouts.heads import SIGNATURES, signed
from roundtrip.layouts.outlines import own_lines, run_in
from roundtrip.model import Block, Community, Grid, Header, Outline, Para, communities, headers, outlines
from roundtrip.profile import examples
from roundtrip.reading_back import expected_outline, plain, read, read_outline
from schemas.document import Document

GROUPS = "岚溪县城乡学校共同体组建情况一览表"
SCORING = "岚溪县校共体工作考核标准及评分细则"
AGREEMENT = "城乡学校共同体合作协议书（样本）"


def as_file(blocks: list[Block], form: str) -> Document:
    data = {
        "page": lambda: (files.page(blocks), "notice.html"),
        "word": lambda: (files.word(blocks), "通知.docx"),
        "pdf": lambda: (files.pdf(blocks), "通知.pdf"),
    }[form]()
    return read(*data)


@pytest.mark.parametrize("form", ["page", "word", pytest.param("pdf", marks=pytest.mark.slow)])
@examples(20)
@given(
    header=headers(),
    outline=outlines(),
    groups=communities(most=3),
    table=scores(),
    shape=st.sampled_from(sorted(TABLES)),
    choice=st.integers(0, 11),
    signature=st.sampled_from(SIGNATURES),
)
def test_attachments_behind_the_text_are_included(
    form: str,
    header: Header,
    outline: Outline,
    groups: list[Community],
    table: list[Score],
    shape: str,
    choice: int,
    signature: str,
) -> None:
    blocks: list[Block] = [*(Para(t, "title") for t in header.title_lines), Para(f"{header.addressed}：")]
    blocks += [Para(words.OPENINGS[1]), *own_lines(outline)]
    blocks += listed((GROUPS, SCORING, AGREEMENT), choice)
    blocks += signed(header, signature)
    blocks += content(1, False, GROUPS, TABLES[shape](groups, choice), choice)
    blocks += content(2, False, SCORING, [scoring_table(table, choice)], choice)
    document = as_file(blocks, form)
    assert [(a.number, plain(a.title), a.included) for a in document.attachments] == [
        (1, plain(GROUPS), True),
        (2, plain(SCORING), True),
        (3, plain(AGREEMENT), False),
    ]
    assert [(plain(c.lead), sorted(map(plain, c.members))) for c in document.communities] == [
        (plain(g.lead), sorted(map(plain, g.members))) for g in groups
    ]
    assert [(plain(s.item), s.points) for s in document.scoring] == [(s.item, s.points) for s in table]
    assert read_outline(document) == expected_outline(outline)
    assert document.signed_on == header.signed_on
    assert sorted(map(plain, document.issuers)) == sorted(map(plain, header.issuers))


@pytest.mark.parametrize("form", ["page", "word"])
@examples(20)
@given(header=headers(), outline=outlines(), signature=st.sampled_from(SIGNATURES), rendering=st.booleans())
def test_the_plan_a_notice_issues_is_part_of_it(
    form: str, header: Header, outline: Outline, signature: str, rendering: bool
) -> None:
    plan = "岚溪县城乡学校共同体建设实施方案"
    blocks: list[Block] = [
        Para(f"关于印发《{plan}》的通知", "title"),
        Para(f"{header.addressed}："),
        Para(f"现将《{plan}》印发给你们，请结合实际认真贯彻落实。"),
        *signed(header, signature),
        Para(plan, "title"),
        Para(words.OPENINGS[0]),
        *(run_in(outline) if rendering else own_lines(outline)),
    ]
    document = as_file(blocks, form)
    assert plain(document.title) == f"关于印发《{plan}》的通知"
    assert read_outline(document) == expected_outline(outline)
    assert document.signed_on == header.signed_on
    assert sorted(map(plain, document.issuers)) == sorted(map(plain, header.issuers))
    assert list(map(plain, document.addressees)) == list(map(plain, header.addressees))
    assert (document.genre, document.role) == ("notice", "plan")
    assert document.citations == []


@examples(30)
@given(table=scores(), choice=st.integers(0, 2), form=st.sampled_from(("page", "word", "sheet")))
def test_scoring_tables_come_back(table: list[Score], choice: int, form: str) -> None:
    grid: Grid = scoring_table(table, choice)
    if form == "sheet":
        document = read(files.sheet(SCORING, grid), "评分细则.xlsx")
    else:
        document = as_file([Para(SCORING, "title"), grid], form)
    assert [(plain(s.item), s.points, plain(s.standards), plain(s.deductions)) for s in document.scoring] == [
        (s.item, s.points, plain(s.standard), plain(s.deduction)) for s in table
    ]
