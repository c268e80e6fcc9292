"""The recipe of one sample: a YAML head with its facts, then its text in a line-by-line markup.

The head and the text are separated by a line of equals signs. In the text each line is one block:

    = text          title                       ! text      centred line (the red head of an agency)
    @ text          document number             ~ text      addressees (no indent)
    # 一、text      heading, level 1            > text      signature or date (right aligned)
    ## （一）text   heading, level 2            + 1.text    a numbered item without a title-like head
    ### 1.text      heading, level 3            | a | b |   a table row; ^ joins the cell above, < the one to the left
    ---             page break                  anything else: a paragraph

``||`` inside a heading ends the heading: what follows is run into the same paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_NUMBER = re.compile(
    r"^(第[一二三四五六七八九十]+(?:章|条|部分)|[一二三四五六七八九十]+(?=、)|（[一二三四五六七八九十]+）|\d+(?=[.．、]))[、.．]?\s*"
)
_MARKS = {"=": "title", "!": "head", "@": "document_number", "~": "addressees", ">": "signature", "+": "item"}


@dataclass
class Block:
    """One line of a recipe; ``text`` is everything that is shown, ``heading`` its title-like part."""

    kind: str
    text: str
    level: int = 0
    number: str | None = None
    heading: str | None = None
    rows: list[list[str]] = field(default_factory=list)

    @property
    def unnumbered(self) -> str:
        """The text without its own number, for formats that number automatically."""
        return _NUMBER.sub("", self.text, count=1)

    @property
    def run_in(self) -> str:
        """What follows the heading in the same paragraph."""
        return "" if self.heading is None else self.text[self.text.index(self.heading) + len(self.heading) :]


@dataclass
class Recipe:
    """One sample: its name, the facts of its head, its blocks."""

    name: str
    facts: dict[str, Any]
    blocks: list[Block]

    @property
    def plain(self) -> str:
        """All words of the sample, without white space, attached sheets included."""
        parts = [b.text for b in self.blocks] + [c for b in self.blocks for row in b.rows for c in row]
        for book in self.facts.get("workbooks", []):
            parts += [book["title"]] + [str(c) for sheet in book["sheets"] for row in sheet["rows"] for c in row]
        return re.sub(r"\s", "", "\n".join(parts))

    def headings(self, depth: int = 9) -> list[list[Any]]:
        """The outline as the expected files write it: depth of nesting (not the kind of numeral), number, heading."""
        outline: list[list[Any]] = []
        open_levels: list[int] = []
        for block in self.blocks:
            if block.heading is None:
                continue
            open_levels = [level for level in open_levels if level < block.level] + [block.level]
            if len(open_levels) <= depth:
                outline.append([len(open_levels), block.number, re.sub(r"\s", "", block.heading)])
        return outline


def _heading(level: int, line: str) -> Block:
    head, _, rest = line.partition("||")
    text = head + rest
    found = _NUMBER.match(text)
    number = found.group(1) if found else None
    return Block("heading", text, level, number, head[found.end() if found else 0 :].rstrip("。：:. "))


def parse(text: str, name: str = "") -> Recipe:
    """The recipe written in ``text``."""
    head, _, body = re.split(r"^(=====+)\n", text, maxsplit=1, flags=re.MULTILINE)
    blocks: list[Block] = []
    for raw in body.split("\n"):
        line = raw.rstrip()
        if not line:
            continue
        if line == "---":
            blocks.append(Block("break", ""))
        elif line.startswith("|"):
            row = [cell.strip() for cell in line.strip("|").split("|")]
            if blocks and blocks[-1].kind == "table":
                blocks[-1].rows.append(row)
            else:
                blocks.append(Block("table", "", rows=[row]))
        elif found := re.match(r"^(#{1,3}) ", line):
            blocks.append(_heading(len(found.group(1)), line[found.end() :]))
        elif line[0] in _MARKS and line[1:2] == " ":
            blocks.append(Block(_MARKS[line[0]], line[2:]))
        else:
            blocks.append(Block("paragraph", line))
    return Recipe(name, yaml.safe_load(head), blocks)


def read(path: Path) -> Recipe:
    """The recipe in the file ``path``."""
    return parse(path.read_text(encoding="utf-8"), path.stem)


def spans(rows: list[list[str]]) -> list[tuple[int, int, int, int, str]]:
    """Cells as (row, column, row span, column span, text): ``^`` and ``<`` belong to the cell they point at."""
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            height = 1
            while r + height < len(rows) and rows[r + height][c] == "^":
                height += 1
            width = 1
            while c + width < len(row) and row[c + width] == "<":
                width += 1
            cells.append((r, c, height, width, text))
    return cells
