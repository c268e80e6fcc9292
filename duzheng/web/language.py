"""The words of the pages in three forms: simplified Chinese, traditional Chinese by OpenCC, English.

One YAML file a room of pages in ``texts/``; a word is asked for as ``room.key``, or ``key`` for those of ``common.yaml``.
Only the program's own words pass through here: the text of documents is shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

import yaml

from schemas.bilingual import Both

if TYPE_CHECKING:
    from opencc import OpenCC

Language = Literal["Hans", "Hant", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
HTML_NAMES: dict[Language, str] = {"Hans": "zh-Hans-CN", "Hant": "zh-Hant", "en": "en"}

Words = Callable[..., str]
"""``words("search.hits", count=3)``: the text with its blanks filled in."""


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for part in files("duzheng.web").joinpath("texts").iterdir():
        if part.name.endswith(".yaml"):
            room = part.name.removesuffix(".yaml")
            for key, forms in (yaml.safe_load(part.read_text(encoding="utf-8")) or {}).items():
                found[key if room == "common" else f"{room}.{key}"] = forms
    return found


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("s2tw")


@cache
def _traditional(text: str) -> str:
    return str(_converter().convert(text))


def program(language: Language, text: str) -> str:
    """Chinese words that the program has made, in the script of the language; there is no English for them."""
    return _traditional(text) if language == "Hant" else text


_TWICE = re.compile(
    r"(?P<of>(?:[^:]{1,200}: (?:line \d{1,9}(?:, column \d{1,9})?|[^:!]{1,40}![A-Z]{1,3}\d{1,7}): )?(?:[^\u3400-\u9fff]{0,200}: )?)"
    r"(?P<zh>.*[\u3400-\u9fff].*) / (?P<en>.*)",
    re.DOTALL,
)
"""First the place that it speaks of, in no language: a file's name and line or cell, a field."""
_CHINESE = re.compile("[\u3400-\u9fff]")
_WITH_CURE = re.compile(r"(?P<said>.* / .*) \((?P<cure>.* / .*)\)", re.DOTALL)
_PLACE = re.compile(r"\bline (\d{1,9})(?:, column (\d{1,9}))?")


def half(language: Language, text: str) -> str:
    """Of a message of the program that says the same in Chinese and in English what the person reads; others as they are.

    The way out may stand behind it in brackets, in both languages too: ``中文 / English (办法 / way out)``.
    """
    count = text.count(" / ")
    if count == 2 and (parts := _WITH_CURE.fullmatch(text)):
        said, cure = half(language, parts["said"]), half(language, parts["cure"])
        return f"{said} ({cure})" if language == "en" else f"{said}（{cure}）"
    found = _TWICE.fullmatch(text) if count == 1 else None
    if found is None:
        return text
    if language == "en":
        return found["of"] + found["en"]
    return _PLACE.sub(lambda at: _place(language, *at.groups()), found["of"]) + program(language, found["zh"])


def _place(language: Language, line: str, column: str | None) -> str:
    word = words(language)
    return word("at_line", line=line) if column is None else word("at_column", line=line, column=column)


@cache
def words(language: Language) -> Words:
    """The words of one language.

    Raises (when called): KeyError for a word that no file has; a test asks for every word that a template names.
    """

    def word(name: str, **blanks: object) -> str:
        forms = _texts()[name]
        text = forms["en"] if language == "en" else forms["zh"]
        if language == "Hant":
            text = _traditional(text)
        return text.format(**blanks) if blanks else text

    return word


def chinese(text: str) -> bool:
    """Whether there are Chinese characters in it."""
    return _CHINESE.search(text) is not None


def both(said: Callable[[Words], str]) -> str:
    """What the program says in Chinese and in English in one line, for whoever reads either; ``half`` parts it again."""
    return str(Both(said(words("Hans")), said(words("en"))))


def chosen(given: str | None, accepted: str | None) -> Language:
    """The language that a person has chosen, else the first one of ``Accept-Language`` that there is, else simplified."""
    if given in LANGUAGES:
        return given
    for part in (accepted or "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
            return "Hant"
        if tag.startswith("zh"):
            return "Hans"
        if tag.startswith("en"):
            return "en"
    return "Hans"
