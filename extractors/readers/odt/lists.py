"""Automatic numbering of OpenDocument text: which number stands in front of a paragraph, as text.

ODF 1.3 part 3: 5.3 (lists), 16.30 and 16.31 (list and outline styles), 19.500 (number formats). The Chinese formats are
those that LibreOffice, WPS and Word write: a format is named by the start of its series (``一, 二, 三, ...``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from extractors.readers.odt.names import LOEXT, STYLE, TEXT, whole_number
from extractors.readers.word.numerals import render

LEVELS = 10

_FORMS = {
    "": "none", "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一": "chineseCountingThousand", "壹": "chineseLegalSimplified", "甲": "ideographTraditional",
    "子": "ideographZodiac", "①": "decimalEnclosedCircle", "⑴": "decimalEnclosedParen", "⒈": "decimalEnclosedFullstop",
    "㊀": "ideographEnclosedCircle", "１": "decimalFullWidth", "1st": "ordinal",
}  # fmt: skip


@dataclass(slots=True)
class ListLevel:
    """One level of a list style: the form of its numerals and what stands around them."""

    form: str = "none"
    prefix: str = ""
    suffix: str = ""
    shown: int = 1
    start: int = 1
    pattern: str | None = None
    bullet: bool = False
    letters_in_step: bool = False


@dataclass(slots=True)
class Run:
    """The counters of one list; parts of a list that continue each other share them."""

    counters: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


class ListStyles:
    """The list styles of a part.

    Args:
        roots: the elements whose styles count; later ones win.

    Attributes:
        outline: the name of the style that numbers headings outside of lists, None without one.
    """

    def __init__(self, *roots: Any) -> None:
        self.outline: str | None = None
        # Read when asked for: LibreOffice writes dozens of list styles into every file, and most are not used.
        self._elements: dict[str, Any] = {}
        self._known: dict[str, dict[int, ListLevel]] = {}
        for root in roots:
            for style in root.iterchildren(f"{TEXT}list-style", f"{TEXT}outline-style"):
                name = style.get(f"{STYLE}name", "")
                if style.tag == f"{TEXT}outline-style":
                    self.outline = name = name or "Outline"
                self._elements[name] = style

    def levels(self, name: str | None) -> dict[int, ListLevel]:
        """The levels of a list style, from 0; empty for one that is not known."""
        name = name or ""
        if name not in self._known:
            style = self._elements.get(name)
            self._known[name] = _levels(style) if style is not None else {}
        return self._known[name]


class Numbering:
    """The running numbers of one story: ask for every numbered paragraph, in document order, once.

    Args:
        styles: the list styles.
    """

    def __init__(self, styles: ListStyles) -> None:
        self.styles = styles
        self._by_id: dict[str, Run] = {}
        self._by_style: dict[str, Run] = {}
        self._headings = Run()

    def run(self, element: Any, style: str) -> Run:
        """The counters for a ``text:list`` that is in no other list, or a ``text:numbered-paragraph``."""
        before = element.get(f"{TEXT}continue-list") or element.get(f"{TEXT}list-id")
        run = self._by_id.get(before or "")
        if run is None and element.get(f"{TEXT}continue-numbering") == "true":
            run = self._by_style.get(style)
        run = run or Run()
        for identifier in (element.get("{http://www.w3.org/XML/1998/namespace}id"), element.get(f"{TEXT}id"), before):
            if identifier:
                self._by_id[identifier] = run
        self._by_style[style] = run
        return run

    def label(self, run: Run, style: str, level: int, start: int | None) -> str | None:
        """Counts one item and returns the text in front of it.

        Args:
            run: its list.
            style: the list style in force.
            level: its level, from 0.
            start: the number it is given (``text:start-value``), None to go on counting.

        Returns:
            The number as shown; an empty string for bullets; None when the style is not known.
        """
        levels = self.styles.levels(style)
        level = min(max(level, 0), LEVELS - 1)
        counters = run.counters
        for index in range(level):
            if counters[index] is None:
                # A level that was skipped counts as begun: 1.1 in front of the first 1 makes that one 2.
                counters[index] = levels[index].start if index in levels else 1
        current = counters[level]
        if start is not None:
            counters[level] = start
        elif current is None:
            counters[level] = levels[level].start if level in levels else 1
        else:
            counters[level] = current + 1
        counters[level + 1 :] = [None] * (LEVELS - level - 1)
        return _text(levels, level, counters) if level in levels else None

    def heading(self, level: int, start: int | None) -> str | None:
        """The number of a heading that is in no list, by the outline style."""
        if self.styles.outline is None:
            return None
        return self.label(self._headings, self.styles.outline, level, start)


def _levels(style: Any) -> dict[int, ListLevel]:
    found: dict[int, ListLevel] = {}
    for element in style:
        index = whole_number(element, f"{TEXT}level", 0) - 1 if isinstance(element.tag, str) else -1
        if not 0 <= index < LEVELS:
            continue
        if element.tag in (f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style"):
            found[index] = ListLevel(
                form=_form(element.get(f"{STYLE}num-format", "")),
                prefix=element.get(f"{STYLE}num-prefix", ""),
                suffix=element.get(f"{STYLE}num-suffix", ""),
                shown=min(max(whole_number(element, f"{TEXT}display-levels", 1), 1), index + 1),
                start=max(whole_number(element, f"{TEXT}start-value", 1), 0),
                pattern=element.get(f"{LOEXT}num-list-format") or element.get(f"{STYLE}num-list-format"),
                letters_in_step=element.get(f"{STYLE}num-letter-sync") == "true",
            )
        else:
            found[index] = ListLevel(bullet=True)
    return found


def _form(written: str) -> str:
    """The name of a numeral form; Arabic digits for a series that is not known, so that no item loses its number."""
    first, *rest = re.split(r",\s*", written, maxsplit=1)
    if re.fullmatch(r"0{1,8}1", first):
        return f"zeros:{len(first)}"
    if first == "壹" and rest and rest[0].startswith("貳"):
        return "ideographLegalTraditional"
    return _FORMS.get(first, "decimal")


def _text(levels: dict[int, ListLevel], level: int, counters: list[int | None]) -> str:
    shown = levels[level]
    if shown.bullet:
        return ""

    def numeral(index: int) -> str:
        return _numeral(counters[index] or 0, levels[index]) if index in levels and index <= level else ""

    if shown.pattern is not None:
        return re.sub(r"%([1-9]|10)%", lambda match: numeral(int(match[1]) - 1), shown.pattern).strip()
    numbers = [numeral(index) for index in range(level - shown.shown + 1, level + 1)]
    return (shown.prefix + ".".join(n for n in numbers if n) + shown.suffix).strip()


def _numeral(value: int, level: ListLevel) -> str:
    if level.form.startswith("zeros:"):
        return str(value).zfill(int(level.form[6:]))
    if level.form in ("lowerLetter", "upperLetter") and not level.letters_in_step and 26 < value < 20_000:
        # AA, AB, AC: only num-letter-sync repeats the letter as Word does.
        text = ""
        while value:
            value, rest = divmod(value - 1, 26)
            text = chr(ord("A") + rest) + text
        return text if level.form == "upperLetter" else text.lower()
    return render(value, level.form)
