"""Word's automatic numbering: which number stands in front of a paragraph, as text.

The rules are those of ECMA-376 part 1, 17.9 (numbering) and 17.7 (styles); what Word does where the standard is silent
is said beside the code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from extractors.readers.word.numerals import render
from extractors.readers.word.wordprocessing import W, integer, is_on, number, value

LEVELS = 9


@dataclass(slots=True)
class Level:
    """One level of a list (``w:lvl``)."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None


@dataclass(slots=True)
class Style:
    """What a paragraph style says about numbering and outline."""

    name: str = ""
    based_on: str | None = None
    list_id: str | None = None
    list_level: int | None = None
    outline: int | None = None


@dataclass(slots=True)
class Instance:
    """One ``w:num``: a list that uses an abstract definition, with its own changes."""

    identifier: str
    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)


class Styles:
    """The paragraph styles of a document, with what they inherit.

    Args:
        root: the root of ``word/styles.xml``, or None when the file has none.

    Attributes:
        default: the style of a paragraph that names none.
        hidden: the styles, of characters too, whose text is not shown.
    """

    def __init__(self, root: Any | None) -> None:
        self.default: str | None = None
        self._styles: dict[str, Style] = {}
        hidden: set[str] = set()
        for element in root.iterfind(f"{W}style") if root is not None else ():
            identifier = element.get(f"{W}styleId", "")
            if is_on(element.find(f"{W}rPr/{W}vanish")):
                hidden.add(identifier)
            if element.get(f"{W}type", "paragraph") == "character":
                continue
            name, based_on = element.find(f"{W}name"), element.find(f"{W}basedOn")
            style = Style(name=value(name) or "", based_on=value(based_on))
            properties = element.find(f"{W}pPr")
            if properties is not None:
                style.list_id, style.list_level = numbering_of(properties)
                style.outline = number(properties.find(f"{W}outlineLvl"))
            self._styles[identifier] = style
            if element.get(f"{W}default") in ("1", "true", "on") and element.get(f"{W}type") == "paragraph":
                self.default = identifier
        self.hidden = frozenset(hidden)

    def chain(self, identifier: str | None) -> list[tuple[str, Style]]:
        """A style and the styles it is based on, nearest first; the default style for an unknown one."""
        found: list[tuple[str, Style]] = []
        current = identifier if identifier in self._styles else self.default
        while current is not None and current in self._styles and len(found) < 32:
            found.append((current, self._styles[current]))
            current = self._styles[current].based_on
        return found

    def list_of(self, identifier: str) -> str | None:
        """The list that a numbering style (``w:type="numbering"``) stands for."""
        style = self._styles.get(identifier)
        return style.list_id if style else None


