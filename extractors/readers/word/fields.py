"""Fields of Word whose text stands nowhere in the file, because Word works it out each time it shows it.

ECMA-376 part 1, 17.16: EQ draws enclosed characters (①, ☑), phonetic guides and fractions; SYMBOL one sign; AUTONUM and
LISTNUM numbers; form fields a box or the chosen entry. Every other field keeps its result in the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from extractors.readers.word.numerals import render
from extractors.readers.word.symbols import symbol
from extractors.readers.word.wordprocessing import W, is_on, number

_MAX_CODE = 2_000

_FORMS = {
    "ARABIC": "decimal", "ROMAN": "upperRoman", "roman": "lowerRoman", "ALPHABETIC": "upperLetter",
    "alphabetic": "lowerLetter", "CHINESENUM1": "ideographDigital", "CHINESENUM2": "chineseLegalSimplified",
    "CHINESENUM3": "chineseCountingThousand", "GB1": "decimalEnclosedFullstop", "GB2": "decimalEnclosedParen",
    "GB3": "decimalEnclosedCircle", "GB4": "ideographEnclosedCircle", "CIRCLENUM": "decimalEnclosedCircle",
    "ZODIAC1": "ideographTraditional", "ZODIAC2": "ideographZodiac",
}  # fmt: skip
_LIST_LEVELS = (
    ("decimal", "{})"), ("lowerLetter", "{})"), ("lowerRoman", "{})"), ("decimal", "({})"), ("lowerLetter", "({})"),
    ("lowerRoman", "({})"), ("decimal", "{}."), ("lowerLetter", "{}."), ("lowerRoman", "{}."),
)  # fmt: skip
_BOXES = "□☐▢◻"
_RINGS = "○◯〇Oo"


@dataclass(slots=True)
class Counters:
    """The running numbers of AUTONUM and LISTNUM fields in one document."""

    automatic: int = 0
    lists: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Field:
    """A field that is open.

    ``began`` is where its code, later its result, began among the parts of the two states; ``form`` the ``w:ffData`` of
    a form field.
    """

    began: tuple[int, int]
    code: str = ""
    in_code: bool = True
    form: Any | None = None

    @property
    def kind(self) -> str:
        """The field's name in capitals, such as ``PAGE``."""
        words = self.code.split(None, 1)
        return words[0].upper() if words else ""


def shown(code: str, form: Any | None, counters: Counters) -> str:
    """What Word shows for a field without a result; an empty string for fields that show nothing.

    Args:
        code: the field code, such as ``EQ \\o\\ac(○,1)``.
        form: the ``w:ffData`` of a form field, or None.
        counters: the document's running numbers, which are counted on.
    """
    words = code.split()
    kind = words[0].upper() if words else ""
    if kind == "EQ":
        return equation(code[:_MAX_CODE])
    if kind == "SYMBOL" and len(words) > 1:
        return _sign(code, words[1])
    if kind in ("AUTONUM", "AUTONUMLGL", "AUTONUMOUT"):
        counters.automatic += 1
        form_name = _switch(code) or "ARABIC"
        return render(counters.automatic, _FORMS.get(form_name, "decimal")) + _separator(code)
    if kind == "LISTNUM":
        return _list_number(code, words, counters)
    return _form_value(form) if form is not None else ""


def equation(code: str) -> str:
    """The characters of an EQ field: enclosed ones as ① or ☑, the base of a phonetic guide, ``1/2`` for a fraction."""
    return _Equation(code).text()


