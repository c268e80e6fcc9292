"""Plain text to blocks: lines to paragraphs, tables found in them, the site around a copied page set apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.readers import encodings, formats, furniture, limits, page_metadata, plain_tables
from extractors.readers.sheets import delimited
from extractors.readers.text import pages as text_pages
from schemas.errors import NotRead
from schemas.reading import Block, Paragraph, Reading

MEDIA_TYPE = "text/plain"
MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")

_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6—…“”‘’·\U00020000-\U0003ffff]+"
)
_INDENT = re.compile("[ \t\u3000\u00a0]*")

_ENDS = "。！？；：!?;:…」』”’）)】》"
"""A line that ends so may be the end of its paragraph, even at full width."""
_CLAUSE = re.compile("[，。；、：,;]")
_NEW_ITEM = re.compile(
    r"[一二三四五六七八九十百]{1,4}\s*[、.．,，]|[（(\[【〔]?\s*[一二三四五六七八九十\d]{1,3}\s*[)）\]】〕]|\d{1,3}\s*[、.．](?!\d)|[①-⑳㈠-㈩⒈-⒛Ⅰ-Ⅻ●○■□◆◇★▲•·※-]"
    r"|第[一二三四五六七八九十百\d]{1,4}[章节節条條款部编編篇]|附件?\s*[\d一二三四五六七八九十]*\s*[:：]|附件\s*\d|附[:：]|[注註][:：]|抄送|主送|[（(]联系人|[（(]聯繫人"
)
_ENTRY = re.compile(r"(?:\d{1,2}[.．、])?[^\s，。；、：,;:]{2,24}(?:[:：]|——|--|→)")
"""An entry of a list (牵头校：甲小学; 甲小学——乙小学): two such lines are two entries, however long they are."""
_TITLE = re.compile(
    r"[^，。；：！？,;:!?]{8,60}(?:通知|方案|意见|意見|办法|辦法|计划|計劃|计画|計畫|细则|細則|规划|規劃|报告|報告|公告|批复|批覆|的函)(?:[（(][^（）()]{2,10}[）)])?"
)

_MIN_WRAPPED = 25
_FEWEST_FULL = 3
"""So many full lines show a width at the least."""
_WRAP_SLACK = 3
"""In full-width characters: a line may be shorter by a closing mark that is not split off and a half-width pair."""


def read(data: bytes, uri: str) -> Reading:
    """Read a plain text file (also .md, .csv, .tsv).

    Args:
        data: the bytes, in any of the encodings of ``extractors.readers.encodings``.
        uri: the file as the user named it.

    Raises:
        NotRead: binary data, unknown encoding, over a limit.
    """
    if len(data) > limits.MAX_TEXT_BYTES:
        raise NotRead(
            uri,
            "over_limit",
            f"文本有 {len(data)} 字节，超过上限 {limits.MAX_TEXT_BYTES} / the text has {len(data)} bytes, "
            f"the limit is {limits.MAX_TEXT_BYTES}",
            "请拆分后再读 / split it",
        )
    decoded = encodings.decode(data, uri)
    text, unseen = encodings.cleaned(decoded.text)
    notes = [*decoded.notes, *unseen]
    table = delimited.read(text, uri)
    if table is not None:
        return Reading(delimited.MEDIA_TYPE, blocks=table, encoding=decoded.encoding, notes=notes)
    if formats.extension(uri) in MARKDOWN:
        from extractors.readers.text import markdown

        blocks, links = markdown.read(text)
        return Reading("text/markdown", blocks=blocks, links=links, encoding=decoded.encoding, notes=notes)
    blocks, pages = text_pages.read(text, blocks_of)
    return Reading(MEDIA_TYPE, blocks=blocks, encoding=decoded.encoding, notes=notes, pages=pages or None)


def blocks_of(text: str) -> list[Block]:
    """The paragraphs and tables of a plain text, in order.

    White space at both ends of a line is stripped, lines that a fixed width broke are joined, spurious spaces inside
    words are closed; everything else of the text is kept as it is.
    """
    lines = _LINE_BREAK.split(text)
    tables = plain_tables.find(lines)
    in_table = {i for t in tables for i in range(t.start, t.end)}
    wrap = _find_wrap([line for i, line in enumerate(lines) if i not in in_table])
    blocks: list[Block] = []
    position = 0
    for found in tables:
        blocks += _paragraphs(lines[position : found.start], wrap)
        blocks.append(found.table)
        position = found.end
    blocks += _paragraphs(lines[position:], wrap)
    return blocks


def line_blocks(line: str) -> list[Paragraph]:
    """One line or paragraph as blocks: furniture glued to either end, or the whole of it, gets its role."""
    text = line.strip()
    if not text:
        return []
    within = furniture.within(text)
    if within is None:
        return [Paragraph(text, role="furniture")]
    start, end = within
    if end <= start:
        end = len(text)
    parts = [Paragraph(text[:start].strip(), role="furniture")] if start else []
    body = text[start:end].strip()
    parts.append(Paragraph(body, role="metadata" if page_metadata.is_metadata_line(body) else "body"))
    if end < len(text):
        parts.append(Paragraph(text[end:].strip(), role="furniture"))
    return parts


def join_wrapped(lines: Sequence[str]) -> list[str]:
    """Lines to paragraphs: one each, but lines that a fixed width broke in mid sentence are joined."""
    return list(_joined(lines, _find_wrap(lines)))


def tidy(text: str) -> str:
    """A body paragraph's text with the spurious spaces inside its words closed."""
    # Loaded late: it brings a dictionary with it, and most paragraphs have no gap to close.
    if " " not in text and "\u3000" not in text and "\u00a0" not in text:
        return text
    from extractors.spacing import close_gaps

    return close_gaps(text)


