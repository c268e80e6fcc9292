"""An outline as paragraphs: every item on lines of its own, heads run into their paragraph, all in one paragraph."""

from __future__ import annotations

from dataclasses import replace

from roundtrip.model import Item, Outline, Para


def own_lines(outline: Outline, ideographic_indent: bool = False) -> list[Para]:
    """Each heading on its own line, each body below it."""
    indent = "　　" if ideographic_indent else ""
    paras: list[Para] = []

    def walk(items: tuple[Item, ...], level: int) -> None:
        for order, item in enumerate(items, 1):
            mark = outline.number(level, order)
            if item.heading:
                paras.append(Para(indent + mark + item.heading, "item", level + 1, mark))
                if item.body:
                    paras.append(Para(indent + item.body))
            else:
                paras.append(Para(indent + mark + item.body, "item", level + 1, mark))
            walk(item.items, level + 1)

    walk(outline.items, 0)
    return paras


def run_in(outline: Outline) -> list[Para]:
    """Top headings on their own lines, lower ones at the beginning of their paragraph (（一）加强领导。各校要…)."""
    paras: list[Para] = []

    def walk(items: tuple[Item, ...], level: int) -> None:
        for order, item in enumerate(items, 1):
            mark = outline.number(level, order)
            if item.heading and level and item.body:
                paras.append(Para(f"{mark}{item.heading}。{item.body}", "item", level + 1, mark))
            else:
                paras.append(Para(mark + (item.heading or item.body), "item", level + 1, mark))
                if item.heading and item.body:
                    paras.append(Para(item.body))
            walk(item.items, level + 1)

    walk(outline.items, 0)
    return paras


def one_paragraph(outline: Outline, gap: str = " ") -> list[Para]:
    """The whole outline in one unbroken paragraph; top heads are divided from their text by a space, lower by a full stop."""
    outline = replace(outline, dress=outline.dress % 3)  # 1） opens an item on lines of its own, not inside a paragraph
    parts: list[str] = []

    def walk(items: tuple[Item, ...], level: int) -> None:
        for order, item in enumerate(items, 1):
            mark = outline.number(level, order)
            if item.heading and item.body:
                parts.append(f"{mark}{item.heading}{'。' if level else ' '}{item.body}{gap}")
            elif item.heading:
                parts.append(f"{mark}{item.heading} ")
            else:
                parts.append(f"{mark}{item.body}{gap}")
            walk(item.items, level + 1)

    walk(outline.items, 0)
    return [Para("".join(parts).rstrip())]


LAYOUTS = {
    "own lines": own_lines,
    "own lines, indented": lambda outline: own_lines(outline, True),
    "run in": run_in,
    "one paragraph": one_paragraph,
    "one paragraph, unspaced": lambda outline: one_paragraph(outline, ""),
}
