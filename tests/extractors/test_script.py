"""The script of a text is told from the characters that only one script can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.script import characters, detect, evidence, variant

SIMPLIFIED = "各县区教育局要组织优质学校与乡村学校结对，制定实施方案，建立考核机制。"
TRADITIONAL = "各縣區教育局要組織優質學校與鄉村學校結對，制定實施方案，建立考核機制。"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (SIMPLIFIED, "Hans"),
        (TRADITIONAL, "Hant"),
        ("學校", "Hant"),
        ("大小多少", "Hans"),
        ("", "Zyyy"),
        ("plan 2025, 第".rstrip("第"), "Zyyy"),
        ("Программа развития школ " * 50, "Zyyy"),
        ("①②③ ＡＢＣ（）“”" * 100, "Zyyy"),
    ],
)
def test_the_script_is_named(text: str, script: str) -> None:
    assert detect(text) == script


def test_the_majority_decides_in_a_mixed_document() -> None:
    assert detect(SIMPLIFIED * 3 + TRADITIONAL) == "Hans"
    assert detect(SIMPLIFIED + TRADITIONAL * 3) == "Hant"


def test_symbols_that_only_one_character_set_holds_do_not_outvote_the_text() -> None:
    assert detect("學校結對" + "ⅠⅡ①②→" * 4) == "Hant"
    assert detect(TRADITIONAL * 5 + "①㈠" * 30) == "Hant"


@given(st.text(alphabet=SIMPLIFIED + TRADITIONAL + " a1（", max_size=400))
def test_the_quick_answer_is_the_answer_of_the_exact_count(text: str) -> None:
    traditional, simplified = evidence(text)
    if traditional != simplified:
        assert detect(text) == ("Hant" if traditional > simplified else "Hans")


def test_no_character_proves_both_scripts() -> None:
    traditional, simplified = characters()
    assert len(traditional) > 2000
    assert len(simplified) > 1500
    assert not traditional & simplified
    assert not (traditional | simplified) & set("著着里後后台面干系余")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SIMPLIFIED, "zh-Hans-CN"),
        (TRADITIONAL, "zh-Hant"),
        ("臺北市政府教育局推動數位學習專案，透過網路研習提升教師專業", "zh-Hant-TW"),
        ("透過校際聯盟，本著自願的原則開展結對幫扶", "zh-Hant-TW"),
        ("教育局通函：學校應透過網上平台提交資料，衞生署説明如下，官立及津貼學校適用", "zh-Hant-HK"),
        ("隨着教育發展，學校裏要推動結對", "zh-Hant"),
        ("衞生署説明：隨着教育發展，學校裏要推動透過", "zh-Hant-HK"),
        ("2025", "und"),
    ],
)
def test_the_variety_is_told_from_spellings_and_words(text: str, expected: str) -> None:
    assert variant(text) == expected
