"""What the pages for editing packs show of a form (``checks.pack_form``): its controls with labels, choices and faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from checks import pack_columns as c
from checks.pack_cells import DATE, TERMS, TEXT, Column
from checks.pack_english import english
from checks.pack_fields import SHEETS, Kind, columns, heading_of, lists, needed
from checks.pack_form import JSON, Fault, Line, Typed, key
from duzheng.web.language import Language, half, program

_LONG = 30
_WIDE = 40
_PROSE = {"advice", "expected", "basis_note"}
"""Fields that hold a sentence as a rule."""
SAID = (
    "missing", "string_too_short", "too_short", "literal_error", "union_tag_invalid", "union_tag_not_found", "float_parsing",
    "int_parsing", "int_from_float", "greater_than", "greater_than_equal", "less_than_equal", "date_from_datetime_parsing",
    "date_parsing", "date_from_datetime_inexact", "extra_forbidden", "string_pattern_mismatch", "bool_parsing",
)  # fmt: skip
"""What the schema finds wrong and the pages have words for; of anything else its own message is shown."""


def heading(language: Language, name: str) -> str:
    """The name of a sheet or column of a pack, or what is said about one, in the language of the person."""
    if language != "en":
        return program(language, name)
    words = english(name)
    return words[:1].upper() + words[1:]


def field_name(language: Language, field: str) -> str:
    """What a field that changed (``checks.pack_diff``) is called on its form; its path where it has no name there."""
    name = heading_of(field)
    return heading(language, name) if name else field


def fixed(language: Language, column: Column, name: str) -> str:
    """A fixed value of a column; the word that a clause has itself is quoted as it is."""
    if column.heading == c.WORDING_HEADING:
        return name
    return english(name) if language == "en" else program(language, name)


@dataclass(frozen=True, slots=True)
class Control:
    """One field. ``widget``: text, area, select, checks or date; ``choices``: what may be chosen, each with its label."""

    name: str
    label: str
    hint: str
    widget: str
    value: str
    choices: Sequence[tuple[str, str]]
    faults: Sequence[str]
    needed: bool = False

    @property
    def chosen(self) -> Sequence[str]:
        """The values that are ticked, of ``checks``."""
        return [one for one in self.value.split("、") if one]


@dataclass(frozen=True, slots=True)
class RowOf:
    """One row of a list: its place among those of its kind, its controls, what is wrong with it as a whole."""

    kind: Kind
    number: int
    use: str
    of: str
    controls: Sequence[Control]
    faults: Sequence[str]
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of rows; ``anchor`` is its name for faults and links, ``each`` what one of its rows is called."""

    use: str
    kind: Kind
    of: str
    anchor: str
    heading: str
    each: str
    rows: Sequence[RowOf]
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class PartOf:
    """A part of a combination, with the lists of its own."""

    row: RowOf
    lists: Sequence[ListOf]


@dataclass(slots=True)
class FormOf:
    """A whole form; ``rest`` are the fields that the chosen form of requirement has no use for, kept while the page is open."""

    basics: list[Control] = field(default_factory=list)
    condition: list[Control] = field(default_factory=list)
    parameters: list[Control] = field(default_factory=list)
    lists: list[ListOf] = field(default_factory=list)
    is_combination: bool = False
    parts: list[PartOf] = field(default_factory=list)
    part_faults: Sequence[str] = ()
    examples: ListOf | None = None
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    """All that is wrong: the anchor of its place (empty where it has none), what that is called, and what is said of it."""
    rest: list[tuple[str, str]] = field(default_factory=list)


Say = Callable[[str], str]