class Numbering:
    """The running numbers of one document: ask for every numbered paragraph, in document order, once.

    Args:
        root: the root of ``word/numbering.xml``, or None when the file has none.
        styles: the document's styles.
    """

    def __init__(self, root: Any | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, dict[int, Level]] = {}
        self._links: dict[str, str] = {}
        self._instances: dict[str, Instance] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if root is None:
            return
        for element in root.iterfind(f"{W}abstractNum"):
            identifier = element.get(f"{W}abstractNumId", "")
            self._abstract[identifier] = {
                index: _level(level)
                for level in element.iterfind(f"{W}lvl")
                if (index := integer(level.get(f"{W}ilvl"))) is not None
            }
            if link := value(element.find(f"{W}numStyleLink")):
                self._links[identifier] = link
        for element in root.iterfind(f"{W}num"):
            self._instances[element.get(f"{W}numId", "")] = _instance(element)

    def label(self, properties: Any | None, style_id: str | None) -> str | None:
        """Counts one paragraph and returns the text in front of it.

        Args:
            properties: the paragraph's ``w:pPr``, or None.
            style_id: the paragraph's style, or None for the default style.

        Returns:
            The number as Word shows it; an empty string for bullets; None when the paragraph is in no list.
        """
        place = self._place(properties, style_id)
        if place is None:
            return None
        instance, level = place
        definition = self._levels(instance)
        if level not in definition:
            return None
        values = self._count(instance, level, definition)
        return _text(definition, level, values)

    def _place(self, properties: Any | None, style_id: str | None) -> tuple[Instance, int] | None:
        list_id, level = numbering_of(properties) if properties is not None else (None, None)
        chain = self._styles.chain(style_id)
        from_style = list_id is None
        if from_style:
            list_id = next((style.list_id for _, style in chain if style.list_id is not None), None)
        if list_id is None or list_id == "0":
            return None
        instance = self._instances.get(list_id)
        if instance is None:
            return None
        if level is None and from_style:
            # A level claims its style by w:pStyle; the level written in the style itself is only the second source.
            definition = self._levels(instance)
            claims = {lvl.style: index for index, lvl in definition.items() if lvl.style}
            level = next((claims[name] for name, _ in chain if name in claims), None)
            if level is None:
                level = next((style.list_level for _, style in chain if style.list_level is not None), None)
        return instance, min(max(level or 0, 0), LEVELS - 1)

    def _definition_id(self, instance: Instance) -> str:
        """The abstract definition behind a list, through numbering styles."""
        identifier = instance.abstract
        for _ in range(8):
            link = self._links.get(identifier)
            target = self._instances.get(self._styles.list_of(link) or "") if link else None
            if target is None or target.abstract == identifier:
                break
            identifier = target.abstract
        return identifier

    def _levels(self, instance: Instance) -> dict[int, Level]:
        base = self._abstract.get(self._definition_id(instance), {})
        return {**base, **instance.levels} if instance.levels else base

    def _count(self, instance: Instance, level: int, definition: dict[int, Level]) -> list[int]:
        # Lists that share an abstract definition go on counting from each other; only startOverride begins anew,
        # and only when that list is used at that level for the first time.
        counters = self._counters.setdefault(self._definition_id(instance), [None] * LEVELS)
        begin = instance.starts.get(level)
        if begin is not None and (instance.identifier, level) not in self._started:
            self._started.add((instance.identifier, level))
            counters[level] = None
        for index in range(level + 1):
            first = definition[index].start if index in definition else 1
            if index in instance.starts:
                first = instance.starts[index]
            current = counters[index]
            if current is None:
                # A level that was skipped counts as begun: 1.1 in front of the first 1 makes that one 2.
                counters[index] = first
            elif index == level:
                counters[index] = current + 1
        for deeper in range(level + 1, LEVELS):
            restart = definition[deeper].restart if deeper in definition else None
            if restart is None or level < restart:
                counters[deeper] = None
        return [1 if value is None else value for value in counters]


def numbering_of(properties: Any) -> tuple[str | None, int | None]:
    """The list and the level that a ``w:pPr`` names itself; None for what it leaves open."""
    element = properties.find(f"{W}numPr")
    if element is None:
        return None, None
    return value(element.find(f"{W}numId")), number(element.find(f"{W}ilvl"))


def _instance(element: Any) -> Instance:
    instance = Instance(element.get(f"{W}numId", ""), value(element.find(f"{W}abstractNumId")) or "")
    for override in element.iterfind(f"{W}lvlOverride"):
        index = integer(override.get(f"{W}ilvl"))
        if index is None:
            continue
        start = number(override.find(f"{W}startOverride"))
        if start is not None:
            instance.starts[index] = max(start, 0)
        replacement = override.find(f"{W}lvl")
        if replacement is not None:
            instance.levels[index] = _level(replacement)
    return instance


def _level(element: Any) -> Level:
    start = number(element.find(f"{W}start"))
    # A level without w:start begins at 0 by the standard (17.9.25).
    level = Level(start=max(start, 0) if start is not None else 0)
    # Custom forms stand in mc:AlternateContent, with an ordinary form as the fallback; both name the digits wanted.
    form = next(element.iter(f"{W}numFmt"), None)
    if form is not None:
        level.form = form.get(f"{W}val", "decimal")
        if level.form == "custom":
            level.form = "zeros:" + (form.get(f"{W}format") or "1").split(",")[0].strip()
    text = element.find(f"{W}lvlText")
    level.text = (value(text) or "") if text is not None else ""
    level.restart = number(element.find(f"{W}lvlRestart"))
    level.legal = is_on(element.find(f"{W}isLgl"))
    level.style = value(element.find(f"{W}pStyle"))
    return level


def _text(definition: dict[int, Level], level: int, values: list[int]) -> str:
    shown = definition[level]
    if shown.form == "bullet":
        return ""

    def numeral(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        form = definition[index].form if index in definition else "decimal"
        if shown.legal and form not in ("none", "bullet"):
            form = "decimal"
        if form.startswith("zeros:"):
            return str(values[index]).zfill(len(form) - len("zeros:"))
        return render(values[index], form)

    return re.sub(r"%([1-9])", numeral, shown.text).strip()
