"""The plain share of copied stretches can be counted by hand."""

from __future__ import annotations

from opencc import OpenCC

from extractors.verbatim import LENGTH, share

TEXT = "每学期开展联合教研不少于四次，核心校选派骨干教师到成员校任教。"


def test_a_copy_is_whole_in_either_script_whatever_the_spaces_and_signs() -> None:
    traditional = OpenCC("s2t").convert(TEXT).replace("，", "、 ")
    assert share(TEXT, TEXT) == 1.0
    assert share(TEXT, traditional) == share(traditional, TEXT) == 1.0


def test_half_a_text_is_about_half() -> None:
    other = "县教育局负责统筹协调，财政局保障经费，督导室每年组织一次评估。"
    assert abs(share(TEXT + other, TEXT) - 0.5) < 0.15
    assert share(TEXT, other) == 0.0


def test_a_text_shorter_than_a_stretch_copies_nothing() -> None:
    assert share("联合教研", TEXT) == 0.0
    assert share("", TEXT) == 0.0
    assert share(TEXT[:LENGTH], TEXT) == 1.0
