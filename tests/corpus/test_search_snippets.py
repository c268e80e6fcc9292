"""What is promised about snippets: short, from the original, exact marks, and every wording of the query shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.snippets import marks, snippets
from corpus.units import plain, units

LONG = "前言很长。" * 40


def _sought(*words: str) -> list[list[tuple[str, ...]]]:
    return [[tuple(units(plain(word)))] for word in words]


def test_a_snippet_is_the_sentence_around_the_match() -> None:
    text = LONG + "推進教共體建設。" + LONG
    (found,) = snippets(text, _sought("教共体"))
    assert found.quote == "推進教共體建設。"
    assert found.marks == [(2, 5)]
    assert text[found.span.start : found.span.end] == found.quote


def test_an_endless_sentence_is_cut_on_both_sides() -> None:
    (found,) = snippets("甲" * 5000 + "教共体" + "乙" * 5000, _sought("教共体"))
    assert len(found.quote) < 200
    assert found.quote[slice(*found.marks[0])] == "教共体"


def test_every_wording_is_shown_before_one_is_shown_twice() -> None:
    text = "考核。" * 50 + LONG + "专项资金。" + LONG + "乡村学校。"
    quotes = [snippet.quote for snippet in snippets(text, _sought("考核", "专项资金", "乡村学校"))]
    assert quotes == ["考核。", "专项资金。", "乡村学校。"]


def test_a_sentence_with_all_wordings_comes_before_sentences_with_one() -> None:
    text = "考核。" + LONG + "资金。" + LONG + "资金和考核。"
    assert [s.quote for s in snippets(text, _sought("考核", "资金"), limit=1)] == ["资金和考核。"]


def test_matches_that_overlap_are_one_mark() -> None:
    (found,) = snippets("城乡教共体建设", _sought("教共体", "共体建设"))
    assert found.marks == [(2, 7)]


def test_a_text_without_a_match_shows_its_beginning_unmarked() -> None:
    (found,) = snippets("标题行\n正文", _sought("没有"))
    assert (found.quote, found.marks) == ("标题行", [])
    assert snippets("  \n", _sought("没有")) == []


TEXTS = st.lists(st.sampled_from([*"教共体 \n。“”體甲2", "甲" * 43, "共体教共体", "2" + "甲" * 44]), max_size=60).map(
    "".join
)


@given(TEXTS, st.integers(0, 4))
def test_snippets_never_overlap_and_quote_the_text(text: str, limit: int) -> None:
    found = snippets(text, _sought("教共体", "共体", "体教", "2甲"), limit)
    everywhere = marks(text, _sought("教共体", "共体", "体教", "2甲"))
    end = 0
    if limit:
        assert any(snippet.marks for snippet in found) == bool(everywhere)
    for snippet in found:
        assert snippet.span.start >= end
        end = snippet.span.end
        assert text[snippet.span.start : end] == snippet.quote
        for a, b in snippet.marks:
            assert (snippet.span.start + a, snippet.span.start + b) in everywhere
