"""Folding: one form of every character to match against, at the same offsets as the original.

``fold(text)`` has exactly as many characters as ``text``, so that a span found in the folded text is a span of the
original. Every pattern of the project is written against folded text, whose canonical forms are:

===============================================  ==========================  =======================================
written                                          folded                      note
===============================================  ==========================  =======================================
traditional characters                           simplified characters       OpenCC ``t2s``, phrases first
著 in traditional text (本著), 著名 stays          着                           ``tw2s``, where judged traditional
衞 敍 粧 糉 枱 痺 簷 (Hong Kong)                     卫 叙 妆 粽 台 痹 檐
ＡＢＣ ａｂｃ １２３ ． ／ ＋ ＝ ＆ ＠ ＃            ABC abc 123 . / + = & @ #   all full-width forms except ＜ ＞
（ ） ， ： ； ！ ？ ％ and small forms ﹐﹕﹙ …       ( ) , : ; ! ? %             ∶ (ratio) is : too
“ ” ‘ ’ „ 「 」 『 』 ＂ 〝 〞                        "                           ASCII ' and ` stay
— – － ― ─ − ‐ ‑ ━ ～ ~ 〜                         -                           —— is two characters, hence --
〔 〕 ［ ］ 【 】 〖 〗 ﹝ ﹞                          [ ]                         so 〔2020〕 is [2020]
U+3000, U+00A0, U+2002, 2003, 2009, 202F         one space                   tab, line breaks, U+200B stay as they are
○ ◯                                              〇                           二○二○ is 二〇二〇; Ｏ is the letter O
• ‧ ・                                            ·
U+F900.. compatibility ideographs                the unified ideograph
U+2F00.. Kangxi radicals, U+2E80.. radicals      the unified ideograph       PDF files hold ⻓ ⽇ for 长 日
《 》 〈 〉 ＜ ＞ 、 。 … · ① Ⅰ ㈠ ℃ and all else     unchanged                   no NFKC, which turns ① into 1
===============================================  ==========================  =======================================

The table is ``lexicons/fold.txt`` in OpenCC's own dictionary format: OpenCC applies it as a normalization before its
conversion, in the same pass (about as fast as bare ``t2s``; ``str.translate`` afterwards takes 2-4 times as long).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractors import script
from extractors.lexicon import read_text
from schemas.errors import DuzhengError

if TYPE_CHECKING:
    from opencc import OpenCC

_NOT_FOR_OPENCC = re.compile("[\x00\ud800-\udfff]")
"""OpenCC takes UTF-8, which has no lone surrogates, and some of its steps end a text at a NUL."""

# Not in 显著, 原著, 著名 …: they are right as they are, and ``tw2s`` itself gets some of them wrong (专着).
_MAY_BE_PARTICLE = re.compile("著(?<![显名原论编卓昭专译]著)(?![名作述录称])")
_SHORT = 64
_SPACES = "\u3000\u00a0\u2002\u2003\u2009\u202f"


class FoldError(DuzhengError):
    """A folded text has another length than its original: a fault of this program, never of the text."""


def fold(text: str) -> str:
    """The canonical form of ``text`` for matching, character for character (see the table above).

    Any string is taken, lone surrogates and NULs included (they stay). The cost is linear in the length.

    Raises:
        FoldError: the result has another length. Stretches for which OpenCC changes the length are converted character
            by character, so this does not happen with any text.
    """
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


@lru_cache(maxsize=8192)
def _fold_short(text: str) -> str:
    """Names, titles and cells are folded again and again, and OpenCC takes 15 µs for the shortest."""
    return _fold(text)


def _fold(text: str) -> str:
    folded = _convert_any("t2s", text)
    for space in _SPACES:  # OpenCC's dictionary format cannot say that something becomes a space
        folded = folded.replace(space, " ")
    if _MAY_BE_PARTICLE.search(folded):
        folded = _fold_zhe(text, folded)
    if len(folded) != len(text):
        sizes = len(text), len(folded)
        raise FoldError(
            "折叠字形时文本长度由 {} 变为 {}，请报告此问题 / "
            "folding changed the length of a text from {} to {}; please report this".format(*sizes, *sizes)
        )
    return folded


def _fold_zhe(text: str, folded: str) -> str:
    """``folded`` with the 著 of traditional stretches as Taiwan means them: 本着, but 著名.

    It is the one character where ``tw2s`` and ``t2s`` differ for us, so only its surroundings are judged and converted
    again. A stretch that proves neither script follows the whole text.
    """
    whole: script.Script | None = None
    pieces: list[str] = []
    done = 0
    for start, end, positions in _surroundings(folded):
        stretch = text[start:end]
        traditional, simplified = script.evidence(stretch)
        if traditional == simplified:
            whole = whole or script.detect(text)
        if traditional > simplified or (traditional == simplified and whole == "Hant"):
            taiwan = _convert_any("tw2s", stretch)
            for position in positions:
                if taiwan[position - start] == "着":
                    pieces += [folded[done:position], "着"]
                    done = position + 1
    return "".join([*pieces, folded[done:]])


def _surroundings(folded: str) -> Iterator[tuple[int, int, list[int]]]:
    """The stretches within 40 characters of a 著 that may be the particle, with its places in them."""
    stretch: tuple[int, int, list[int]] | None = None
    for match in _MAY_BE_PARTICLE.finditer(folded):
        position = match.start()
        if stretch and position - 40 <= stretch[1]:
            stretch[2].append(position)
            stretch = (stretch[0], min(len(folded), position + 40), stretch[2])
        else:
            if stretch:
                yield stretch
            stretch = (max(0, position - 40), min(len(folded), position + 40), [position])
    if stretch:
        yield stretch


def _convert_any(config: str, text: str) -> str:
    """``text`` converted with the same length, whatever it holds."""
    if "\x00" not in text:
        try:
            return _convert(config, text)
        except UnicodeEncodeError:
            pass
    clean = _NOT_FOR_OPENCC.sub("\ufffd", text)
    converted = list(_convert(config, clean))
    for match in _NOT_FOR_OPENCC.finditer(text):
        converted[match.start()] = match.group()
    return "".join(converted)


def _convert(config: str, text: str) -> str:
    """``text`` through OpenCC; line by line, then character by character, where the length would change."""
    converter = _converter(config)
    converted: str = converter.convert(text)
    if len(converted) == len(text):
        return converted
    if "\n" in text:
        return "\n".join(_convert(config, line) for line in text.split("\n"))
    single = [converter.convert(character) for character in text]
    return "".join(new if len(new) == 1 else old for old, new in zip(text, single, strict=True))


@cache
def _converter(config: str) -> OpenCC:
    """OpenCC's own configuration with our table added to its normalization step.

    OpenCC finds the files of a configuration beside it only, hence a temporary one with absolute paths; it reads the
    dictionaries when it is made, so the folder can go at once.
    """
    import opencc  # here: a program that never folds need not load it

    shipped = Path(opencc.__file__).parent / "clib" / "share" / "opencc"
    settings: dict[str, Any] = json.loads((shipped / f"{config}.json").read_text(encoding="utf-8"))
    for step in [settings.get("segmentation"), *settings.get("normalization", []), *settings["conversion_chain"]]:
        if step:
            _make_absolute(step["dict"], shipped)
    with tempfile.TemporaryDirectory(prefix="duzheng-fold-") as folder:
        table = Path(folder, "fold.txt")
        table.write_text(read_text("fold.txt"), encoding="utf-8", newline="\n")
        dictionaries = [step["dict"] for step in settings.get("normalization", [])]
        dictionaries.append({"type": "text", "file": str(table)})
        group = {"type": "group", "match_policy": "short_circuit", "dicts": dictionaries}
        settings["normalization"] = [{"dict": group}]
        path = Path(folder, f"{config}.json")
        path.write_text(json.dumps(settings), encoding="utf-8")
        return opencc.OpenCC(str(path))


def _make_absolute(dictionary: dict[str, Any], folder: Path) -> None:
    if "file" in dictionary:
        dictionary["file"] = str(folder / dictionary["file"])
    for part in dictionary.get("dicts", []):
        _make_absolute(part, folder)
