"""The words of the web face: every word a page names is there in both languages, and none is there for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

import duzheng.web
from duzheng.web.language import LANGUAGES, words

ROOT = Path(duzheng.web.__file__).parent
PROJECT = ROOT.parents[1]
_CODE = ("schemas", "checks", "corpus", "flows", "sources", "extractors", "duzheng")
_PLAIN = re.compile(r"""\b(?:w|word)\(\s*(['"])([\w.]+)\1\s*(?=[,)])""")
"""``w("room.key")`` and ``asked.word("room.key", …)``."""
_BUILT = re.compile(r"""\b(?:w|word)\(\s*(?:f(['"])([\w.]*)\{|(['"])([\w.]*)\3\s*[~+])""")
"""``w("people." ~ role)`` and ``asked.word(f"reading.{name}")``: their beginnings."""
_LITERAL = re.compile(r"""(['"])([\w.]{1,60})\1""")


@cache
def keys() -> dict[str, dict[str, str]]:
    found = {}
    for path in sorted((ROOT / "texts").glob("*.yaml")):
        for key, forms in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found[key if path.stem == "common" else f"{path.stem}.{key}"] = forms
    return found


@cache
def sources() -> dict[Path, str]:
    paths = [*ROOT.rglob("*.html"), *ROOT.rglob("*.py")]
    return {path: path.read_text(encoding="utf-8") for path in paths}


@cache
def literals() -> frozenset[str]:
    """Every quoted word of the project's code: what a key that is put together is put together from."""
    code = [*(path for folder in _CODE for path in (PROJECT / folder).rglob("*.py")), *ROOT.rglob("*.html")]
    found = {match[2] for path in code for match in _LITERAL.finditer(path.read_text(encoding="utf-8"))}
    return frozenset(found)


def _named() -> Iterator[tuple[Path, str]]:
    for path, text in sources().items():
        yield from ((path, match[2]) for match in _PLAIN.finditer(text))


def _composed(rest: str) -> bool:
    if rest in literals():
        return True
    cuts = [place for place, letter in enumerate(rest) if letter in "_."]
    return any(rest[:cut] in literals() and rest[cut + 1 :] in literals() for cut in cuts)


def test_every_word_that_a_page_names_is_there() -> None:
    named = list(_named())
    assert len(named) > 200
    assert not [f"{path.relative_to(ROOT)}: {name}" for path, name in named if name not in keys()]


def test_every_word_has_both_languages_with_the_same_blanks() -> None:
    for name, forms in keys().items():
        assert set(forms) == {"zh", "en"}, name
        assert all(isinstance(text, str) and text.strip() for text in forms.values()), f"{name}: {forms}"
        blanks = [sorted(set(re.findall(r"\{(\w+)\}", text))) for text in forms.values()]
        assert blanks[0] == blanks[1], name


def test_no_word_is_there_for_nothing() -> None:
    used = {name for _, name in _named()} | literals()
    built = {match[2] or match[4] for text in sources().values() for match in _BUILT.finditer(text)}
    built.discard("")
    idle = []
    for name in keys():
        whole = name in used
        part = any(name.startswith(start) and _composed(name.removeprefix(start)) for start in built if start)
        if not whole and not part:
            idle.append(name)
    assert not idle


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_can_be_said(language: str) -> None:
    word = words(language)  # type: ignore[arg-type]
    for name, forms in keys().items():
        blanks = dict.fromkeys(re.findall(r"\{(\w+)\}", forms["zh"]), 3)
        assert word(name, **blanks), name


def test_chinese_words_stand_in_no_template() -> None:
    for path, text in sources().items():
        if path.suffix == ".html":
            bare = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
            assert not re.findall(r"[\u4e00-\u9fff]+", bare), path.relative_to(ROOT)