class Shown:
    """Makes the controls of one form in the language of the person.

    Args:
        typed: the form.
        faults: what is wrong with it.
        word: the words of the pages.
        language: of the person.
    """

    def __init__(self, typed: Typed, faults: Sequence[Fault], word: Say, language: Language) -> None:
        self._typed = typed
        self._word = word
        self._language = language
        self._faults: dict[str, list[str]] = {}
        for one in faults:
            text = word(f"packs.error_{one.type}") if one.type in SAID else half(language, one.message)
            self._faults.setdefault(one.field, []).append(text)
        self._used: set[str] = set()
        self._told: list[tuple[str, str, str]] = []

    def requirement(self) -> FormOf:
        """A requirement."""
        made = FormOf()
        form = self._typed.form
        own = self._typed.of_kind("requirement") or [Line("requirement")]
        for column, control in self._controls(own[0], 0, form):
            group = {"condition": made.condition, "parameters": made.parameters, "form": made.parameters}
            group.get(column.path[0], made.basics).append(control)
        made.parameters += self._json(own[0], 0)
        made.lists = [self._list(one.kind, one.use, None) for one in lists(form)]
        if form == "combination":
            made.is_combination = True
            made.parts = list(self._parts())
            made.part_faults = self._take("list.parts.", self._word("packs.parts"))
        made.examples = self._list("example", "", None)
        return self._finished(made)

    def pack(self) -> FormOf:
        """The head of a pack."""
        made = FormOf()
        own = self._typed.of_kind("pack") or [Line("pack")]
        made.basics = [control for _, control in self._controls(own[0], 0, "")] + self._json(own[0], 0)
        made.lists = [self._list("basis", "basis", None)]
        return self._finished(made)

    def _finished(self, made: FormOf) -> FormOf:
        made.rest = list(self._rest())
        made.faults = self._told + [("", "", text) for texts in self._faults.values() for text in texts]
        return made

    def _parts(self) -> Iterator[PartOf]:
        lines = self._typed.of_kind("part")
        for number, line in enumerate(lines):
            texts = line.typed.get("form", "")
            form = next((form for form, name in c.FORM_NAMES.items() if name == texts), texts)
            row = self._row(line, number, number == 0, number == len(lines) - 1, form)
            yield PartOf(row, [self._list(one.kind, one.use, number) for one in lists(form)])

    def _list(self, kind: Kind, use: str, of: int | None) -> ListOf:
        lines = [
            (number, line)
            for number, line in enumerate(self._typed.of_kind(kind))
            if kind == "basis" or (line.use, line.of) == (use, of)
        ]
        rows = [
            self._row(line, number, place == 0, place == len(lines) - 1) for place, (number, line) in enumerate(lines)
        ]
        anchor = f"list.{use}.{'' if of is None else of}"
        word = self._word
        name = word(f"packs.list_{kind}_{use}") if use else word(f"packs.list_{kind}")
        each = heading(self._language, SHEETS[kind][0])
        return ListOf(use, kind, "" if of is None else str(of), anchor, name, each, rows, self._take(anchor, name))

    def _row(self, line: Line, number: int, first: bool, last: bool, form: str = "") -> RowOf:
        controls = [control for _, control in self._controls(line, number, form)] + self._json(line, number)
        of = "" if line.of is None else str(line.of)
        name = f"{line.kind}.{number}"
        self._used |= {f"{name}.use", f"{name}.of"}
        return RowOf(line.kind, number, line.use, of, controls, self._take(name, ""), first, last)

    def _controls(self, line: Line, number: int, form: str) -> Iterator[tuple[Column, Control]]:
        for column in columns(line.kind, form):
            name = f"{line.kind}.{number}.{key(column)}"
            value = line.typed.get(key(column), "")
            label = heading(self._language, column.heading)
            yield column, Control(
                name, label, heading(self._language, column.hint), _widget(column, value), value, self._choices(column, value),
                self._take(name, label), needed(line.kind, column, form),
            )  # fmt: skip
            self._used.add(name)

    def _json(self, line: Line, number: int) -> list[Control]:
        name = f"{line.kind}.{number}.{JSON}"
        word = self._word
        label, hint = word("packs.json"), word("packs.json_hint")
        value, faults = line.typed.get(JSON, ""), self._take(name, label)
        self._used.add(name)
        return [Control(name, label, hint, "area", value, (), faults)] if value or faults else []

    def _rest(self) -> Iterator[tuple[str, str]]:
        numbers: dict[str, int] = {}
        for line in self._typed.lines:
            number = numbers.get(line.kind, 0)
            numbers[line.kind] = number + 1
            left = [(f"{line.kind}.{number}.{name}", text) for name, text in line.typed.items()]
            left += [(f"{line.kind}.{number}.use", line.use)] if line.use else []
            left += [(f"{line.kind}.{number}.of", str(line.of))] if line.of is not None else []
            yield from ((name, text) for name, text in left if name not in self._used)

    def _take(self, name: str, label: str) -> list[str]:
        texts = self._faults.pop(name, [])
        self._told += [(name, label, text) for text in texts]
        return texts

    def _choices(self, column: Column, value: str) -> list[tuple[str, str]]:
        there = [*(column.codec.choices or column.codec.several)]
        if there and value:  # what is there and cannot be chosen is shown all the same, with what is wrong with it
            there += [one for one in (value.split("、") if column.codec.several else [value]) if one not in there]
        return [(one, fixed(self._language, column, one)) for one in there]


def _widget(column: Column, value: str) -> str:
    if column.codec.choices:
        return "select"
    if column.codec.several:
        return "checks"
    if column.codec == DATE:
        return "date"
    plain = column.codec in (TEXT, TERMS) or column.codec.width < _WIDE
    if column.codec.lines or not plain or "\n" in value or len(value) > _LONG or column.path[-1] in _PROSE:
        return "area"
    return "text"
