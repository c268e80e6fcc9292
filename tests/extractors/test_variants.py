"""A term is found in Taiwan and in mainland wording alike, and nowhere else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.fold import fold
from extractors.lexicon import load
from extractors.variants import LIMIT, alternatives, pattern, safe_alternatives


@pytest.mark.parametrize(
    ("term", "other"),
    [
        ("网络研修", "网路研修"),
        ("網路研修", "网络研修"),
        ("项目评估", "专案评估"),
        ("教育信息化", "教育资讯化"),
        ("互联网", "网际网路"),
        ("信息技术", "资讯科技"),
        ("代码", "程式码"),
        ("审核", "稽核"),
    ],
)
def test_safe_words_are_the_same_in_both_directions(term: str, other: str) -> None:
    assert other in safe_alternatives(term)
    assert fold(term) in safe_alternatives(other)


def test_the_folded_term_itself_comes_first() -> None:
    assert alternatives("網路研修")[0] == "网路研修"
    assert alternatives("学校") == ("学校",)
    assert alternatives("") == ("",)


def test_ambiguous_words_widen_only_where_that_is_asked_for() -> None:
    assert set(alternatives("硬件支持")) == {"硬件支持", "硬体支持", "硬件支援", "硬体支援"}
    assert set(safe_alternatives("硬件支持")) == {"硬件支持", "硬体支持"}


@pytest.mark.parametrize("term", ["核心校", "线上教研", "建立健全机制", "对口支援", "核心素养"])
def test_fixed_terms_are_left_alone(term: str) -> None:
    assert alternatives(term) == (term,)


def test_a_piece_that_cuts_a_word_in_two_is_not_replaced() -> None:
    assert set(alternatives("全国小学")) == {"全国小学", "全国国民小学", "全国国小"}  # never 全|国小|学


def test_the_longest_listed_word_is_replaced_not_its_pieces() -> None:
    assert "程序码" not in alternatives("程式码")
    assert "网际网络" not in alternatives("网际网路")


def test_a_long_term_has_a_bounded_number_of_wordings() -> None:
    assert len(alternatives("信息网络软件硬件项目质量数据文件设备联系智能" * 3)) <= LIMIT


def test_the_pattern_finds_every_wording_in_folded_text() -> None:
    text = fold("透過專案建設推動資訊化，通过项目建设推动信息化")
    assert len(re.findall(pattern("项目建设"), text)) == 2
    assert len(re.findall(pattern("信息化"), text)) == 2
    assert re.fullmatch(pattern("C++(甲)"), "C++(甲)")


@given(st.text(alphabet="资讯信息网路络支援持核心校线上程式码序全国小学项目專案數據", max_size=30))
def test_any_term_has_itself_first_and_no_wording_twice(term: str) -> None:
    for wordings in (alternatives(term), safe_alternatives(term)):
        assert wordings[0] == fold(term)
        assert len(set(wordings)) == len(wordings) <= LIMIT


def test_every_listed_pair_is_found_from_both_sides() -> None:
    for group, widen in (("safe", safe_alternatives), ("ambiguous", alternatives)):
        for taiwan, mainland in load("variants")[group].items():
            for word in [mainland] if isinstance(mainland, str) else mainland:
                assert word in widen(taiwan)
                assert taiwan in widen(word)


def test_the_lexicon_is_folded_and_names_no_word_as_its_own_variant() -> None:
    lexicon = load("variants")
    for group in ("safe", "ambiguous"):
        for taiwan, mainland in lexicon[group].items():
            words = [mainland] if isinstance(mainland, str) else mainland
            assert [fold(w) for w in (taiwan, *words)] == [taiwan, *words]
            assert taiwan not in words
    assert not set(lexicon["safe"]) & set(lexicon["ambiguous"])
    assert all(fold(word) == word for word in lexicon["protected"])
