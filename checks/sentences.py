"""What checks say of a finding, told again in parts: their own words apart from those of plans and packs, in Chinese or English.

Findings are kept in Chinese. Their sentences are made from fixed forms (``lexicons/sentences.yaml``), so that a sentence can be told
in another language, or script, with what the plan says left as it is written. A sentence that has none of these forms is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Tongue = Literal["zh", "en"]
_HAN = re.compile(r"[\u3400-\u9fff]")
_BLANK = re.compile(r"\{(\w)\}")
_QUOTED = re.compile("“[^“”]*”")
_LONGEST = 20_000
"""Characters of a text that is told again; a longer one stays as it is."""
_NAME = re.compile(r"[^：。“”；，]{1,60}：")
"""The name that a pack gives to a part of a requirement, before what is said of that part."""
_AMOUNT = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(\D{1,4})")
_ALWAYS_WRITTEN = "q"
"""The blank of a form that holds the words of a plan, also where they are those of a phrase of ours."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a text. ``written``: by a plan, a pack or a notice, in its own language."""

    text: str
    written: bool = False


@dataclass(frozen=True, slots=True)
class _Form:
    """Chinese as fixed stretches and the names of the blanks between them; ``told``: both in turn, in each tongue."""

    fixed: tuple[str, ...]
    blanks: tuple[str, ...]
    told: dict[Tongue, tuple[str, ...]]
    amounts: bool
    """Whether its blanks hold amounts that a pack asks for; sentences tell those of plans too, which stay as written."""

    @property
    def weight(self) -> int:
        return sum(map(len, self.fixed))


def sentences(text: str, tongue: Tongue) -> list[Part] | None:
    """Sentences of a check in parts; None where one of them has no known form."""
    if len(text) > _LONGEST:
        return None
    parts: list[Part] = []
    named = False
    while text:
        end, found = _first(text, tongue)
        name = None if found or named else _NAME.match(text)
        if name:
            end = name.end()
            found = [Part(text[: end - 1], True), Part(": " if tongue == "en" else "：")]
        elif not found:
            return None
        parts += found
        named = name is not None
        text = text[end:]
    return None if named else parts


def phrase(text: str, tongue: Tongue) -> list[Part]:
    """A few words of a check in parts; words of no known form are taken for the plan's or the pack's."""
    for form in _forms()["phrases"]:
        filled = _filled(form, text)
        if filled is not None and filled[0] == len(text):
            return list(_said(form, filled[1], tongue))
    return [Part(text, bool(_HAN.search(text)))] if text else []


def _first(text: str, tongue: Tongue) -> tuple[int, list[Part]]:
    """The sentence that the text begins with: its end and its parts; of several forms the one with the most fixed words."""
    for form in _forms()["sentences"]:
        filled = _filled(form, text)
        if filled is not None:
            return filled[0], list(_said(form, filled[1], tongue))
    return 0, []


def _filled(form: _Form, text: str) -> tuple[int, dict[str, str]] | None:
    """Where the form ends in a text that begins with it, and its blanks; each blank is as short as it can be."""
    if not text.startswith(form.fixed[0]):
        return None
    at = len(form.fixed[0])
    blanks: dict[str, str] = {}
    for name, following in zip(form.blanks, form.fixed[1:], strict=True):
        begin = at
        if following:
            # What is quoted may hold anything.
            quoted = text.find("”", begin) + 1 if text.startswith("“", begin) else 0
            stop = text.find(following, max(begin + 1, quoted))
        else:
            stop = len(text)
        if stop <= begin:
            return None
        blanks[name] = text[begin:stop]
        if "。" in _QUOTED.sub("", blanks[name]):
            return None
        at = stop + len(following)
    return at, blanks


def _said(form: _Form, blanks: dict[str, str], tongue: Tongue) -> Iterator[Part]:
    for number, piece in enumerate(form.told[tongue]):
        if number % 2 == 0:
            if piece:
                yield Part(piece)
            continue
        value = blanks[piece]
        quoted = len(value) > 2 and value[0] == "“" and value[-1] == "”" and "”" not in value[1:-1]
        inner = value[1:-1] if quoted else value
        if piece == _ALWAYS_WRITTEN:
            told = [Part(inner, True)]
        elif form.amounts and tongue == "en" and (amount := _amount(inner)):
            told = [Part(amount)]
        else:
            told = phrase(inner, tongue)
        yield from (Part("“"), *told, Part("”")) if quoted else told


def _amount(text: str) -> str:
    """A number with a unit, as a pack asks for it, in English; empty where it is none."""
    found = _AMOUNT.fullmatch(text)
    forms = _lexicon()["units"].get(found[2]) if found else None
    return forms[found[1] != "1"].format(n=found[1]) if found and forms else ""


@cache
def _lexicon() -> dict[str, Any]:
    text = files("checks").joinpath("lexicons", "sentences.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@cache
def _forms() -> dict[str, list[_Form]]:
    return {
        kind: sorted((_form(one, kind == "phrases") for one in _lexicon()[kind]), key=lambda form: -form.weight)
        for kind in ("sentences", "phrases")
    }


def _form(pair: dict[str, str], amounts: bool) -> _Form:
    told: dict[Tongue, tuple[str, ...]] = {"zh": tuple(_BLANK.split(pair["zh"])), "en": tuple(_BLANK.split(pair["en"]))}
    return _Form(told["zh"][::2], told["zh"][1::2], told, amounts)