class _Equation:
    """Reads the switches of an EQ field; nesting is followed a few levels deep and no further."""

    def __init__(self, code: str) -> None:
        self.code = re.sub(r'^\s*EQ\b|\\\*\s*(?:"[^"]*"|\w+)', "", code, flags=re.IGNORECASE)
        self.phonetic = re.search(r"\\\*\s*hps", code, re.IGNORECASE) is not None
        self.at = 0

    def text(self) -> str:
        return self._sequence(0, "").strip()

    def _sequence(self, depth: int, stops: str) -> str:
        out: list[str] = []
        while self.at < len(self.code):
            sign = self.code[self.at]
            if sign in stops:
                break
            if sign == "\\" and depth < 12:
                out.append(self._switch(depth))
            else:
                self.at += 1
                if sign not in "\\":
                    out.append(sign)
        return "".join(out)

    def _switch(self, depth: int) -> str:
        match = re.compile(r"(?:\\[a-zA-Z]+\s?-?\d*\s*)+").match(self.code, self.at)
        if match is None:
            self.at += 2
            return self.code[self.at - 1 : self.at]
        self.at = match.end()
        if self.at >= len(self.code) or self.code[self.at] not in "(（":
            return ""
        self.at += 1
        arguments: list[str] = []
        while self.at < len(self.code):
            arguments.append(self._sequence(depth + 1, ",，;；)）").strip())
            end = self.code[self.at : self.at + 1]
            self.at += 1
            if end in (")", "）", ""):
                break
        switches = match[0].lower()
        if switches.startswith("\\f"):
            return "/".join(arguments)
        if switches.startswith("\\o"):
            if "\\ac" in switches and len(arguments) == 2 and not self.phonetic:
                return enclosed(*arguments)
            return arguments[-1] if self.phonetic and arguments else "".join(arguments)
        return "".join(arguments)


def enclosed(ring: str, inner: str) -> str:
    """A character that Word drew into a ring or a box."""
    if ring and inner and ring not in (*_BOXES, *_RINGS) and inner in (*_BOXES, *_RINGS):
        ring, inner = inner, ring
    if ring and ring in _BOXES:
        return {"√": "☑", "✓": "☑", "✔": "☑", "v": "☑", "V": "☑", "×": "☒", "x": "☒", "X": "☒", "": "☐"}.get(
            inner, inner
        )
    if inner.isascii() and inner.isdigit() and len(inner) < 3:
        return render(int(inner), "decimalEnclosedCircle")
    if len(inner) == 1 and inner in "一二三四五六七八九十":
        return chr(ord("㊀") + "一二三四五六七八九十".index(inner))
    return inner


def _sign(code: str, word: str) -> str:
    match = re.fullmatch(r"0[xX]([0-9A-Fa-f]{1,6})|(\d{1,7})", word)
    if match is None:
        return word if len(word) == 1 else ""
    font = re.search(r'\\f\s+(?:"([^"]*)"|(\S+))', code)
    value = int(match[1], 16) if match[1] else int(match[2])
    return symbol(value, (font[1] or font[2] or "") if font else "")


def _switch(code: str) -> str | None:
    match = re.search(r"\\\*\s*(\w+)", code)
    return match[1] if match else None


def _separator(code: str) -> str:
    match = re.search(r'\\s\s+"?([^"\s])', code)
    if match:
        return match[1]
    return "" if re.search(r"\\e\b", code) else "."


def _list_number(code: str, words: list[str], counters: Counters) -> str:
    name = words[1].strip('"') if len(words) > 1 and not words[1].startswith("\\") else "NumberDefault"
    level_of, start_of = (re.search(rf"\\{switch}\s+(\d{{1,6}})", code) for switch in "ls")
    level = min(max(int(level_of[1]) if level_of else 1, 1), 9) - 1
    values = counters.lists.setdefault(name.lower(), [0] * 9)
    values[level] = int(start_of[1]) if start_of else values[level] + 1
    values[level + 1 :] = [0] * (8 - level)
    form, pattern = _LIST_LEVELS[level]
    return pattern.format(render(values[level], form))


def _form_value(form: Any) -> str:
    """The shown state of a form field: 17.16.7 (checkBox), 17.16.9 (ddList)."""
    box = form.find(f"{W}checkBox")
    if box is not None:
        checked = box.find(f"{W}checked")
        return "☑" if is_on(checked if checked is not None else box.find(f"{W}default")) else "☐"
    chosen = form.find(f"{W}ddList")
    if chosen is None:
        return ""
    index = number(chosen.find(f"{W}result"))
    index = number(chosen.find(f"{W}default")) if index is None else index
    entries = [entry.get(f"{W}val", "") for entry in chosen.iterfind(f"{W}listEntry")]
    return entries[index or 0] if 0 <= (index or 0) < len(entries) else ""
