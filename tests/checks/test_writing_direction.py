"""Marks that turn the direction of writing, as found in a document, turn nothing where its words are shown."""

from __future__ import annotations

from made_plans import make_document, make_pack

from checks.engine import check
from checks.ledger import clean
from checks.report import render

TURNED = "县教育局设立专项资金\u202e，每年投入不少于50万元\u202c用于共同体建设\u2066。"
SAYS = {"form": "statement", "parameters": {"elements": [{"name": "经费", "any": [{"all": [["专项资金"]]}]}]}}


def test_a_workbook_holds_none() -> None:
    assert clean(TURNED) == "县教育局设立专项资金，每年投入不少于50万元用于共同体建设。"


def test_the_report_makes_them_visible() -> None:
    document = make_document(TURNED)
    text = render([check(document, make_pack(SAYS))], {document.id: document})
    assert "专项资金" in text
    assert not set(text) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