def _paragraphs(lines: Sequence[str], wrap: _Wrap | None) -> Iterator[Paragraph]:
    for text in _joined(lines, wrap):
        if plain_tables.is_rule(text):
            continue
        for paragraph in line_blocks(plain_tables.lone_cell(text) or text):
            if paragraph.role == "body":
                yield Paragraph(tidy(paragraph.text))
            else:
                yield paragraph


def _joined(lines: Sequence[str], wrap: _Wrap | None) -> Iterator[str]:
    """Lines to paragraphs: a line broken at the wrapping width goes on in the next one."""
    current: list[str] = []
    indents = [len(_INDENT.match(line)[0]) for line in lines if line.strip()]  # type: ignore[index]
    margin = min(indents, default=0)
    indented = sum(indent > margin for indent in indents) >= 2
    previous = ""
    for line in lines:
        text = line.strip()
        apart = bool(current and _ENTRY.match(current[0]) and _ENTRY.match(text)) or (
            len(current) == 1 and _is_title(current[0])
        )
        if current and (apart or not (text and wrap and _goes_on(previous, line, wrap, margin, indented))):
            yield "".join(current)
            current = []
        if text:
            glue = " " if current and _needs_space(previous.rstrip(), text) else ""
            current.append(glue + text)
        previous = line
    if current:
        yield "".join(current)


def _goes_on(previous: str, line: str, wrap: _Wrap, margin: int, indented: bool) -> bool:
    """Whether ``line`` is the rest of a paragraph that ``previous`` had no room for.

    ``margin`` is the least indentation of the lines; ``indented`` says that paragraphs begin deeper than it, so that a
    full line at the margin goes on even when a sentence happens to end at its end.
    """
    before, after = previous.rstrip(), line.strip()
    full = wrap.measure(previous.rstrip("\r\n")) if wrap.measure is len else wrap.measure(before)
    if full < wrap.width - wrap.slack or full > wrap.width + 1:
        return False
    if wrap.measure is len and before[-1] not in _ENDS:
        return True  # cut at a number of characters, the line may break anywhere, before a date or a number too
    if before[-1] == "第":
        return True  # 按照第 / （三）项: a reference, no item
    if len(_INDENT.match(line)[0]) > margin or _NEW_ITEM.match(after):  # type: ignore[index]
        return False
    if before[-1] in _ENDS and not indented:
        return False
    # Names in a list are as long as each other too; a broken sentence has a comma somewhere.
    return _CLAUSE.search(before) is not None or _CLAUSE.search(after) is not None


def _is_title(line: str) -> bool:
    """Whether a line by itself is the title of a document; as wide as the text, it would be taken for a broken one."""
    return bool(_TITLE.fullmatch(line)) and line.count("《") == line.count("》")


def _needs_space(before: str, after: str) -> bool:
    """Latin words stay apart when their line break goes."""
    return before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum()


def _columns(text: str) -> float:
    """The width of a line in full-width characters."""
    narrow = len(_WIDE.sub("", text))
    return len(text) - narrow + narrow / 2


def _find_wrap(lines: Sequence[str]) -> _Wrap | None:
    """How a text was wrapped, None when it was not: at a width in columns, as editors do, or in characters, as programs do.

    A wrapped text has many lines within a few characters of its greatest width, and among them lines that break off in
    mid sentence; paragraphs that are lines of their own have every width.
    """
    if len(lines) < _FEWEST_FULL:
        return None
    columns, near_columns = _wrap_by(lines, _columns, _WRAP_SLACK)
    characters, near_characters = _wrap_by(lines, len, 0)
    if characters and near_characters > 0.9 * near_columns and _cut_anywhere(lines, characters):
        return characters
    return columns


def _cut_anywhere(lines: Sequence[str], wrap: _Wrap) -> bool:
    """Whether a program broke the lines: one begins with a mark that no editor lets begin a line, or inside a number."""
    return any(
        wrap.measure(line) == wrap.width
        and (after[:1] in "，。、；：）”》,;:)" or (after[:1].isdigit() and line[-1:].isdigit()))
        for line, after in pairwise(lines)
        if after
    )


def _wrap_by(lines: Sequence[str], measure: Callable[[str], float], slack: float) -> tuple[_Wrap | None, int]:
    """A wrapping width in one measure, with the number of lines that are full at it; (None, 0) when there is none."""
    strip = str.rstrip if measure is not len else str
    # No line is wider than it has characters.
    measured = [(measure(strip(line)), line) for line in lines if len(line) >= _MIN_WRAPPED - slack]
    long = sorted((width for width, _ in measured if width >= _MIN_WRAPPED), reverse=True)
    if len(long) < _FEWEST_FULL:
        return None, 0
    # One address or heading may stick out.
    for width in dict.fromkeys(long[: 1 + len(long) // 20]):
        near = sum(width - slack <= w <= width for w in long)
        if near < _FEWEST_FULL or near * 3 < len(long):
            continue
        broken = sum(width - slack <= w <= width and line.rstrip()[-1:] not in _ENDS for w, line in measured)
        if broken * 2 >= near:
            return _Wrap(width, measure, slack), near
    return None, 0


@dataclass(frozen=True, slots=True)
class _Wrap:
    """The width a text was wrapped at, what it is measured in, and how much shorter a full line may be."""

    width: float
    measure: Callable[[str], float]
    slack: float
