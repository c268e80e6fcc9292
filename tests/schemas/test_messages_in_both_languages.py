"""What goes wrong is said in Chinese and in English: the code is read for every error that a person may be shown."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.lock import WriterLock
from duzheng.web.language import half
from schemas.bilingual import Both
from schemas.errors import CorpusBusy

_ROOT = Path(__file__).resolve().parents[2]
_ROOMS = ("accounts", "checks", "corpus", "duzheng", "extractors", "flows", "schemas", "sources")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[A-Za-z][a-z']+,? [a-z]{2,}")
"""Two English words that stand together: less is a name, a field or a code."""
_CLASS = re.compile(r"^class (\w+)\((.*)\):", re.MULTILINE)
_MAKER = re.compile(r"^ *def (\w+)\([^\n]*\) -> (\w+):", re.MULTILINE)
_CURE = re.compile(r"; |\([^()]*\w \w[^()]*\)$")
_CLAUSE = re.compile("[，；：（]")

_NOT_SHOWN = {"DamagedIndex": "whoever finds the index so builds it anew; why is told to nobody"}


@cache
def _sources() -> dict[str, str]:
    found = (path for room in _ROOMS for path in sorted((_ROOT / room).rglob("*.py")))
    return {str(path.relative_to(_ROOT)): path.read_text(encoding="utf-8") for path in found}


@cache
def _errors() -> frozenset[str]:
    """The classes of errors that duzheng raises on purpose, those of wrong usage, and the functions that make one."""
    classes = [
        (name, {base.strip() for base in bases.split(",")})
        for text in _sources().values()
        for name, bases in _CLASS.findall(text)
    ]
    found = {"DuzhengError", "BadParameter"}
    while more := {name for name, bases in classes if found & bases} - found:
        found |= more
    makers = {name for text in _sources().values() for name, made in _MAKER.findall(text) if made in found}
    return frozenset((found | makers) - _NOT_SHOWN.keys())


def _call(text: str) -> ast.Call:
    """The call that a text begins with."""
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if depth == 0 and token.string == ")":
                lines = text.splitlines(keepends=True)[: token.end[0]]
                call = ast.parse("".join([*lines[:-1], lines[-1][: token.end[1]]]), mode="eval").body
                assert isinstance(call, ast.Call)
                return call
    raise AssertionError(f"no call: {text[:80]}")


def _text(node: ast.expr) -> str:
    """The literal text of an expression; what is filled in is a sign that is no word."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(one) if isinstance(one, ast.Constant) else "…" for one in node.values)
    return "…"


@cache
def _said() -> tuple[tuple[str, list[str]], ...]:
    """Where an error is made, and the texts that it is made with."""
    made = re.compile(rf"(?<!def )(?<![\w`\"'])(?:{'|'.join(sorted(_errors()))})\((?=[^)])")
    found: list[tuple[str, list[str]]] = []
    for path, text in _sources().items():
        for at in made.finditer(text):
            place = f"{path}:{text.count(chr(10), 0, at.start()) + 1}"
            texts = [_text(one) for one in _call(text[at.start() :]).args]
            # What is wrong with a file and what to do about it are two texts, each in both languages.
            found += [(place, [one]) for one in texts] if at[0] == "NotRead(" else [(place, texts)]
    return tuple(found)


def _halves(texts: list[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        zh, between, en = text.partition(" / ")
        if between and " / " not in en:
            yield zh, en


def test_every_error_that_a_person_is_shown_is_said_in_chinese_too() -> None:
    only_english = [
        f"{place}: {texts}"
        for place, texts in _said()
        if _WORDS.search(" … ".join(texts)) and not _HAN.search("".join(texts))
    ]
    assert only_english == []


def test_a_way_out_that_is_said_in_english_is_said_in_chinese_too() -> None:
    only_english = [
        f"{place}: {zh} / {en}"
        for place, texts in _said()
        for zh, en in _halves(texts)
        if _HAN.search(zh) and _CURE.search(en) and not _CLAUSE.search(zh)
    ]
    assert only_english == []


def test_the_code_is_really_read() -> None:
    assert len(_said()) > 300
    assert {"CorpusError", "InvalidPack", "SourceBusy", "fault", "unwritable", "NotRead"} <= _errors()
    assert sum(bool(list(_halves(texts))) for _, texts in _said()) > 150


@given(st.text(), st.text())
def test_halves_are_put_together_and_taken_apart_again(zh: str, en: str) -> None:
    both = Both(zh, en)
    assert Both.of(both) == both or str(both).count(" / ") > 1


def test_what_is_said_in_one_language_is_the_same_in_both() -> None:
    assert Both.of(OSError("No space left")) == Both("No space left", "No space left")
    assert Both.of("一 / one / uno") == Both("一 / one / uno", "一 / one / uno")


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        ("/a/b: 无此文件 / is not there", "/a/b: 无此文件", "/a/b: is not there"),
        (
            "p.xlsx: 要素!C9: 没有判定 / no verdict (请选 / choose)",
            "p.xlsx: 要素!C9: 没有判定（请选）",
            "p.xlsx: 要素!C9: no verdict (choose)",
        ),
    ],
)
def test_the_place_stands_before_either_half(said: str, zh: str, en: str) -> None:
    assert (half("Hans", said), half("en", said)) == (zh, en)


def test_who_has_the_right_to_write_is_said_to_each_reader_in_his_language(tmp_path: Path) -> None:
    with ExitStack() as held:
        first = WriterLock(tmp_path)
        first.acquire()
        held.callback(first.release)
        with pytest.raises(CorpusBusy) as refused:
            WriterLock(tmp_path).acquire()
    zh, en = half("Hans", str(refused.value)), half("en", str(refused.value))
    assert zh.startswith(f"{tmp_path}: 语料库正在写入（")
    assert zh.endswith("请等它结束")
    assert en.startswith(f"{tmp_path}: the corpus is being written by process ")
    assert not _HAN.search(en)
