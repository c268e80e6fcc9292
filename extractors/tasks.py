"""Tasks: pieces of work with those responsible and their deadline.

Plans write them behind the item in brackets, （责任科室：… 完成时限：…）, on lines of their own, or as columns of a table. A
blank is kept as a blank: no one responsible is an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.dates import deadline_date, find_deadlines
from extractors.fold import fold
from extractors.layout import LaidCell, LaidTable, Layout, squeeze
from extractors.lexicon import load
from extractors.organisations import is_organisation, split_list
from extractors.sections import section_path
from schemas.document import Section, Task


@cache
def _label() -> re.Pattern[str]:
    words = load("tasks")
    labels = sorted(words["responsible"] + words["cooperating"] + words["due"] + words["person"], key=len, reverse=True)
    return re.compile(rf"(?P<label>{'|'.join(map(re.escape, labels))})\s*:\s*")


@cache
def _kinds() -> dict[str, str]:
    words = load("tasks")
    return {label: kind for kind in ("responsible", "cooperating", "due", "person") for label in words[kind]}


def find_tasks(layout: Layout, sections: list[Section]) -> list[Task]:
    """Every task of a document, in reading order."""
    tasks = [*_in_text(layout, sections), *_in_tails(layout, sections)]
    for table in layout.tables:
        tasks += _in_table(layout, table)
    return sorted(tasks, key=lambda task: task.span.start)


def _in_text(layout: Layout, sections: list[Section]) -> Iterator[Task]:
    groups: list[list[re.Match[str]]] = []
    for match in _label().finditer(layout.prose):
        if groups and not _separate(layout, groups[-1], match):
            groups[-1].append(match)
        else:
            groups.append([match])
    before = 0
    for group in groups:
        if all(_kinds()[m["label"]] == "person" and m["label"] != "责任人" for m in group):
            continue  # whom to call, no assignment
        end = _value_end(layout, group[-1].end())
        # A second task of the same item begins where the first one ends.
        start = max(_item_start(layout, sections, group[0].start()), before)
        before = end
        responsible, due_text = _read(layout, group, end)
        text = squeeze(layout.text[start : group[0].start()].lstrip("）)】〕］。；; \n").rstrip("（([【〔［ \n"))
        close = end + 1 if layout.folded[end : end + 1] in (")", "]") else end
        yield Task(
            text=re.sub(r"^(?:[（(]?[一二三四五六七八九十\d]+[)）]?[、.．]?)", "", text),
            responsible=responsible,
            due=deadline_date(fold(due_text)) if due_text else None,
            due_text=due_text,
            span=layout.span(start, close),
        )


_TAIL = re.compile(r"\((?P<tail>[^():\n]{4,160})\)(?=[。;]?[ ]*(?:\n|$|[\d一二三四五六七八九十(①-⑳]))")
_CLAUSE = re.compile(
    r"(?P<who>[^,;。]+?)(?:等)?(?:按职责)?(?:分工)?(?P<part>牵头负责|牵头落实|牵头|负责落实|负责|主责|落实|配合|参与|协助|协同)"
)


def _in_tails(layout: Layout, sections: list[Section]) -> Iterator[Task]:
    """A bracket at the end of an item that only says who does it by when: （基教科牵头，人事科配合，6月底前完成）."""
    before = 0
    for match in _TAIL.finditer(layout.prose):
        led, known = False, True
        responsible: list[str] = []
        due_text: str | None = None
        for a, b in split_list(match["tail"], separators=",;"):
            first, last = match.start("tail") + a, match.start("tail") + b
            clause = _CLAUSE.fullmatch(layout.prose, first, last)
            if clause:
                names = split_list(clause["who"])
                known = known and all(_is_body(clause["who"][c:d]) for c, d in names)
                responsible += [squeeze(layout.text[first + c : first + d]) for c, d in names]
                led = led or clause["part"] not in ("配合", "参与", "协助", "协同")
            elif (dues := list(find_deadlines(layout.prose, first, last))) and dues[-1].explicit:
                due_text = squeeze(layout.text[dues[-1].start : dues[-1].bare_end])
            elif match["tail"][a:b] in load("tasks")["lasting"]:
                due_text = squeeze(layout.text[first:last])
            else:
                known = False
        if not (led and known):
            continue
        start = max(_item_start(layout, sections, match.start()), before)
        before = match.end()
        text = squeeze(layout.text[start : match.start()].lstrip("。；; \n"))
        yield Task(
            text=re.sub(r"^(?:[（(]?[一二三四五六七八九十\d]+[)）]?[、.．]?)", "", text),
            responsible=responsible,
            due=deadline_date(fold(due_text)) if due_text else None,
            due_text=due_text,
            span=layout.span(start, match.end()),
        )


def _is_body(folded: str) -> bool:
    """Whether a name is an organisation's, an office's inside one (基教科, 人事股), or all schools together (各学校)."""
    office = 2 <= len(folded) <= 16 and folded.endswith(tuple(load("tasks")["office_ends"]))
    return (office or is_organisation(folded)) and not re.search(r"由|任务|工作(?!部|办|处|委)", folded)


def _separate(layout: Layout, group: list[re.Match[str]], match: re.Match[str]) -> bool:
    """Whether a label opens a new task: its kind is already given, or a paragraph of text stands in between."""
    between = layout.prose[group[-1].end() : match.start()]
    kinds = {_kinds()[m["label"]] for m in group}
    kind = _kinds()[match["label"]]
    if kind in kinds and match["label"] not in {m["label"] for m in group} and len(between) <= 40:
        return "\n" in between or "。" in between  # 牵头单位：A；责任单位：B behind one item
    ended = "。" in between.rstrip().removesuffix("。")  # 责任科室：A。完成时限：B。
    return kind in kinds or len(between) > 90 or ended or between.count("\n") > 2


def _item_start(layout: Layout, sections: list[Section], at: int) -> int:
    """Where the item begins that the label stands behind: the innermost section, else the paragraph."""
    path = section_path(sections, at)
    line = layout.line_at(at)
    if path:
        start = path[-1].span.start
        # A long section with several labelled paragraphs: each paragraph is a task of its own.
        return max(line.start, start) if line and at - start > 600 else start
    return line.start if line else at


def _value_end(layout: Layout, start: int) -> int:
    depth = 0
    for i in range(start, min(start + 120, len(layout.prose))):
        c = layout.prose[i]
        if c in "([":
            depth += 1
        elif c in ")]":
            if depth == 0:
                return i
            depth -= 1
        elif c in "\n。":
            return i
    return min(start + 120, len(layout.prose))


def _read(layout: Layout, group: list[re.Match[str]], end: int) -> tuple[list[str], str | None]:
    responsible: list[str] = []
    due_text: str | None = None
    for i, match in enumerate(group):
        stop = group[i + 1].start() if i + 1 < len(group) else end
        value = layout.text[match.end() : stop].strip(" \u3000;；,，。\n")
        if _kinds()[match["label"]] == "due":
            due_text = _due_text(value)
        elif _kinds()[match["label"]] == "person" and any(_kinds()[m["label"]] == "responsible" for m in group):
            continue  # beside a body that is responsible, the person is not one more
        else:
            # 责任单位：A、B；6月底前完成: the deadline stands behind the names without a label of its own.
            *_, last = [None, *find_deadlines(fold(value))]
            if (
                last
                and last.explicit
                and re.fullmatch(r"(?:全面|全部)?(?:完成|落实|到位|见效)?", fold(value)[last.end :])
            ):
                cut = max(value[: last.start].rfind(c) for c in ";；,，")
                if cut > 0:
                    due_text = due_text or squeeze(value[last.start : last.bare_end])
                    value = value[:cut]
            # 全面完成时限 behind a list of sections: the words of the label's head belong to it, not to the last section.
            responsible += _names(re.sub(r"(?:全面|全部)$", "", value))
    return responsible, due_text


_RECURRING = re.compile(
    r"(?P<when>每个?(?:学期|学年|年度?|季度?|半年|月|周)[^,;。、]{0,10}?)(?:之?前)?(?:全面|全部)?(?:完成)?"
)


def _due_text(value: str) -> str | None:
    """The deadline as written: of staged deadlines the last one, without 前; the whole value when none is recognised."""
    folded = fold(value)
    recurring = _RECURRING.fullmatch(folded)
    if recurring:
        return squeeze(value[: recurring.end("when")])
    *_, last = [None, *find_deadlines(folded)]
    if last is None:
        return squeeze(value) or None
    # 每年8月底前: without the word, what comes back every year would be due once.
    again = re.search(r"每(?:学)?年\s*$", folded[: last.start])
    return squeeze(value[again.start() if again else last.start : last.bare_end])


def _names(value: str) -> list[str]:
    folded = fold(value)
    return [squeeze(value[a:b]) for a, b in split_list(folded, separators="、,; \n") if re.search(r"\w", folded[a:b])]


def _in_table(layout: Layout, table: LaidTable) -> Iterator[Task]:
    grid = table.grid()
    if len(grid) < 2:
        return
    words = load("tasks")
    for depth in range(min(3, len(grid) - 1)):
        header = [squeeze(layout.folded[c.start : c.end]) if c else "" for c in grid[depth]]
        owners = [i for i, head in enumerate(header) if head in words["responsible"]]
        owner = owners[0] if owners else _column(header, words["person"])
        due = _column(header, words["due"])
        if due is None and owner is not None:
            due = _column(header, words["when"])
        text = next((i for i in reversed(range(len(header))) if header[i] in words["text_columns"]), None)
        if text is not None and (owner is not None or due is not None):
            break
    else:
        return
    helper = _column(header, words["cooperating"])
    owning: list[int | None] = [*owners, helper] if owners else [owner, helper]
    for row in grid[depth + 1 :]:
        work = row[text]
        if work is None or not layout.text[work.start : work.end].strip():
            continue
        cells = [c for c in row if c is not None]
        responsible = [name for i in owning if i is not None for name in _names(_value(layout, row[i]))]
        due_text = _due_text(_value(layout, row[due])) if due is not None else None
        yield Task(
            text=squeeze(layout.text[work.start : work.end]),
            responsible=responsible,
            due=deadline_date(fold(due_text)) if due_text else None,
            due_text=due_text,
            span=layout.span(min(c.start for c in cells), max(c.end for c in cells)),
        )


def _value(layout: Layout, cell: LaidCell | None) -> str:
    return layout.text[cell.start : cell.end] if cell else ""


def _column(header: list[str], words: list[str]) -> int | None:
    return next((i for i, text in enumerate(header) if text in words), None)
