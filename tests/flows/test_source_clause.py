"""A requirement's clause is shown in the notice's own words where the notice is in the corpus, and never another's."""

from __future__ import annotations

from pathlib import Path

from checks.pack import builtin
from corpus.corpus import Corpus
from flows.source_clause import source_clauses
from schemas.requirement import Basis, Pack
from tests.taking_in import take_in

TITLE = "河南省教育厅关于推进城乡学校共同体建设的通知"
NOTICE = f"""{TITLE}
教基〔2025〕901号
各市教育局：
一、总体目标
到2026年底，各县乡村学校纳入校共体的比例不低于85%。
二、重点任务
（一）结对名单
各县应在方案后附结对名单，写明核心校和成员校。
（二）经费保障
各县应安排专项经费。
河南省教育厅
2025年9月1日
"""


def _pack(clause: str, provenance: str = "primary", basis: Basis | None = None) -> Pack:
    pack = next(one for one in builtin() if one.id == "henan-2025")
    one = pack.requirements[0].model_copy(update={"clause": clause, "provenance": provenance})
    named = basis or Basis(title=TITLE, number="教基〔2025〕901号")
    return pack.model_copy(update={"basis": [named], "requirements": [one]})


def test_the_clause_is_the_notices_own_words(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "通知.txt").write_text(NOTICE, encoding="utf-8")
    take_in([tmp_path / "in"], tmp_path / "home", check=False)
    with Corpus.open(tmp_path / "home") as corpus:
        for clause in ("二（一）", "二、（一）", "结对名单", "二（一），二（二）"):
            found = source_clauses(corpus, _pack(clause))["R01"]
            assert "各县应在方案后附结对名单" in found.quote
            assert "专项经费" not in found.quote
            assert found.document.text[found.span.start : found.span.end] == found.quote
        assert source_clauses(corpus, _pack("二（一）", basis=Basis(title=TITLE)))
        # What another document restates, a clause that is not there, and a notice that is not there are not made up.
        assert source_clauses(corpus, _pack("二（一）", "restated")) == {}
        assert source_clauses(corpus, _pack("九（一）")) == {}
        assert source_clauses(corpus, _pack("二（一）", basis=Basis(number="教基〔2025〕902号"))) == {}
