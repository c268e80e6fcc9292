"""No text makes a pattern or an extractor slow: the time grows with the length, not with its square or worse.

A text four times as long may take about four times as long; eight is the bar, sixteen is what a quadratic one takes. The
bar is a ratio within one run, so that it does not depend on the machine, and times too short to measure do not count.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import pairwise
from re import _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import checks
import extractors
from extractors.parse import extract
from extractors.splitting import Part
from schemas.document import Source
from schemas.reading import Block, Paragraph, Reading

LENGTH = 1024
SHORT = (16, 20, 24, 48, 128, 512)
"""Lengths tried first: on a long text, what explodes would not end."""
GROWTH = 8.0
CLEAR = 5.5
FLOOR = 0.004
"""Seconds: what takes less for the long text is fast, whatever the ratio."""
SLOW = 20e-6
"""Seconds a character: what takes longer for a short text explodes, and is not tried on a long one."""

MARKS = [
    "（", ")", "(", "()", "[", "]", "《", "《》", "《a", "\"", "、", ",", "。", ";", ":", "-", "_", "x", "某", "〇", " ", "\t", "\n", "a", "a ", "1", "9", "1.",
    "一", "十", "年", "号", "校", "学", "小学", "一中", "第", "一、", "(一)", "某 ", "某、", "(某", "某)", ",某", "1年", "1 ", "至少", "A、", "某1", "城东小学",
]  # fmt: skip
"""What every pattern is tried on, beside its own words: each mark and number of the grammar, alone and beside others."""

UNITS = [
    *MARKS, "\u3000", "（一）", "1、", "(1)", "①", "第一条", "第一章 ", "1.1", "A：", "a》", "（a", "a）", "( ", " )",
    "至少1次", "不少于20节，", "每学期", "1-", "1至", "百分之", "100%", "全部", "全覆盖", "年底", "2025年", "2025 年 ", "9月",
    "到 ", "到2025年6月底前", "二〇二五年", "2025-09-01", "〔2020〕", "教〔2020〕1号", "豫教基〔", "张某", "张__", "_x",
    "第一小学", "城东小学、", "城东小学和", "城东小学城西小学", "（核心校）", "由城东小学牵头，", "总校：城东小学；成员校：", "托管",
    "学校", "学校共同体", "教育集团", "组建", "甲——乙、丙", "A-", "组长：", "组长 ", "副组长：张三", "张三 局长、", "担任组长", "由张三任组长，",
    "责任单位：", "责任单位：教育局；", "（教育局牵头）", "（县教育局牵头，", "完成时限：6月底前", "附件", "附件：", "附件1", "附件：1.某某表", "见附件2",
    "来源：", "索引号：", "发布时间：2025-09-01 ", "各县教育局、", "县教育局", "某县", "北京市", "鼓楼区", "某某县教育局", "关于", "的通知",
    "主旨：", "說明：", "受文者：", "教育廳", "著", "學校", "共同體", "合计", "满分100分", "现就", "根据", "欢迎访问", "融合型", "共建型是",
]  # fmt: skip
"""What whole documents are made of: the words that the rules look for."""


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The least processor time of some rounds."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def growth(work: Callable[[str], object], make: Callable[[int], str], floor: float, slow: float, length: int) -> str:
    """Why the time that some work takes on a text of growing length is too much; empty when it is not."""
    for size in SHORT:
        text = make(size)
        took = seconds(partial(work, text), 1)
        if took > max(size * slow, floor) and seconds(partial(work, text), 3) > size * slow:
            return f"{took * 1e3:.1f} ms for {size} characters"
    short, long = make(length), make(4 * length)
    once = seconds(lambda: work(long), 1)
    # Well below the bar at the first try is enough: a quadratic cost would have to be measured at a third of what it is.
    if once <= floor or once <= CLEAR * seconds(lambda: work(short), 1):
        return ""
    ratios = []
    for _ in range(3):  # a busy machine is slow once, not three times
        after = seconds(lambda: work(long), 3)
        before = seconds(lambda: work(short), 3)
        ratios.append(after / before)
        if after <= floor or ratios[-1] <= GROWTH:
            return ""
    return f"{min(ratios):.1f} times as long for four times the text, {after * 1e3:.0f} ms for {len(long)} characters"


@cache
def modules() -> list[ModuleType]:
    packages = [(package.__path__, f"{package.__name__}.") for package in (extractors, checks)]
    return [
        importlib.import_module(found.name) for path, name in packages for found in pkgutil.walk_packages(path, name)
    ]


@cache
def nodes(module: ModuleType) -> list[ast.AST]:
    """What the patterns are looked for in: the calls and attributes of a module's source."""
    tree = ast.parse(inspect.getsource(module))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call | ast.Attribute)]


