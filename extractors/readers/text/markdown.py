"""Markdown (CommonMark 0.31, with the tables of GitHub's) to blocks: headings with their level, lists, tables, links.

Marks of emphasis go, numbers stay: an outline's 1. is part of what it says. A line is a paragraph as in plain text, since
converters write one line a paragraph and people press return where the paragraph ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.readers.text import blocks_of, line_blocks, tidy
from schemas.reading import Block, Link, Paragraph

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t\u3000]+(.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_RULER = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_BULLET = re.compile(r"^[ \t]*[-*+][ \t]+(?=\S)")
_QUOTE = re.compile(r"^ {0,3}>[ \t]?")
_BREAK = re.compile(r"(?:\\|<br ?/?>)[ \t]*$", re.IGNORECASE)
_LINK = re.compile(
    r"!?\[([^\[\]]{0,500})\]\(\s*<?([^()\s<>]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,2000})?)>?(?:\s+[\"'][^\"']{0,300}[\"'])?\s*\)"
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_MARKS = re.compile(r"(?<!\\)(\*{1,3}|_{2,3}|~~)(?=\S)((?:(?!\1).){1,2000}?)(?<=\S)\1")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`]{1,2000})\1(?!`)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_MAX_SETEXT = 80


def read(text: str) -> tuple[list[Block], list[Link]]:
    """The blocks of a Markdown text, and its links as written."""
    links: list[Link] = []
    blocks: list[Block] = []
    run: list[str] = []
    for level, line in _lines(text):
        if level is None:
            run.append(_plain(line, links))
            continue
        blocks += blocks_of("\n".join(run))
        run = []
        heading = _plain(line, links).strip()
        if heading:
            blocks += [
                Paragraph(tidy(p.text), style="heading", level=level) if p.role == "body" else p
                for p in line_blocks(heading)
            ]
    blocks += blocks_of("\n".join(run))
    return blocks, links


def _lines(text: str) -> Iterator[tuple[int | None, str]]:
    """The lines of a text without their marks, each with its level where it is a heading."""
    lines = text.splitlines()
    fence = ""
    skip = False
    for i, line in enumerate(lines):
        if skip:
            skip = False
            continue
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence):
                fence = ""
            else:
                yield None, line
            continue
        if opened:
            fence = opened[1][:3]
            continue
        line = _QUOTE.sub("", line) if _QUOTE.match(line) else line
        heading = _HEADING.fullmatch(line)
        after = lines[i + 1] if i + 1 < len(lines) else ""
        if heading:
            yield len(heading[1]), heading[2]
        elif _is_underlined(line, after):
            skip = True
            yield (1 if "=" in after else 2), line
        elif _RULER.fullmatch(line):
            yield None, ""
        else:
            yield None, _BREAK.sub("", _BULLET.sub("", line, count=1))


def _is_underlined(line: str, after: str) -> bool:
    """Whether the next line makes this one a heading; a row of a table over its rule is none."""
    if not line.strip() or len(line) > _MAX_SETEXT or "|" in line or _BULLET.match(line):
        return False
    return len(after.strip()) >= 3 and _UNDERLINE.fullmatch(after) is not None


def _plain(line: str, links: list[Link]) -> str:
    """A line as it is shown; its links are added to ``links``."""

    def shown(match: re.Match[str]) -> str:
        if not match[0].startswith("!") and match[2]:
            links.append(Link(_unmarked(match[1]), match[2]))
        return "" if match[0].startswith("!") else match[1]

    if "](" in line:
        line = _LINK.sub(shown, line)
    if "<" in line:
        line = _AUTOLINK.sub(r"\1", line)
    return _unmarked(line)


def _unmarked(text: str) -> str:
    if "`" in text:
        text = _CODE.sub(r"\2", text)
    if "*" in text or "__" in text or "~~" in text:
        text = _MARKS.sub(r"\2", _MARKS.sub(r"\2", text))
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text
