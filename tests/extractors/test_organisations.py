"""Lists of organisations are split where the list divides, and a shared head is repeated."""

from __future__ import annotations

import pytest

from extractors.organisations import is_organisation, share_head, split_list


def entries(text: str, **options: str) -> list[str]:
    return [text[a:b] for a, b in split_list(text, **options)]


def test_a_mark_inside_brackets_divides_nothing() -> None:
    assert entries("各县(市、区)教育局、各直属学校") == ["各县(市、区)教育局", "各直属学校"]


def test_an_unclosed_bracket_still_gives_the_list() -> None:
    assert entries("县教育局(含、县财政局") == ["县教育局(含、县财政局"]


def test_a_shared_head_is_repeated_for_bare_departments() -> None:
    names = ["各县(市、区)教育局", "财政局"]
    assert share_head(names, names) == ["各县(市、区)教育局", "各县(市、区)财政局"]


@pytest.mark.parametrize("name", ["县教育局", "县财政局", "县人民政府办公室"])
def test_an_organisation_is_known(name: str) -> None:
    assert is_organisation(name)


@pytest.mark.parametrize("text", ["关于印发方案的通知", "加强领导,落实责任", "局", "提高质量"])
def test_other_words_are_no_organisation(text: str) -> None:
    assert not is_organisation(text)


def test_an_office_for_posts_shares_the_head_as_bureaus_do() -> None:
    names = ["各县（区）教体局", "党委编办", "财政局"]
    assert share_head(names, names) == ["各县（区）教体局", "各县（区）党委编办", "各县（区）财政局"]


def test_party_committee_and_government_share_the_head() -> None:
    names = ["各乡（镇）党委", "政府"]
    assert share_head(names, names) == ["各乡（镇）党委", "各乡（镇）政府"]
