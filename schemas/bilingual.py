"""What a message says, in Chinese and in English, until it is put into one line with what stands around it.

A line that a person reads has exactly one `` / `` (and one more in brackets behind it, for the way out): the web face shows the
half that its reader reads. A part that would bring its own `` / `` into a line is therefore handed on as two halves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_BETWEEN = " / "


@dataclass(frozen=True, slots=True)
class Both:
    """The same in two languages. ``str`` gives the line ``中文 / English``."""

    zh: str
    en: str

    @classmethod
    def of(cls, said: object) -> Both:
        """The halves of a message: an error, a text. What says it in one language only is the same in both."""
        text = str(said)
        zh, between, en = text.partition(_BETWEEN)
        return cls(zh, en) if between and _BETWEEN not in en else cls(text, text)

    def __str__(self) -> str:
        return f"{self.zh}{_BETWEEN}{self.en}"


def together(said: Sequence[tuple[str, Both]]) -> Both:
    """Several messages as one, each behind the name of what it speaks of."""
    chinese = "；".join(f"{name}：{one.zh}" for name, one in said)
    return Both(chinese, "; ".join(f"{name}: {one.en}" for name, one in said))
