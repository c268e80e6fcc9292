"""What a made document says, apart from how it is written, and the strategies that make one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from hypothesis import strategies as st

from roundtrip import vocabulary as words


@dataclass(frozen=True)
class Para:
    """A paragraph to render; ``level`` is that of a heading of the outline, ``number`` its number as written."""

    text: str
    role: Literal["title", "item", "body", "signature"] = "body"
    level: int = 0
    number: str = ""


@dataclass(frozen=True)
class Grid:
    """A table to render: (row, column, rows covered, columns covered, text) of every cell."""

    cells: tuple[tuple[int, int, int, int, str], ...]

    @staticmethod
    def of(rows: list[list[str]]) -> Grid:
        """From rows of texts; ``^`` belongs to the cell above, ``<`` to the one on its left."""
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
        return Grid(tuple(cells))

    def rows(self) -> list[list[str]]:
        """Rows of texts, a merged cell only at its first place."""
        height = max(r + h for r, _, h, _, _ in self.cells)
        width = max(c + w for _, c, _, w, _ in self.cells)
        out = [[""] * width for _ in range(height)]
        for r, c, _, _, text in self.cells:
            out[r][c] = text
        return out


Block = Para | Grid


@dataclass(frozen=True)
class Item:
    """One item of the outline, without its number: that comes from its place and the scheme."""

    heading: str | None
    body: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Outline:
    """The items of a document with the kinds of number of each level."""

    scheme: tuple[str, ...]
    items: tuple[Item, ...]
    dress: int = 0
    """Which of the usual forms of a number is used: （一） or (一), 1. or 1．or 1、."""

    def number(self, level: int, order: int) -> str:
        """The number of an item as written."""
        return number(self.scheme[level], order, self.dress)


@dataclass(frozen=True)
class Header:
    """The head and the foot of a document; ``addressees`` are the names one by one, ``addressed`` how they are written."""

    issuers: tuple[str, ...]
    title_lines: tuple[str, ...]
    number: str | None
    addressed: str
    addressees: tuple[str, ...]
    signed_on: date

    @property
    def title(self) -> str:
        """The title in one piece."""
        return "".join(self.title_lines)


@dataclass(frozen=True)
class Community:
    """One lead school and its members."""

    lead: str
    members: tuple[str, ...]
    stage: str | None = None
    mode: str | None = None


@dataclass(frozen=True)
class Person:
    """A leader of the leading group."""

    role: str
    name: str
    post: str | None = None


@dataclass(frozen=True)
class Work:
    """A task: what, who, until when; ``due_text`` without 前."""

    text: str
    responsible: tuple[str, ...]
    due_text: str
    due: date | None


@dataclass(frozen=True)
class Promise:
    """A target, with the sentence that states it."""

    sentence: str
    comparator: str
    value: float
    unit: str
    upper: float | None = None
    per: str | None = None
    due: date | None = None


SCHEMES = (
    ("han", "hanround", "digit"),
    ("han", "hanround", "digit"),
    ("han", "digit", "round"),
    ("han", "hanround", "circled"),
    ("hanround", "digit", "round"),
    ("digit", "round", "circled"),
    ("han", "round", "circled"),
    ("bu", "han", "hanround"),
)
STAGES = ("kindergarten", "primary", "junior_secondary", "senior_secondary")
_HAN = "一二三四五六七八九十"


def number(kind: str, order: int, dress: int = 0) -> str:
    """A number as documents write it, with its mark: 一、 （一） 1. （1） ① 第一章; ``dress`` chooses among the usual forms."""
    han = _HAN[order - 1] if order <= 10 else "十" + _HAN[order - 11]
    return {
        "han": (f"{han}、", f"{han}、", f"{han}．", f"{han}、 ")[dress % 4],
        "hanround": (f"（{han}）", f"({han})", f"（{han}） ", f"（{han}）、")[dress % 4],
        "digit": (f"{order}.", f"{order}．", f"{order}、", f"{order}. ")[dress % 4],
        "round": (f"（{order}）", f"({order})", f"（{order}） ", f"{order}）")[dress % 4],
        "circled": "①②③④⑤⑥⑦⑧⑨⑩"[order - 1],
        "bu": f"第{han}部分 ",
        "zhang": f"第{han}章 ",
        "tiao": f"第{han}条 ",
    }[kind]


# Strategies are made once: making one costs as much as drawing from it.
_HEADS = [st.lists(some, min_size=2, max_size=4, unique=True) for some in (words.headings, words.top_headings)]


@st.composite
def items(draw: st.DrawFn, depth: int, level: int = 0) -> tuple[Item, ...]:
    """Two to four items with, down to a depth, items of their own; the lowest ones may have no heading."""
    heads = draw(_HEADS[level == 0])
    headed = level + 1 < depth or level == 0 or draw(st.booleans())
    made = []
    for head in heads:
        below = draw(items(depth, level + 1)) if level + 1 < depth and draw(st.integers(0, 3)) else ()
        body = draw(words.paragraphs()) if not below or draw(st.booleans()) else ""
        made.append(Item(head if headed else None, body, below))
    return tuple(made)


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """An outline of one to three levels in one of the usual schemes of numbers."""
    depth = draw(st.integers(1, 3))
    return Outline(draw(st.sampled_from(SCHEMES)), draw(items(depth)), draw(st.integers(0, 3)))


_TITLES = (
    ("关于印发《{c}城乡学校共同体建设实施方案》的通知",),
    ("关于推进城乡学校共同体建设工作的通知",),
    ("关于做好2025年城乡义务教育", "共同体建设工作的通知"),
    ("关于深入推进城乡教育共同体", "建设的实施意见"),
    ("{c}城乡学校共同体建设", "三年行动计划", "（2025—2027年）"),
    ("{c}城乡校际结对帮扶工作方案",),
    ("关于公布{c}城乡校联体名单的", "通知"),
)
_ADDRESSED = (
    ("各乡镇（街道）中心学校、县直各学校", ("各乡镇（街道）中心学校", "县直各学校")),
    ("各县（市、区）教育局、财政局、人力资源和社会保障局", (
        "各县（市、区）教育局", "各县（市、区）财政局", "各县（市、区）人力资源和社会保障局")),
    ("各中小学校，各幼儿园，局机关各科室", ("各中小学校", "各幼儿园", "局机关各科室")),
    ("各义务教育学校", ("各义务教育学校",)),
    ("各区教育局、发展改革局，高新区社会事业局、财政局", ("各区教育局", "各区发展改革局", "高新区社会事业局", "高新区财政局")),
)  # fmt: skip


@st.composite
def headers(draw: st.DrawFn) -> Header:
    """A head with one to three issuers, a title of one to three lines, a number, addressees and a date."""
    county = draw(st.sampled_from(words.COUNTIES))
    bodies = ("教育局", "财政局", "人力资源和社会保障局", "机构编制委员会办公室", "教育体育局", "人民政府教育督导室")
    count = draw(st.sampled_from((1, 1, 1, 2, 3)))
    issuers = tuple(county + b for b in draw(st.permutations(bodies))[:count])
    lines = tuple(line.format(c=county) for line in draw(st.sampled_from(_TITLES)))
    year = draw(st.integers(2018, 2027))
    short = county[0] + draw(st.sampled_from(("教", "教体", "教发", "教基")))
    written = f"{short}〔{year}〕{draw(st.integers(1, 240))}号" if draw(st.integers(0, 3)) else None
    addressed, names = draw(st.sampled_from(_ADDRESSED))
    day = draw(st.dates(date(year, 1, 1), date(year, 12, 31)))
    return Header(issuers, lines, written, addressed, names, day)


@cache
def _stages(stages: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(stages), min_size=1, max_size=3, unique=True)


@st.composite
def communities(draw: st.DrawFn, stages: tuple[str, ...] = STAGES, most: int = 4) -> list[Community]:
    """Communities of one or several stages; no school stands in two of them."""
    found: list[Community] = []
    for stage in draw(_stages(stages)):
        groups = draw(st.integers(1, most))
        names = draw(words.schools(stage, groups * 2, groups * 4))
        leads, rest = names[:groups], names[groups:]
        for i, lead in enumerate(leads):
            found.append(Community(lead, tuple(rest[i::groups]), stage))
    return sorted(found, key=lambda c: STAGES.index(c.stage or ""))


_ROLES = ("组长", "常务副组长", "副组长")
_POSTS = ("党组书记、局长", "党组成员、副局长", "四级调研员", "教研室主任")


@st.composite
def leaders(draw: st.DrawFn, posts: bool = False) -> list[Person]:
    """A leading group: one head, deputies, perhaps the head of the office."""
    names = draw(words.people(3, 6))
    roles = ["组长"] + ["副组长"] * (len(names) - 1)
    if draw(st.booleans()):
        roles[-1] = "办公室主任"
    return [
        Person(role, name, draw(st.sampled_from(_POSTS)) if posts else None)
        for role, name in zip(roles, names, strict=True)
    ]


_OFFICES = ("基教科", "人事科", "教研室", "计财股", "督导室", "办公室", "信息技术中心", "教育股", "各中心学校")
_WORKS = (
    "制定校共体建设实施方案，明确结对关系",
    "出台校共体捆绑考核办法，建立考核结果运用机制",
    "选派骨干教师到乡村学校任教，覆盖到每一所成员校",
    "组织开展线上线下联合教研活动，形成教研共同体",
    "做好典型案例的收集和遴选，加强宣传推广",
    "完善信息化基础设施，开通城乡同步课堂",
)
_DUES = (
    ("2025年6月底", date(2025, 6, 30)),
    ("2026年3月15日", date(2026, 3, 15)),
    ("9月底", None),
    ("2025年底", date(2025, 12, 31)),
    ("11月30日", None),
)


_SOME_WORKS = st.lists(st.sampled_from(_WORKS), min_size=2, max_size=5, unique=True)
_SOME_OFFICES = st.lists(st.sampled_from(_OFFICES), min_size=1, max_size=3, unique=True)


@st.composite
def works(draw: st.DrawFn) -> list[Work]:
    """Two to five tasks with one to three responsible offices each."""
    texts = draw(_SOME_WORKS)
    made = []
    for text in texts:
        who = tuple(draw(_SOME_OFFICES))
        due_text, due = draw(st.sampled_from(_DUES))
        made.append(Work(text, who, due_text, due))
    return made
