"""Attachments: real small files, made by what writes the project's samples. The same bytes for the same words."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from samples.formats import office
from samples.formats import pdf as typeset
from samples.formats import recipe as recipes
from tests.sources.site.model import File

_FONTS = (os.environ.get("DUZHENG_SAMPLE_FONT", ""), "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@cache
def wordfile(name: str, *lines: str) -> File:
    """A DOCX of these paragraphs, the first its title."""
    return File(name, office.word(_recipe(lines), automatic=False), _WORD)


@cache
def pdf(name: str, *lines: str) -> File:
    """A PDF of these paragraphs; the test is skipped where there is no Chinese font to set it in."""
    font = next((Path(font) for font in _FONTS if font and Path(font).is_file()), None)
    if font is None:
        pytest.skip("no Chinese font: apt-get install fonts-wqy-microhei, or set DUZHENG_SAMPLE_FONT")
    return File(name, typeset.pdf(_recipe(lines), font), "application/pdf")


@cache
def workbook(name: str, *rows: tuple[str, ...]) -> File:
    """An XLSX of one sheet with these rows."""
    sheets = [{"name": "Sheet1", "rows": [list(row) for row in rows]}]
    return File(name, office.workbook({"title": name, "sheets": sheets}), _EXCEL)


def _recipe(lines: tuple[str, ...]) -> recipes.Recipe:
    return recipes.parse("title: 附件\n=====\n" + f"= {lines[0]}\n" + "\n".join(lines[1:]), "attachment")
