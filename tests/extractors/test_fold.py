"""Folding keeps every offset and brings every way of writing to one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.fold import fold


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_any_text_keeps_its_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="著着本顯显名學学。\n（「麼髮發展裡 \x00\ud800⻓", max_size=120))
def test_hard_characters_together_keep_their_length_and_line_breaks(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert [i for i, c in enumerate(folded) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once_for_simplified_letters_and_punctuation(text: str) -> None:
    simple = "".join(c for c in text if ord(c) < 0x250 or 0xFF00 < ord(c) < 0xFF5F)
    assert fold(fold(simple)) == fold(simple)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("關於組建城鄉教育共同體的實施方案", "关于组建城乡教育共同体的实施方案"),
        ("（ＡＢｃ），：；！？％", "(ABc),:;!?%"),
        ("“甲”‘乙’「丙」『丁』＂", '"甲""乙""丙""丁""'),
        ("2—3個月～5–6 300——500", "2-3个月-5-6 300--500"),
        ("教〔2020〕7号［３］【四】〖五〗", "教[2020]7号[3][四][五]"),
        ("二○二○年二〇二一年二◯二二年", "二〇二〇年二〇二一年二〇二二年"),
        ("组\u3000长\u00a0甲", "组 长 甲"),
        ("⻓⽇衞生\uf900", "长日卫生岂"),
        ("《方案》〈一〉、。…①Ⅰ㈠℃＜＞'", "《方案》〈一〉、。…①Ⅰ㈠℃＜＞'"),
        ("头发发展后面以后", "头发发展后面以后"),
        ("頭髮發展後面皇后", "头发发展后面皇后"),
    ],
)
def test_each_way_of_writing_has_its_canonical_form(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_taiwanese_zhe_becomes_the_particle_but_not_in_words_or_simplified_text() -> None:
    assert fold("本著資源共享的原則，聘請著名學者") == "本着资源共享的原则,聘请著名学者"
    assert fold("研讀論著，顯著改善，朝著目標") == "研读论著,显著改善,朝着目标"
    assert fold("质量显著提高，编著教材") == "质量显著提高,编著教材"
    mixed = "本著自願的原則開展結對幫扶" + "一" * 100 + "\n这是显著提高质量的办法"
    assert fold(mixed).startswith("本着自愿")
    assert fold(mixed).endswith("这是显著提高质量的办法")


def test_a_text_of_only_that_character_is_folded_in_linear_time() -> None:
    assert len(fold("學著" * 200_000)) == 400_000


def test_nul_and_lone_surrogates_stay_where_they_are() -> None:
    assert fold("學\x00校\ud800（縣）") == "学\x00校\ud800(县)"
    assert fold("本著學\x00習") == "本着学\x00习"


def test_the_empty_text_folds_to_itself() -> None:
    assert fold("") == ""
