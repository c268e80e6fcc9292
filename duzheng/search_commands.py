"""``duzheng search``, ``duzheng similar`` and ``duzheng searches``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from duzheng.options import Format, FormatOption, Home

searches_app = typer.Typer(
    help="保存的检索 Saved searches: keep a query by name, and be told what is new.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


class SortOption(StrEnum):
    """In which order documents come."""

    relevance = "relevance"
    date = "date"


Query = Annotated[
    str,
    typer.Argument(
        metavar="QUERY",
        help='Words, in either script; "phrases", AND, OR, NOT, brackets, fields: number:, date:2020-01..2021-06, mode:, '
        "pack:, verdict: ... 检索词，繁简均可，可用字段（文号、日期、模式、要求包、结论等）",
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many documents. 条数")]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Only what is written: no variants, no synonyms, no looser reading. 只按原词，不计异体词和同义词",
    ),
]
Province = Annotated[str | None, typer.Option(metavar="NAME", help="Only this province. 省")]
City = Annotated[str | None, typer.Option(metavar="NAME", help="Only this city. 市")]
County = Annotated[str | None, typer.Option(metavar="NAME", help="Only this county. 县")]
Year = Annotated[str | None, typer.Option(metavar="YYYY", help="Only this year, or 2020..2022. 年份")]
Date = Annotated[str | None, typer.Option(metavar="DATE", help="Only these days: 2020-01..2021-06, >=2021. 日期")]
Genre = Annotated[str | None, typer.Option(metavar="GENRE", help="Only this genre: notice, plan ... 文种")]
Role = Annotated[str | None, typer.Option(metavar="ROLE", help="requirement, plan, submission, other. 角色")]
Level = Annotated[str | None, typer.Option(metavar="LEVEL", help="national, province, city, county ... 层级")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="名称 Its name.")]


def search(
    query: Query,
    home: Home = None,
    limit: Limit = 10,
    offset: Annotated[int, typer.Option("--offset", min=0, help="How many to skip. 跳过条数")] = 0,
    province: Province = None,
    city: City = None,
    county: County = None,
    year: Year = None,
    date: Date = None,
    genre: Genre = None,
    role: Role = None,
    level: Level = None,
    strict: Strict = False,
    sort: Annotated[SortOption, typer.Option("--sort", help="Best or newest first. 排序")] = SortOption.relevance,
    facets: Annotated[bool, typer.Option("--facets", help="Count all hits by place, year, genre ... 分面计数")] = False,
    format: FormatOption = Format.table,
) -> None:
    """全文检索 Search the corpus; either script finds both. Finding nothing is explained."""
    from duzheng import chosen, search_report

    with chosen.corpus_at(home) as corpus:
        result = corpus.search(
            query, limit=limit, offset=offset, strict=strict, sort=sort.value, province=province, city=city,
            county=county, year=year, date=date, genre=genre, role=role, level=level,
        )  # fmt: skip
    if format is Format.json:
        print(result.model_dump_json())
    else:
        search_report.result(result, query, facets=facets)


def similar(
    document: Annotated[str, typer.Argument(metavar="ID", help="A document's id: duzheng search. 文件编号")],
    home: Home = None,
    limit: Limit = 10,
    format: FormatOption = Format.table,
) -> None:
    """相似文件 The documents most like one, without its copies and versions."""
    from duzheng import chosen, search_report

    with chosen.corpus_at(home) as corpus:
        result = corpus.similar(document, limit=limit)
    if format is Format.json:
        print(result.model_dump_json())
    else:
        search_report.result(result, document)


@searches_app.command("save")
def save(
    name: Name,
    query: Query,
    home: Home = None,
    province: Province = None,
    city: City = None,
    county: County = None,
    year: Year = None,
    date: Date = None,
    genre: Genre = None,
    role: Role = None,
    level: Level = None,
    strict: Strict = False,
    format: FormatOption = Format.table,
) -> None:
    """保存检索 Keep a search by name; what it finds from now on counts as new."""
    from duzheng import chosen, search_report

    with chosen.corpus_at(home) as corpus:
        kept = corpus.save_search(
            name, query, strict=strict, province=province, city=city, county=county, year=year, date=date, genre=genre,
            role=role, level=level,
        )  # fmt: skip
    if format is Format.json:
        print(kept.model_dump_json())
    else:
        search_report.saved([kept])


@searches_app.command("list")
def list_(home: Home = None, format: FormatOption = Format.table) -> None:
    """列出 The saved searches."""
    import json

    from duzheng import chosen, search_report

    with chosen.corpus_at(home) as corpus:
        kept = corpus.saved_searches()
    if format is Format.json:
        print(json.dumps([one.model_dump(mode="json") for one in kept], ensure_ascii=False))
    else:
        search_report.saved(kept)


@searches_app.command("run")
def run(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="名称；不给则全部 Its name; all without.")
    ] = None,
    home: Home = None,
    limit: Limit = 10,
    format: FormatOption = Format.table,
) -> None:
    """运行 Say what is new since the last run."""
    import json

    from duzheng import chosen, search_report

    with chosen.corpus_at(home) as corpus:
        names = [name] if name is not None else [one.name for one in corpus.saved_searches()]
        reports = [corpus.news(one, limit=limit) for one in names]
    if format is Format.json:
        print(json.dumps([one.model_dump(mode="json") for one in reports], ensure_ascii=False))
    elif reports:
        search_report.news(reports)
    else:
        search_report.saved([])


@searches_app.command("remove")
def remove(name: Name, home: Home = None) -> None:
    """删除 Forget a saved search."""
    from duzheng import chosen

    with chosen.corpus_at(home) as corpus:
        corpus.remove_search(name)
