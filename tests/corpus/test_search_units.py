"""What is promised about units: the index and the text agree on where a wording stands."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.terms import terms
from corpus.units import BREAK, grams, is_han_word, pair_class, pattern, plain, units

SIGNS = ["%", " ", "\u3000", "“", "”", "(", ")", "〔", "〕", "—", "，", "。", "\n", "\t", "、", ".", "_", "|", "\u200b"]
PIECES = st.sampled_from([*"教共體体联网網的一周军軍縣县𠮷々①éİα", "2025", "70", "3", "年", "AI", "k", *SIGNS])
TEXTS = st.lists(PIECES, max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("推进“校共体”建设", "校共体建设"),
        ("云教〔2021〕155号", "云教[2021]155号"),
        ("到2025 年底", "2025年底"),
        ("周  军", "周军"),
        ("縣（市、區）教育局", "县(市、区)教育局"),
        ("覆盖率７０％以上", "70%"),
        ("3——5人", "3-5人"),
    ],
)
def test_spaces_brackets_quotes_and_dashes_do_not_hide_a_wording(text: str, query: str) -> None:
    found = pattern(tuple(units(plain(query)))).search(plain(text))
    assert found
    assert _stands_in(units(plain(query)), units(plain(text)))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("加强建设。教育为本", "设教"),
        ("学校\t教师", "校教"),
        ("共2025人", "202"),
        ("第25条", "5"),
        ("AI教育", "I"),
        ("教，育", "教育"),
    ],
)
def test_what_a_break_a_number_or_a_word_separates_is_not_found(text: str, query: str) -> None:
    assert not pattern(tuple(units(plain(query)))).search(plain(text))
    assert not _stands_in(units(plain(query)), units(plain(text)))


@given(TEXTS)
def test_plain_text_has_the_length_of_the_original(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(TEXTS, st.data())
def test_every_run_of_units_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    sequence = units(plain(text))
    if not sequence:
        return
    start = data.draw(st.integers(0, len(sequence) - 1))
    end = data.draw(st.integers(start + 1, len(sequence)))
    part = sequence[start:end]
    if BREAK in (part[0], part[-1]):
        return
    matches = list(pattern(tuple(part)).finditer(plain(text)))
    assert matches
    for match in matches:
        assert units(match.group()) == part


@given(TEXTS, st.lists(PIECES, max_size=4).map("".join))
def test_the_index_and_the_text_never_disagree(text: str, query: str) -> None:
    part = units(plain(query))
    if not part:
        return
    in_index = _stands_in(part, units(plain(text)))
    in_text = bool(pattern(tuple(part)).search(plain(text)))
    assert in_index == in_text


@given(TEXTS)
def test_grams_hold_every_unit_and_survive_a_whitespace_tokenizer(text: str) -> None:
    sequence = units(plain(text))
    made = grams(sequence)
    assert len(made) == len(sequence)
    assert [gram.split("_")[0] for gram in made] == sequence
    assert not any(re.search(r"\s", gram) for gram in made)


def test_a_long_row_of_signs_costs_linear_time() -> None:
    text = plain("。 " * 200_000 + "(" * 200_000)
    assert units(text) == []
    assert pattern(("教", BREAK, "育")).search(text + "教" + text) is None


def _stands_in(part: list[str], whole: list[str]) -> bool:
    """What the index does: the phrase of the grams; a single unit by the beginning of its gram."""
    if len(part) == 1:
        return part[0] in whole
    sought, there = grams(part)[:-1], grams(whole)
    return any(there[i : i + len(sought)] == sought for i in range(len(there) - len(sought) + 1))


@settings(deadline=None)  # the first loads the dictionary
@given(TEXTS, st.sampled_from([1, 40]))
def test_the_index_holds_every_unit_in_its_place_and_every_pair_as_a_word_or_by_its_class(
    text: str, times: int
) -> None:
    folded = plain("\n".join([text] * times))
    sequence, held = units(folded), terms(folded)
    assert held.units == " ".join(sequence)
    words, classes = set(held.words.split()), set(held.pairs.split())
    assert all(is_han_word(word) for word in words)
    pairs = [(first, second) for first, second in pairwise(sequence) if BREAK not in (first, second)]
    assert all(first + second in words or pair_class(first, second) in classes for first, second in pairs)
    assert classes <= {pair_class(first, second) for first, second in pairs}


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from([1, 40]))
def test_the_units_of_the_index_are_those_of_a_query_whatever_the_text(text: str, times: int) -> None:
    folded = plain("\n".join([text] * times))
    assert terms(folded).units == " ".join(units(folded))