def patterns_in(value: Any) -> Iterator[re.Pattern[str]]:
    """The patterns of a value, of a container or of a record."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from patterns_in(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from patterns_in(one)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from patterns_in([getattr(value, field.name) for field in dataclasses.fields(value)])


def written_inline(module: ModuleType, methods: Sequence[str] = ()) -> Iterator[re.Pattern[str]]:
    """The patterns handed to ``re.search`` and the like where they are used, as far as they are known without running."""
    for node in nodes(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
            continue
        if methods and node.func.attr not in methods:
            continue
        try:
            source = eval(compile(ast.Expression(node.args[0]), "<pattern>", "eval"), vars(module))
            yield re.compile(source, re.X if "re.X" in ast.unparse(node) else 0)
        except (NameError, TypeError):  # made of what only a run knows: extract() below tries it
            continue


@dataclasses.dataclass
class Found:
    """A pattern, the module that holds it, and whether it is searched for in a text or only held against its start."""

    module: str
    pattern: re.Pattern[str]
    searched: bool


@cache
def all_patterns() -> list[Found]:
    """Every pattern of the packages."""
    found: dict[re.Pattern[str], str] = {}
    for module in modules():
        for pattern in [*patterns_in(list(held_by(module).values())), *written_inline(module)]:
            if isinstance(pattern.pattern, str):
                found.setdefault(pattern, module.__name__)
    return [Found(module, pattern, pattern not in only_matched()) for pattern, module in found.items()]


def held_by(module: ModuleType) -> dict[str, Any]:
    """What a module holds by name, the results of its cached functions that return patterns included."""
    values = dict(vars(module))
    for name, function in vars(module).items():
        if hasattr(function, "cache_info") and not inspect.signature(function).parameters and _makes_patterns(function):
            values[name] = function()
    return values


@cache
def only_matched() -> frozenset[re.Pattern[str]]:
    """The patterns that are held against the start of a text only: no other method of them is called anywhere."""
    used: dict[re.Pattern[str], set[str]] = {}
    for module in modules():
        values = held_by(module)
        keyed = {key: one for value in values.values() if isinstance(value, dict) for key, one in value.items()}
        for pattern in written_inline(module, ("match", "fullmatch")):
            used.setdefault(pattern, set()).add("match")
        for pattern in written_inline(module, ("search", "sub", "split", "finditer", "findall")):
            used.setdefault(pattern, set()).add("search")
        for node in nodes(module):
            if isinstance(node, ast.Attribute):
                holder: Any = node.value
                if isinstance(holder, ast.Subscript) and isinstance(holder.slice, ast.Constant):
                    held = keyed.get(holder.slice.value)
                else:
                    held = values.get(getattr(getattr(holder, "func", holder), "id", ""))
                if isinstance(held, re.Pattern):
                    used.setdefault(held, set()).add(node.attr)
    return frozenset(pattern for pattern, methods in used.items() if methods - {"pattern"} <= {"match", "fullmatch"})


def _makes_patterns(function: Callable[[], object]) -> bool:
    return "Pattern" in str(inspect.signature(function).return_annotation)


def words_of(pattern: re.Pattern[str]) -> list[str]:
    """Words a pattern is made of, some of each kind: its longest runs of literals, and its single characters."""
    runs: list[str] = []

    def walk(tree: Iterable[Any]) -> None:
        run = ""
        for operation, argument in tree:
            name = str(operation)
            if name == "LITERAL":
                run += chr(argument)
                continue
            if run:
                runs.append(run)
            run = ""
            for part in argument if isinstance(argument, tuple | list) else [argument]:
                if isinstance(part, _parser.SubPattern):
                    walk(part)
                elif isinstance(part, list):
                    for branch in part:
                        if isinstance(branch, _parser.SubPattern):
                            walk(branch)
        if run:
            runs.append(run)

    walk(_parser.parse(pattern.pattern, pattern.flags))
    longest = sorted(dict.fromkeys(runs), key=len, reverse=True)
    spread = longest[:: max(1, len(longest) // 6)][:6]
    joined = "".join(a + b for a, b in pairwise(spread[:3]))
    return [
        *spread,
        *([joined] if joined else []),
        *(f"{word} " for word in spread[:2]),
        *(f"{word}1" for word in spread[:2]),
    ]


BOUNDED = {"extractors.communities.prose": 1200, "extractors.targets": 1000, "extractors.genre": 120}
"""Modules that look at no longer stretch than this: their patterns need not be linear, only fast for that length."""


def why_slow(found: Found) -> Iterator[str]:
    """What a pattern is slow on, and how slow."""
    pattern, bound = found.pattern, BOUNDED.get(found.module)
    for unit in dict.fromkeys([*MARKS, *words_of(pattern)]):
        make = partial(repeated, unit)
        for method in (pattern.fullmatch, pattern.search if found.searched else pattern.match):
            if bound:
                took = seconds(partial(method, make(bound)), 1)
                why = f"{took * 1e3:.0f} ms for {bound} characters" if took > bound * SLOW else ""
            else:
                why = growth(method, make, FLOOR, SLOW, LENGTH)
            if why:
                yield f"{found.module}: {pattern.pattern[:200]!r}\n    {method.__name__} on {unit!r}: {why}"


def test_the_patterns_are_found() -> None:
    """The collection is no empty promise: hundreds of patterns, from both packages, most of them searched for."""
    places = {found.module.split(".")[0] for found in all_patterns()}
    assert places == {"extractors", "checks"}
    assert len(all_patterns()) > 250
    assert sum(found.searched for found in all_patterns()) > 150


def test_growth_is_told() -> None:
    """A pattern known to explode and one known to be quadratic are found out, a linear one is not."""
    assert growth(re.compile("(a+)+b").fullmatch, partial(repeated, "a"), FLOOR, SLOW, LENGTH)
    assert growth(re.compile(r"\s*b").search, partial(repeated, " "), FLOOR, SLOW, LENGTH)
    assert not growth(re.compile(r"[^b]*b").match, partial(repeated, "a"), FLOOR, SLOW, LENGTH)


@pytest.mark.slow
@pytest.mark.parametrize("package", ["extractors", "checks"])
def test_no_pattern_takes_more_than_linear_time(package: str) -> None:
    patterns = [found for found in all_patterns() if found.module.startswith(package)]
    slow = [why for found in patterns for why in why_slow(found)]
    assert not slow, f"{len(slow)} combinations\n" + "\n".join(slow)


def documents(text: str) -> list[Block]:
    """A text as one paragraph under a title, and as many lines."""
    title = Paragraph("某县教育局关于推进城乡学校共同体建设的通知")
    return [
        title,
        Paragraph(text.replace("\n", " ")),
        *(Paragraph(line) for line in text.replace("。", "。\n").split("\n")),
    ]


def extracted(text: str) -> object:
    source = Source(uri="a.txt", media_type="text/plain", sha256="0" * 64, bytes=len(text))
    return extract(Part(documents(text)), Reading(media_type="text/plain"), source)


def too_slow(unit: str) -> str:
    return growth(extracted, partial(repeated, unit), 0.05, 1e-3, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_no_document_takes_more_than_linear_time(unit: str) -> None:
    assert not too_slow(unit)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(UNITS), min_size=2, max_size=5).map("".join))
def test_no_mixture_takes_more_than_linear_time(unit: str) -> None:
    assert not too_slow(unit)
