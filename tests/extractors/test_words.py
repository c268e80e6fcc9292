"""Words are those of jieba and of the field, whichever engine finds them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import words
from extractors.words import dictionary_hash, domain_words, is_word, keywords, python_segmenter, rust_segmenter, segment

PARAGRAPH = (
    "县教体局于2026年6月底前与各校共体签约,覆盖60.5%的教学点,由核心校排课,每月安排3次线上教研、1次线下教研,"
    "推行县管校聘,年终捆绑考核。\n附件:1.名单 C++ 3.5个 A-1"
)


def test_words_cover_the_text_with_their_offsets() -> None:
    found = segment(PARAGRAPH)
    assert "".join(word for word, _, _ in found) == PARAGRAPH
    assert all(PARAGRAPH[start:end] == word for word, start, end in found)


def test_words_of_the_field_are_not_split() -> None:
    found = {word for word, _, _ in segment(PARAGRAPH)}
    assert {"校共体", "核心校", "线上教研", "县管校聘", "捆绑考核", "教体局"} <= found


def test_the_words_inside_a_long_word_can_be_had_for_an_index() -> None:
    found = segment("推进集团化办学", subwords=True)
    assert {"集团化办学", "办学", "集团化"} <= {word for word, _, _ in found}
    assert all("推进集团化办学"[start:end] == word for word, start, end in found)


@pytest.mark.parametrize("subwords", [False, True])
def test_rust_and_python_jieba_give_the_same_words(subwords: bool) -> None:
    text = PARAGRAPH + "\n".join(domain_words())
    assert rust_segmenter()(text, subwords) == python_segmenter()(text, subwords)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=PARAGRAPH + "教育共同体督导评估 ,.%_-+#&·〇①\t\r𠀀é", max_size=60), st.booleans())
def test_rust_and_python_jieba_agree_on_any_text(text: str, subwords: bool) -> None:
    assert rust_segmenter()(text, subwords) == python_segmenter()(text, subwords)


def test_without_rjieba_the_same_words_are_found() -> None:
    program = (
        "import sys; sys.modules['rjieba'] = None\n"
        "from extractors.words import segment, is_word, dictionary_hash\n"
        "assert 'jieba' not in sys.modules\n"
        "print([w for w, _, _ in segment('推进校共体建设')], is_word('校共体'), is_word('推进校'), dictionary_hash())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, encoding="utf-8")
    assert run.stdout.strip() == f"['推进', '校共体', '建设'] True False {dictionary_hash()}"


def test_a_word_is_told_from_a_piece() -> None:
    assert is_word("学校")
    assert is_word("教共体")
    assert not is_word("体建")
    assert not is_word("校共")
    assert not is_word("")


def test_changing_the_words_changes_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dictionary_hash()
    assert before == dictionary_hash()
    monkeypatch.setattr(words, "domain_words", lambda: ("校共体",))
    assert dictionary_hash() != before


def test_hostile_text_is_segmented_too() -> None:
    text = "学校\ud800校共体\x00"
    assert "".join(word for word, _, _ in segment(text)) == text
    assert segment("") == []


def test_keywords_name_what_a_text_is_about() -> None:
    found = keywords(PARAGRAPH, 5)
    assert len(found) == 5
    assert "校共体" in [word for word, _ in found]
    assert [weight for _, weight in found] == sorted((weight for _, weight in found), reverse=True)


def test_domain_words_are_simplified_and_listed_once() -> None:
    from extractors.fold import fold
    from extractors.lexicon import read_text

    lines = [line for line in read_text("domain_words.txt").splitlines() if line and not line.startswith("#")]
    assert sorted(lines) == sorted(set(lines))
    assert len(lines) >= 200
    assert all(fold(line) == line and line.strip() == line for line in lines)


def test_threads_that_ask_for_the_first_words_at_once_all_get_them() -> None:
    import sys
    import threading

    from extractors import words

    pytest.importorskip("rjieba")
    text = "城乡学校共同体建设实施方案" * 20
    found: list[int] = []

    def ask() -> None:
        segmenter = words.rust_segmenter()
        found.extend(len(segmenter(text, True)) for _ in range(50))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for _ in range(3):
            # As in a process that has just begun: the words of the field are added again.
            words._loaded_rust_tokenizer.cache_clear()
            words.rust_segmenter.cache_clear()
            threads = [threading.Thread(target=ask) for _ in range(8)]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(found) == 3 * 8 * 50
    assert len(set(found)) == 1
