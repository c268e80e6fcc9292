"""Numbers in front of long blanks, as binary data and broken copies hold them, cost no more than their length."""

from __future__ import annotations

from collections.abc import Callable

from extractors.outline import _NUMBER


def test_a_number_before_a_long_blank_costs_its_length(
    linear: Callable[[Callable[[int], object], int], None],
) -> None:
    linear(lambda size: [m.group() for m in _NUMBER.finditer("3" + "\n" * size + "4")], 2_000)


def test_a_number_apart_from_its_words_is_still_a_number() -> None:
    assert [m.lastgroup for m in _NUMBER.finditer("1   加强管理")] == ["digit"]
    assert not list(_NUMBER.finditer("1   2"))
