"""A plain search loads no segmenter, and loses nothing by it."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.loosening import _most_words, content
from corpus.query import Wording, parse, wordings


@settings(deadline=None)  # the first example loads the dictionary
@given(st.text(alphabet="推进城乡学校教师交流轮岗共同体的和A1b 2025。、", min_size=1, max_size=24))
@example("教师交流 轮岗2025")
@example("ICT2025和AI")
def test_there_are_never_more_words_than_the_bound_says(text: str) -> None:
    for wording in wordings(parse(f"教 {text}")):
        if isinstance(wording, Wording):
            assert len(content(wording).words) <= _most_words(wording)
