"""A leading group as a list, one person a line, in prose, as a table."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from roundtrip.model import Block, Grid, Para, Person


def _by_role(people: list[Person]) -> list[tuple[str, list[Person]]]:
    return [(role, list(same)) for role, same in groupby(people, key=lambda p: p.role)]


def _office(people: list[Person]) -> list[Block]:
    return [
        Para(f"领导小组下设办公室，由{p.name}兼任办公室主任，负责日常工作。") for p in people if p.role == "办公室主任"
    ]


def _group(people: list[Person]) -> list[tuple[str, list[Person]]]:
    return [pair for pair in _by_role(people) if pair[0] != "办公室主任"]


def listed(people: list[Person]) -> list[Block]:
    """组长：张三 / 副组长：李四、王五 / 成员：…, the office in a sentence."""
    lines = [Para(f"{role}：{'、'.join(p.name for p in same)}") for role, same in _group(people)]
    return [*lines, Para("成员：基教股、人事股、计财股、督导室等相关股室负责人。"), *_office(people)]


def spaced(people: list[Person]) -> list[Block]:
    """Spaces between the names, and inside those of two characters (组  长：张  三)."""

    def wide(name: str) -> str:
        return f"{name[0]}  {name[1]}" if len(name) == 2 else name

    lines = []
    for role, same in _group(people):
        label = f"{role[0]}  {role[1]}" if len(role) == 2 else role
        lines.append(Para(f"{label}：{' '.join(wide(p.name) for p in same)}"))
    return [*lines, Para("成  员：各中心学校校长"), *_office(people)]


def one_a_line(people: list[Person]) -> list[Block]:
    """The label, then each person with the post on a line of their own."""
    blocks: list[Block] = []
    for role, same in _group(people):
        for k, p in enumerate(same):
            post = p.post or "县教育局党组成员、副局长"
            blocks.append(Para(f"{role}：{p.name}  {post}" if k == 0 else f"　　　　{p.name}  {post}"))
    return [*blocks, Para("成  员：各股室负责人"), *_office(people)]


def one_a_line_close(people: list[Person]) -> list[Block]:
    """The same with single spaces, as pages leave them."""
    return [
        Para(block.text.replace("  县", " 县").replace("  党", " 党").strip("　")) if isinstance(block, Para) else block
        for block in one_a_line(people)
    ]


def with_posts(people: list[Person]) -> list[Block]:
    """组长：张三（局长）."""
    lines = []
    for role, same in _group(people):
        named = [f"{p.name}（{p.post or '县教育局干部'}）" for p in same]
        lines.append(Para(f"{role}：{'、'.join(named)}"))
    return [*lines, Para("成员：各学校校长"), *_office(people)]


def prose(people: list[Person]) -> list[Block]:
    """由张三任组长，李四、王五任副组长，各股室负责人为成员."""
    said = "，".join(
        f"{'由' if i == 0 else ''}{'、'.join(p.name for p in same)}{'担任' if i == 0 else '任'}{role}"
        for i, (role, same) in enumerate(_group(people))
    )
    text = f"县教育局成立城乡学校共同体建设工作领导小组，{said}，各股室负责人为成员。"
    return [Para(text + "".join(b.text for b in _office(people) if isinstance(b, Para)))]


def table(people: list[Person]) -> list[Block]:
    """A table with the columns 职务, 姓名, 单位及职务."""
    rows = [["领导小组职务", "姓名", "单位及职务"]]
    rows += [[p.role, p.name, p.post or "县教育局局长"] for p in people]
    return [Grid.of(rows)]


LAYOUTS: dict[str, Callable[[list[Person]], list[Block]]] = {
    "listed": listed,
    "spaced": spaced,
    "one a line": one_a_line,
    "one a line, single spaces": one_a_line_close,
    "with posts": with_posts,
    "prose": prose,
    "table": table,
}
