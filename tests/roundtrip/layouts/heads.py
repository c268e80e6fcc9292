"""The head and the foot of a document: red head, plain, as a page with its metadata table, signature before or behind."""

from __future__ import annotations

from datetime import date

from roundtrip.model import Block, Grid, Header, Para

_DIGITS = "〇一二三四五六七八九"


def arabic(day: date) -> str:
    """2025年9月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese(day: date, zero: str = "〇") -> str:
    """二〇二五年九月一日; ``zero`` is the sign used for nought (〇, ○)."""
    year = "".join(_DIGITS[int(c)] for c in str(day.year)).replace("〇", zero)

    def small(value: int) -> str:
        tens, ones = divmod(value, 10)
        ten = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
        return ten + (_DIGITS[ones] if ones else "")

    return f"{year}年{small(day.month)}月{small(day.day)}日"


def red_head(header: Header) -> list[Block]:
    """Issuers on lines of their own with 文件, the number, the title, the addressees."""
    blocks: list[Block] = [Para(issuer) for issuer in header.issuers[:-1]]
    blocks.append(Para(header.issuers[-1] + "文件"))
    if header.number:
        blocks.append(Para(header.number))
    return [*blocks, *titled(header)]


def titled(header: Header) -> list[Block]:
    """The title over its lines, then the addressees."""
    return [*(Para(line, "title") for line in header.title_lines), Para(f"{header.addressed}：")]


def numbered(header: Header) -> list[Block]:
    """The title with the number below it, as web pages print them."""
    number = [Para(header.number)] if header.number else []
    return [*(Para(line, "title") for line in header.title_lines), *number, Para(f"{header.addressed}：")]


def metadata(header: Header) -> list[Block]:
    """The table that government pages print above the text."""
    rows = [
        ["索引号：", "11330281002972767X/2025-50456", "主题分类：", "科技、教育"],
        ["发文字号：", header.number or "", "成文日期：", header.signed_on.isoformat()],
        ["发布机构：", header.issuers[0], "公开方式：", "主动公开"],
    ]
    return [Grid.of(rows), Para(header.title, "title"), Para(f"{header.addressed}：")]


def signed(header: Header, form: str) -> list[Block]:
    """The signature: each body on a line, all on one line, or with the date on the same line."""
    day = {"chinese": chinese(header.signed_on), "circle": chinese(header.signed_on, "○")}.get(
        form, arabic(header.signed_on)
    )
    if form == "one line":
        return [Para("　　".join(header.issuers), "signature"), Para(day, "signature")]
    if form == "with date":
        return [Para(f"{' '.join(header.issuers)} {day}", "signature")]
    return [*(Para(issuer, "signature") for issuer in header.issuers), Para(day, "signature")]


HEADS = {"red head": red_head, "titled": titled, "numbered": numbered}
SIGNATURES = ("lines", "one line", "with date", "chinese", "circle")
