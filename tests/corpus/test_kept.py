"""What was made last is kept, within a bound."""

from __future__ import annotations

from corpus.kept import Kept


def test_what_is_asked_for_again_is_not_made_again_until_others_take_its_place() -> None:
    made: list[str] = []
    kept: Kept[str, str] = Kept(2)

    def asked(key: str) -> str:
        return kept.get(key, lambda: made.append(key) or key.upper())  # type: ignore[func-returns-value]

    assert [asked(key) for key in ("a", "b", "a", "c", "a", "b")] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"], "what was asked for longest ago goes first"


def test_sizes_are_bounded_together_and_what_is_too_large_is_made_each_time() -> None:
    made: list[str] = []
    kept: Kept[str, int] = Kept(10, len, 5)
    for key in ("aaaa", "bbbb", "cccccc", "aaaa", "cccccc", "dddd", "aaaa", "bbbb"):
        kept.get(key, lambda key=key: made.append(key) or len(key))  # type: ignore[misc, func-returns-value]
    assert made == ["aaaa", "bbbb", "cccccc", "cccccc", "dddd", "bbbb"]
