"""The same document gives the same facts in whatever file it arrives."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from renderings import (
    NAME,
    RECIPES,
    archive,
    documents,
    facts,
    font,
    ofd,
    office,
    page,
    pdf,
    read_recipe,
    recipe,
    text,
    traditional,
)

from extractors.readers.office import soffice

PLANS = sorted(path.stem for path in RECIPES.glob("*.md") if path.stem != "henan-sub-legacy")
FEW = ["henan-ruxi", "zhejiang-liuxi", "zhejiang-zhangwu"]
"""A traditional plan with merged cells, one with a table over the page, one with its list in prose."""
MERGED_LIST = "zhejiang-zhuyuan"
"""Plain text cannot say that a cell is merged, and this plan's list hangs on it: its DOCX is what the others are held to."""

Render = Callable[[recipe.Recipe], bytes]
FORMATS: dict[str, tuple[str, Render]] = {
    "HTML in UTF-8": ("html", lambda item: page(item, "utf-8")),
    "HTML in GBK": ("html", lambda item: page(item, "gbk")),
    "DOCX, numbers typed": ("docx", lambda item: office.word(item, automatic=False)),
    "PDF": ("pdf", lambda item: pdf.pdf(item, font())),
    "OFD": ("ofd", lambda item: ofd.ofd(item, None)),
    "ZIP with a name in GBK": ("zip", archive),
}
AUTOMATIC = "henan-wangsong"
"""Its numbers (第一部分) are not those that Word is told to count with, so it is not rendered with automatic ones."""


SHIFTS = [
    ("DOCX, numbers typed", "HTML in GBK"),
    ("PDF", "HTML in UTF-8"),
    ("OFD", "ZIP with a name in GBK"),
    ("PDF", "OFD"),
]
"""What the plans beside ``FEW`` are tried in, in turn: all of them in two formats, and every format on six of them or more."""
COMBINATIONS = [
    pytest.param(name, one, marks=[] if name in FEW else pytest.mark.slow)
    for number, name in enumerate(PLANS)
    for one in (FORMATS if name in FEW else SHIFTS[number % len(SHIFTS)])
]


@cache
def measure(name: str) -> tuple[recipe.Recipe, dict[str, Any]]:
    """A recipe and what its text variant says."""
    item = read_recipe(name)
    if name == MERGED_LIST:
        return item, facts(one(documents(office.word(item, automatic=False), f"{NAME}.docx")))
    return item, facts(one(documents(text(item), f"{NAME}.txt")))


def one(found: list[Any]) -> Any:
    (document,) = found
    return document


@pytest.mark.parametrize(("name", "format_name"), COMBINATIONS)
def test_a_document_says_the_same_in_every_format(name: str, format_name: str) -> None:
    item, expected = measure(name)
    extension, render = FORMATS[format_name]
    assert facts(one(documents(render(item), f"{NAME}.{extension}"))) == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PLANS if name != AUTOMATIC])
def test_numbers_that_word_counts_are_read_like_typed_ones(name: str) -> None:
    item, expected = measure(name)
    assert facts(one(documents(office.word(item, automatic=True), f"{NAME}.docx"))) == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PLANS[::2] if name != MERGED_LIST])
def test_a_page_in_big5_says_the_same_as_text_in_traditional_characters(name: str) -> None:
    item = traditional(read_recipe(name))
    expected = facts(one(documents(text(item), f"{NAME}.txt")))
    assert facts(one(documents(page(item, "big5"), f"{NAME}.html"))) == expected


OLD_FORMATS = {
    "doc": ("MS Word 97", ".doc"),
    "rtf": ("Rich Text Format", ".rtf"),
    "odt": ("writer8", ".odt"),
}


@pytest.mark.slow
@pytest.mark.skipif(soffice.find() is None, reason="LibreOffice is not installed, so no DOC, RTF or ODT can be made")
@pytest.mark.parametrize(
    ("name", "extension"),
    [*(("henan-ruxi", one) for one in OLD_FORMATS), ("zhejiang-liuxi", "doc"), ("zhejiang-zhangwu", "rtf")],
)
def test_what_libreoffice_writes_says_the_same(name: str, extension: str) -> None:
    item, expected = measure(name)
    target, suffix = OLD_FORMATS[extension]
    data = soffice.convert(
        office.word(item, automatic=True), "x.docx", ".docx", "MS Word 2007 XML", f"{extension}:{target}"
    )
    assert facts(one(documents(data, f"{NAME}{suffix}"))) == expected
