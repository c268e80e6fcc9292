"""What a search found, printed for people: hits with their matches marked, what was read into the query, why nothing came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from duzheng import console, output

if TYPE_CHECKING:
    from schemas.search import Hit, News, Nothing, Part, SavedSearch, SearchResult

_FACET_NAMES = {
    "province": "省", "city": "市", "county": "县", "year": "年", "level": "层级", "genre": "文种", "role": "类型",
    "script": "文字", "issuer": "发文机关", "mode": "模式", "pack": "要求包", "verdict": "结论",
}  # fmt: skip
_VALUES_SHOWN = 12


def result(found: SearchResult, query: str, *, facets: bool = False) -> None:
    """A whole result: how many, how the query was read, the counts if asked for, and the hits."""
    out = console.stdout()
    out.print(f"{found.total} 份文件 documents: {query}", markup=False)
    if found.note:
        out.print(found.note, style="yellow", markup=False)
    for wording, others in found.widened.items():
        out.print(f"{wording} 也查 also: {'、'.join(others)}（--strict 关闭 turns off）", style="dim", markup=False)
    if facets:
        for name, counts in found.facets.items():
            if counts:
                shown = "  ".join(f"{value} {count}" for value, count in list(counts.items())[:_VALUES_SHOWN])
                more = f"  … {len(counts)}" if len(counts) > _VALUES_SHOWN else ""
                out.print(f"{_FACET_NAMES.get(name, name)} {name}: {shown}{more}", markup=False)
    if found.nothing:
        _nothing(found.nothing)
    hits(found.hits)


def hits(found: Sequence[Hit], changed: Sequence[str] = ()) -> None:
    """Documents with their snippets, matches marked in the original wording; ``changed`` are said to have changed."""
    out = console.stdout()
    for hit in found:
        when = hit.date.isoformat() if hit.date else ""
        mark = "（内容有变 changed）" if hit.document in changed else ""
        mark += f"（{output.gone(hit.gone_since)}）" if hit.gone_since else ""
        out.print()
        out.print(f"{hit.title or '（无标题）'}{mark}", style="bold", markup=False)
        details = [hit.issuer or "", hit.number or "", output.place(hit.jurisdiction), when, f"id {hit.document}"]
        out.print("  ".join(part for part in details if part), style="dim", markup=False)
        for snippet in hit.snippets:
            out.print(output.marked(snippet.quote, snippet.marks))


def saved(searches: Sequence[SavedSearch]) -> None:
    """The saved searches, one line each."""
    out = console.stdout()
    if not searches:
        out.print("没有保存的检索 no saved searches; save one: duzheng searches save NAME QUERY", markup=False)
    for one in searches:
        out.print(f"{one.name}: {described(one)}  （上次 last run {one.run_on}）", markup=False)


def news(reports: Sequence[News]) -> None:
    """What saved searches found anew."""
    out = console.stdout()
    for one in reports:
        head = f"{one.search.name}: 新增 {one.new} 份，共 {one.total} 份 new since {one.search.run_on}"
        out.print(f"{head}  {described(one.search)}", markup=False)
        hits(one.hits, one.changed)
        if one.new > len(one.hits):
            out.print(f"\n… 另有 {one.new - len(one.hits)} 份 more (--limit)", markup=False)


def described(search: SavedSearch) -> str:
    """A saved search as one would type it."""
    filters = [f"--{name} {value}" for name, value in search.filters.items()]
    return " ".join([search.query, *filters, *(["--strict"] if search.strict else [])])


def _nothing(nothing: Nothing) -> None:
    out = console.stdout()
    for part in nothing.parts:
        out.print(f"  {_why(part)}", markup=False)
    if nothing.near:
        out.print("可以试试 Try:", markup=False)
        for near in nothing.near:
            out.print(f"  {near.query}  （{near.total} 份 documents）", markup=False)


def _why(part: Part) -> str:
    kinds = {"words": "词", "filter": "条件", "excluded": "排除"}
    alone = f"单独 {part.alone} 份 alone" if part.alone else "全库没有 in no document"
    without = f"，去掉后 {part.without} 份 without it" if part.without else ""
    return f"{kinds[part.kind]} {part.text}: {alone}{without}"
